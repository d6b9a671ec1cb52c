"""The result in a caller's hands, on results made up for every state."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pandas as pd
import pytest
from govern import synthetic

from keepstone.core.errors import InputError, MissingExtra, RequirementError
from keepstone.lifecycle.shown import EFFECT, NAMED, Result

STATES = {name: getattr(synthetic, name) for name in ("met", "not_met", "inconclusive", "error", "empty", "provisional", "hostile", "many")}


def result(name: str) -> Result:
    return Result(STATES[name]())


def refusal(found: Result, *names: str, accept_open: bool = False) -> list[str]:
    with pytest.raises(RequirementError) as caught:
        found.require(*names, accept_open=accept_open)
    assert caught.value.exit_code == 1
    return str(caught.value).splitlines()


# ---- what it says ----


def test_it_gives_the_verdicts_and_the_findings() -> None:
    found = result("not_met")
    assert (found.verdict.safety, found.verdict.security, found.verdict.overall) == ("not_met", "not_met", "not_met")
    assert found.findings == found.document.findings
    assert [result(name).exit_code for name in ("met", "not_met", "inconclusive", "empty")] == [0, 1, 4, 4]


def test_findings_are_a_data_frame() -> None:
    frame = result("not_met").frame()
    assert isinstance(frame, pd.DataFrame)
    assert list(frame["id"]) == [one.id for one in result("not_met").findings]
    assert set(frame["verdict"]) == {"pass", "fail", "inconclusive"}
    assert frame["mean"].dtype == "float64"
    assert "limit" in frame.columns
    assert len(result("empty").frame()) == 0
    assert list(result("empty").frame().columns) == list(frame.columns)


def test_comparisons_are_a_data_frame() -> None:
    found = result("not_met")
    frame, document = found.effects(), found.document
    assert tuple(frame.columns) == EFFECT
    kinds = {"mitigation": document.interplay, "intent": document.intent, "attack_harm": document.attack_harm, "exposed_by_flaw": document.exposed_by_flaw}
    assert all(kinds.values())
    for kind, rows in kinds.items():
        mine = frame[frame["kind"] == kind]
        assert list(mine["direction"]) == [getattr(row, "direction", None) for row in rows]
    intent = document.intent[0]
    first = frame[frame["kind"] == "intent"].iloc[0]
    assert (first["what"], first["of"], first["against"], first["effect"]) == (intent.threat, intent.by_intent, intent.by_chance, intent.difference)
    assert len(result("empty").effects()) == 0


def test_without_pandas_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    for ask in (result("met").frame, result("met").effects):
        with pytest.raises(MissingExtra, match=r"keepstone\[notebook\]"):
            ask()


def test_the_document_is_plain() -> None:
    found = result("not_met")
    assert msgspec.convert(found.to_dict(), type(found.document)) == found.document


# ---- insisting ----


def test_what_is_met_is_given_back() -> None:
    found = result("met")
    assert found.require() is found
    assert found.require("safety", "security", "fairness", "longterm") is found  # an area that somebody left out is not insisted on


def test_a_refusal_names_what_failed_first() -> None:
    lines = refusal(result("not_met"))
    assert lines[0] == "Required, but safety not met; security not met."
    assert lines[1].startswith("  not met: ")
    assert "limit" in lines[1]
    failed = [one.id for one in result("not_met").findings if one.verdict == "fail"]
    assert all(any(word in line for line in lines) for word in failed)
    assert any(line.startswith("  not measured: access.gateway") for line in lines)


def test_a_half_or_an_area_is_asked_alone() -> None:
    lines = refusal(result("not_met"), "fairness")
    assert lines[0] == "Required, but fairness not met."
    assert any(line.startswith("  met: fairness.sex.unfair") and line.endswith("limit not adopted") for line in lines)
    assert all("security" not in line and "adversarial" not in line for line in refusal(result("not_met"), "safety"))
    assert result("not_met").require("transparency").exit_code == 1


def test_what_is_only_open_may_be_accepted() -> None:
    for name in ("inconclusive", "empty"):
        assert result(name).require(accept_open=True).exit_code == 4
    assert refusal(result("inconclusive"))[0].startswith("Required, but safety inconclusive")
    assert refusal(result("not_met"), accept_open=True)
    assert any(line.startswith("  error: ") for line in refusal(result("error"), "safety", accept_open=True))


def test_a_refusal_is_short() -> None:
    lines = refusal(result("many"))
    assert len(lines) < 2 * NAMED + 8
    assert any(line.startswith("  and ") and line.endswith(" more") for line in lines)


def test_areas_that_nobody_asked_about_are_named() -> None:
    silent = Result(msgspec.structs.replace(synthetic.empty(), unmeasured=()))
    assert refusal(silent)[-1].startswith("  nothing asked about: alignment, ")
    assert "nothing asked about" not in refusal(result("empty"))[-1]


def test_guesses_are_named() -> None:
    lines = refusal(result("provisional"))
    guesses = [one.provisional for one in result("provisional").findings if one.provisional and one.verdict == "inconclusive"]
    assert guesses
    assert any(f"rests on guesses: {', '.join(guesses[0])}" in line for line in lines)


def test_only_halves_and_areas_can_be_required() -> None:
    with pytest.raises(InputError, match="must be safety, security or an area"):
        result("met").require("quality")


# ---- files ----


def test_it_is_saved_and_read_again(tmp_path: Path) -> None:
    found = result("not_met")
    folder = found.save(tmp_path / "deep" / "out")
    assert {path.name for path in folder.iterdir()} == {"result.json", "report.html", "report.md"}
    again = Result.read(folder / "result.json")
    assert again.document == found.document
    assert found.report(tmp_path / "page.html").read_bytes() == (folder / "report.html").read_bytes()
    assert found.report(tmp_path / "page.html").read_bytes().startswith(b"<!doctype html>")


def test_what_is_no_result_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        Result.read(tmp_path / "none.json")
    (tmp_path / "result.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="schema"):
        Result.read(tmp_path / "result.json")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError):
        result("met").save(tmp_path / "file")


def test_it_is_held_against_an_earlier_one() -> None:
    document = synthetic.not_met()
    before = msgspec.structs.replace(
        document, findings=tuple(msgspec.structs.replace(one, verdict="pass") if one.verdict == "fail" else one for one in document.findings)
    )
    found = Result(document).diff(Result(before))
    assert {one.id for one in found.new} == {one.id for one in document.findings if one.verdict == "fail"}
    assert Result(before).diff(Result(document)).new == ()
    assert len(Result(before).diff(Result(document)).mended) == len(found.new)


# ---- how it shows itself ----


@pytest.mark.parametrize("name", STATES)
def test_it_shows_itself_in_every_state(name: str) -> None:
    found = result(name)
    assert repr(found).startswith("<keepstone.Result of ")
    assert "safety" in repr(found)
    assert "\n" not in repr(found)
    text = str(found)
    assert 10 < len(text.splitlines()) < 40
    assert max(map(len, text.splitlines())) <= 100
    assert "\x1b" not in text
    assert "Safety" in text
    assert "Security" in text
