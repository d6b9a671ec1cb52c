"""Numbers and foreign text as they are shown."""

from __future__ import annotations

import math
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from keepstone.govern.report import words


@given(st.text(max_size=300))
def test_clean_text_holds_nothing_that_acts_and_is_clean_already(text: str) -> None:
    shown = words.clean(text)
    assert not [letter for letter in shown if unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"}]
    assert words.clean(shown) == shown


@given(st.text(), st.integers(1, 40))
def test_clean_text_is_no_longer_than_asked(text: str, longest: int) -> None:
    assert len(words.clean(text, longest=longest)) <= longest


def test_what_turns_the_reading_direction_is_taken_out_and_what_a_script_needs_is_kept() -> None:
    assert words.clean("a\u202eb\u2066c\u200fd\u061ce\u2069f") == "abcdef"
    assert words.clean("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645") == "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    assert words.clean("zero\u200bwidth\ufeff\u00ad\U000e0041") == "zerowidth"


def test_a_tower_of_accents_is_cut_and_a_lone_surrogate_replaced() -> None:
    assert len(words.clean("e" + "\u0301" * 100)) == 5
    assert words.clean("a\ud800b") == "a\ufffdb"


def test_spaces_of_ours_stay_and_others_become_one() -> None:
    assert words.clean("12\u202f648\u00a0people  and\u2003\n more") == "12\u202f648\u00a0people and more"


@given(st.floats(-1, 1), st.floats(0, 1))
def test_an_interval_is_rounded_outwards(lower: float, width: float) -> None:
    upper = lower + width
    low, high = (float(part.replace(words.MINUS, "-")) for part in words.plain(words.percents(lower, upper))[1:-1].split(", "))
    assert low <= 100 * lower + 1e-6
    assert high >= 100 * upper - 1e-6


@given(st.floats(-0.9, 0.9).filter(lambda value: abs(value) > 1e-4))
def test_a_bound_beside_zero_keeps_its_sign(value: float) -> None:
    shown = words.plain(words.per_milles(value, value))[1:-1].split(", ")
    assert any(part.startswith("+" if value > 0 else words.MINUS) for part in shown)


@given(st.floats(0, 1), st.integers(1, 99))
def test_a_shown_interval_agrees_with_its_verdict(upper: float, limit: int) -> None:
    shown = float(words.plain(words.percents(0.0, upper))[1:-1].split(", ")[1])
    if not math.isclose(upper, limit / 100, rel_tol=1e-6):
        assert (shown <= limit) == (upper <= limit / 100)


def test_nothing_is_shown_as_nothing() -> None:
    assert words.percent(None) == words.per_mille(None) == words.limit_percent(None) == words.NOTHING
    assert words.percents(None, 0.1) == words.per_milles(0.1, None) == ""
