"""The result on one screen."""

from __future__ import annotations

import io
import unicodedata

import msgspec
import pytest
from govern import synthetic
from rich.console import Console

from keepstone.govern.document import Run, Sentence
from keepstone.govern.report.terminal import closing, summary


def printed(state: str, **options: object) -> str:
    out = io.StringIO()
    settings: dict[str, object] = {"width": 100, "force_terminal": False} | options
    summary(synthetic.STATES[state](), Console(file=out, **settings), report="keepstone-out/report.html", run=Run(seconds=41.2))  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize("state", synthetic.STATES)
@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_it_fits_the_screen_and_holds_nothing_that_acts(state: str, width: int) -> None:
    lines = printed(state, width=width).splitlines()
    assert max(len(line) for line in lines) <= max(width, 90)
    assert all(len(line) <= width for line in lines[:15])
    assert len(lines) <= 50
    assert all(line == line.rstrip() for line in lines)
    assert not [letter for line in lines for letter in line if unicodedata.category(letter) in {"Cc", "Cf"}]


def test_both_halves_their_areas_the_sentences_and_the_report_are_there() -> None:
    text = printed("not_met")
    for part in ("not met (2 of 13)", "not met (5 of 10)", "Adversarial robustness", "31.0 % [27.8, 34.3], limit 20 %", "not measured", "excluded"):
        assert part in text
    assert "\n1. An attacker" in text
    assert text.rstrip().endswith("412 806 calls · 66 % fewer than a fixed design · 41.2 s\nReport: keepstone-out/report.html")


def test_a_terminal_gets_colour_and_no_color_and_pipes_get_none() -> None:
    assert "\x1b[" in printed("met", force_terminal=True, color_system="standard")
    assert "\x1b[3" not in printed("met", force_terminal=True, color_system="standard", no_color=True)
    assert "\x1b" not in printed("met")


def test_markup_in_names_is_shown_and_not_followed() -> None:
    text = printed("hostile", force_terminal=True, color_system="standard")
    assert "[bold]b[/bold]" in text
    assert "\x1b[31mred" not in text
    assert "\x07" not in text


def test_a_terminal_of_ascii_gets_letters() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii", errors="strict")
    summary(synthetic.not_met(), Console(file=out, width=80))
    out.flush()
    assert b"x Safety" in raw.getvalue()
    assert b"- Access control" in raw.getvalue()


def test_an_empty_result_says_that_nothing_was_measured() -> None:
    assert closing(synthetic.empty())[0] == "Overall incomplete · 0 criteria · 12 questions not measured"
    assert "nothing measured" in printed("empty")


def test_limits_that_nobody_adopted_and_guesses_are_counted_at_80_columns() -> None:
    lines = printed("provisional", width=80).splitlines()
    said = " ".join(line.strip() for line in lines)
    counts = synthetic.provisional().counts
    assert f"{counts.safety.not_adopted + counts.security.not_adopted} limits not adopted" in said
    assert "verdicts provisional" in said
    head = next(line for line in printed("not_met", width=80).splitlines() if "Safety" in line)
    assert head.endswith("inconclusive")
    assert head.count("not met") == 1


@pytest.mark.parametrize("width", range(40, 90, 3))
def test_a_number_is_not_broken_between_its_thousands(width: int) -> None:
    result = msgspec.structs.replace(synthetic.met(), sentences=(Sentence(text="That is at least 170 in 1\u00a0000 more, or 12\u202f345 in all."),))
    out = io.StringIO()
    summary(result, Console(file=out, width=width))
    assert "1 000 more" in " ".join(line.strip() for line in out.getvalue().splitlines())
    assert all(any(number in line for line in out.getvalue().splitlines()) for number in ("1 000", "12 345"))
