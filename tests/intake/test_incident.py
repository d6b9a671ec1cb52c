"""A file of a case is read whole or refused in a line for each thing that is wrong."""

from __future__ import annotations

import json

import pytest

from keepstone.catalog.intent import decision
from keepstone.core.errors import InputError
from keepstone.core.incident import Incident
from keepstone.intake.incident import of_json, of_lines, of_plain, of_toml

KNOWN = decision().facts
TOML = """\
title = "a price of one dollar"
kind = "misuse"
[facts]
actor = "curious"
intent = { value = "unauthorised", evidence = "he says so himself" }
cia = "I"
harm_via_system = false
exploitable = "unknown"
"""


def test_a_case_is_read_with_its_evidence_and_what_is_unknown_is_left_out() -> None:
    assert of_toml(TOML.encode(), KNOWN, name="case.toml") == Incident(
        title="a price of one dollar",
        kind="misuse",
        facts={"actor": "curious", "intent": "unauthorised", "cia": ("I",), "harm_via_system": "no"},
        evidence={"intent": "he says so himself"},
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("intent =", "intend =", "case.toml:5: The fact «intend» is not known; did you mean «intent»?"),
        ('"curious"', '"curius"', "case.toml:4: The fact «actor» must be one of none, user, curious, tester, outsider, insider, deployer, unknown"),
        ('"misuse"', '"mishap"', 'case.toml:2: The «kind» must be one of incident, risk, misuse; got "mishap".'),
        ("title", "titel", "case.toml:1: The «titel» is not known; did you mean «title»?"),
        ('cia = "I"', "cia = 3", "case.toml:6: The fact «cia» must be one of C, I, A, unknown, or a list of them; got 3."),
        ("evidence =", "proof =", "case.toml:5: The fact «intent» must be a value, or a table of «value» and «evidence», a text"),
        ("actor =", 'intent = "none"\nactor =', "case.toml:6:"),
        ("[facts]", "[facts", "case.toml:3:7: This is not TOML"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(old: str, new: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        of_toml(TOML.replace(old, new, 1).encode(), KNOWN, name="case.toml")
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"[]", "This must be a JSON object; got []."),
        (b"{", "This must be a JSON object: "),
        (b"[" * 100_000, "This must be a JSON object: "),
        (b"\xff", "This must be a JSON object: "),
        (b"{}", "There must be «facts», or a «text» that they can be proposed from."),
        (b'{"text": " "}', "The «text» must not be empty."),
        (b'{"text": "a\\u0007b"}', "The «text» must be a text without control characters."),
        (b'{"text": "a\\ud800b"}', "The «text» must be a text without control characters."),
        (json.dumps({"text": "x" * 1_000_000}).encode(), "The «text» must have at most 100,000 characters; got 1,000,000."),
        (b'{"facts": []}', "The «facts» must be a table of facts; got []."),
        (b'{"facts": {"intent": "none", "intent": "harm"}}', 'The «intent» must not stand twice with different values; got "none" and "harm".'),
        (b'{"facts": {"intent": ["harm", "none"]}}', "The fact «intent» must be one of none, harm"),
    ],
)
def test_bad_json_is_refused_in_one_line(data: bytes, said: str) -> None:
    with pytest.raises(InputError) as error:
        of_json(data, KNOWN, name="case.json")
    assert said in str(error.value)
    assert str(error.value).startswith("case.json: ")
    assert "\n" not in str(error.value)


def test_a_wrong_line_of_a_batch_stands_in_its_place_and_costs_no_other() -> None:
    found = list(of_lines(b'{"facts": {"intent": "none"}, "mine": 1}\n\n{"facts": {"intend": "none"}}\n{"facts": {"intent": "test"}}', KNOWN, name="all.jsonl"))
    assert [one.facts if isinstance(one, Incident) else str(one)[:13] for one in found] == [{"intent": "none"}, "all.jsonl:3: ", {"intent": "test"}]


def test_python_values_are_read_like_a_file() -> None:
    assert of_plain({"facts": {"exploitable": True, "asset": None}}, KNOWN).facts == {"exploitable": "yes"}
