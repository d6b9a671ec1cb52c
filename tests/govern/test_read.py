"""A result from outside is read strictly, or refused in one clear line."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from govern import synthetic

from keepstone.core.errors import InputError
from keepstone.govern.read import MOST_PROBLEMS, encode_result, read_result, read_run
from keepstone.ledger.canonical import encode


def plain() -> dict[str, Any]:
    document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(synthetic.not_met()))
    return document


@pytest.mark.parametrize("state", synthetic.STATES)
def test_every_state_survives_the_canonical_bytes(state: str) -> None:
    result = synthetic.STATES[state]()
    data = encode(encode_result(result))
    assert read_result(data) == result
    assert encode(encode_result(read_result(data))) == data


WRONG: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "field missing": (lambda d: d.pop("verdict"), "verdict"),
    "field unknown": (lambda d: d.update(extra=1), "extra"),
    "field unknown inside": (lambda d: d["findings"][3].update(extra=1), "extra"),
    "text for a number": (lambda d: d["findings"][0].update(mean="0.1"), "must be"),
    "unknown verdict": (lambda d: d["findings"][0].update(verdict="passed"), "passed"),
    "unknown half": (lambda d: d["areas"][0].update(side="both"), "both"),
    "a list for an object": (lambda d: d.update(system=[]), "system"),
    "null where a number is due": (lambda d: d.update(seed=None), "seed"),
    "eleven areas": (lambda d: d["areas"].pop(), "twelve areas"),
    "areas out of order": (lambda d: d["areas"].reverse(), "twelve areas"),
    "an id twice": (lambda d: d["findings"].append(copy.deepcopy(d["findings"][0])), "stand once"),
    "an area's finding that is not there": (lambda d: d["areas"][0]["findings"].append("no.such"), "no.such"),
    "a harm's finding that is not there": (lambda d: d["registers"]["harms"][0]["findings"].append("no.such"), "no.such"),
    "alpha of 1": (lambda d: d.update(alpha=1), "alpha"),
    "another schema": (lambda d: d.update(schema="keepstone/result/2"), "keepstone/result/2"),
    "no schema": (lambda d: d.pop("schema"), "schema"),
    "another interval": (lambda d: d["clinical"]["rows"][0].update(auroc=[0.5]), "auroc"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_document_is_refused_with_the_place_named(name: str) -> None:
    edit, part = WRONG[name]
    document = plain()
    edit(document)
    with pytest.raises(InputError) as caught:
        read_result(msgspec.json.encode(document), name="theirs.json")
    message = str(caught.value)
    assert part in message
    assert "«" in message
    assert "theirs.json" in message or "harm" in message


BYTES = {
    "empty": b"",
    "not JSON": b"<html>",
    "cut": b'{"schema": "keepstone/result/1", "system": {',
    "not UTF-8": b'{"schema": "\xff\xfe"}',
    "a number": b"7",
    "nested without end": b'{"schema": ' + b"[" * 200_000,
    "NaN": b'{"schema": NaN}',
    "a lone surrogate": b'{"schema": "\\ud800"}',
}


@pytest.mark.parametrize("name", BYTES)
def test_bytes_that_are_no_document_are_refused_in_one_line(name: str) -> None:
    with pytest.raises(InputError) as caught:
        read_result(BYTES[name])
    assert "result.json" in str(caught.value)
    assert len(str(caught.value).splitlines()) <= 2


def test_a_number_too_large_is_refused() -> None:
    data = msgspec.json.encode(synthetic.met()).replace(b'"alpha":0.05', b'"alpha":1e999')
    with pytest.raises(InputError):
        read_result(data)


def test_a_document_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(InputError, match="at most 0 MiB"):
        read_result(b" " * 2048, largest=1024)


def test_messages_hold_nothing_that_acts_and_are_few() -> None:
    document = plain()
    document["areas"][0]["findings"] = ["\x1b[31m\n" + "x" * 10_000 + str(i) for i in range(100)]
    with pytest.raises(InputError) as caught:
        read_result(msgspec.json.encode(document))
    assert len(caught.value.problems) == MOST_PROBLEMS
    assert all("\x1b" not in line and "\n" not in line and len(line) < 250 for line in caught.value.problems)


def test_a_run_passes_over_what_it_does_not_know_and_refuses_what_it_does() -> None:
    assert read_run(b'{"seconds": 2, "moon": "full", "latency": {"none": 1}}').latency == {"none": 1.0}
    with pytest.raises(InputError, match=r"seconds.*run\.json"):
        read_run(b'{"seconds": "long"}')
