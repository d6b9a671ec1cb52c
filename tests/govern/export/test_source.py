"""What every export keeps: the same bytes, times of the run, no promise that the result does not make, nothing that acts."""

from __future__ import annotations

import json

import msgspec
import pytest
from govern import synthetic

from keepstone.core.errors import InputError
from keepstone.govern.document import Result, Run
from keepstone.govern.export.formats import FORMATS, export
from keepstone.govern.export.source import Source, moment
from keepstone.govern.report import words

MADE = {name: getattr(synthetic, name) for name in ("not_met", "met", "inconclusive", "error", "empty", "provisional", "hostile", "many")}
KEPT = " \N{WORD JOINER}"  # the joiner is ours: it keeps a forge from making links
NAMES = [name for name in FORMATS if name != "cyclonedx"]  # that one needs a library, and has tests of its own


@pytest.mark.parametrize("made", MADE)
@pytest.mark.parametrize("to", NAMES)
def test_the_same_result_gives_the_same_bytes(to: str, made: str) -> None:
    assert export(Source(MADE[made](), synthetic.run()), to) == export(Source(MADE[made](), synthetic.run()), to)


@pytest.mark.parametrize("to", NAMES)
def test_another_result_gives_other_bytes_and_other_names(to: str) -> None:
    once, again = synthetic.not_met(), msgspec.structs.replace(synthetic.not_met(), seed=8)
    if to in {"sarif", "oscal", "avid", "system-card"}:
        assert export(Source(once, synthetic.run()), to) != export(Source(again, synthetic.run()), to)
    assert Source(once).uuid("x") != Source(again).uuid("x")


@pytest.mark.parametrize("to", NAMES)
def test_nothing_that_acts_on_a_terminal_or_turns_text_around_gets_through(to: str) -> None:
    got = export(Source(synthetic.hostile(), synthetic.run(), whole=True), to).decode()
    assert not {letter for letter in got if letter != "\n" and words.clean(letter, longest=9) == "" and letter not in KEPT}


@pytest.mark.parametrize("to", ["model-card", "system-card"])
def test_cards_hold_no_markup_of_others(to: str) -> None:
    got = export(Source(synthetic.hostile(), synthetic.run()), to).decode()
    assert "<script" not in got
    assert "<img" not in got
    assert "](javascript:" not in got


@pytest.mark.parametrize("to", NAMES)
def test_a_result_without_the_facts_of_its_run_is_exported_but_where_the_format_needs_times(to: str) -> None:
    if to == "oscal":
        with pytest.raises(InputError, match=r"run\.json.*must lie beside the result"):
            export(Source(synthetic.not_met()), to)
        with pytest.raises(InputError, match="must hold «start» and «end»"):
            export(Source(synthetic.not_met(), Run()), to)
    else:
        assert b"2026-11-24T09:00" not in export(Source(synthetic.not_met()), to)


@pytest.mark.parametrize("given", ["yesterday", "2026-11-24", "2026-11-24T10:00:00", "2026-11-24T25:00:00Z", "0001-01-01T00:00:00+14:00", "\x1b[31m"])
def test_a_time_that_is_none_is_refused_in_one_line(given: str) -> None:
    with pytest.raises(InputError, match=r"The «start» of «run\.json» must be a time with its zone") as caught:
        moment(given, "start")
    assert str(caught.value).isprintable()


def test_a_group_of_few_people_is_not_told_of_by_its_numbers() -> None:
    row = msgspec.structs.replace(synthetic.findings()[0], trials=7, count=3, mean=0.4285714286, lower=0.1, upper=0.8, verdict="inconclusive")
    result = synthetic.build([row])
    for to in NAMES:
        got = export(Source(result, synthetic.run(), whole=True), to)
        assert b"0.4285" not in got
        assert b"42.9" not in got


def test_halves_stand_as_they_are() -> None:
    result: Result = synthetic.inconclusive()
    assert dict(Source(result).verdicts()) == {"safety": "inconclusive", "security": "inconclusive"}
    assert json.loads(export(Source(result), "sarif"))["runs"][0]["properties"]["verdict"]["overall"] == "inconclusive"
