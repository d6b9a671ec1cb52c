"""Words, numbers and names of a text in the form in which they are compared."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepstone.intake.grounds import claims, numbers, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("4,000 mg", [(4000.0, "mg")]),
        ("4000mg", [(4000.0, "mg")]),
        ("1.234.567 and 1,5", [(1234567.0, "and"), (1.5, "")]),
        ("2.50 3.", [(2.5, ""), (3.0, "")]),
        ("14:00 Uhr", [(14.0, ""), (0.0, "uhr")]),
        ("version 1.2.3", [(12.3, "")]),
        ("no number, . ,", []),
        ("\uff14\uff10 mg", [(40.0, "mg")]),
    ],
)
def test_numbers_are_read_with_what_follows(text: str, found: list[tuple[float, str]]) -> None:
    assert numbers(text) == found


@given(st.text(max_size=200))
def test_whatever_a_text_claims_it_says(text: str) -> None:
    assert claims(text, names=False) <= claims(text, names=True) <= words(text)
    assert all(math.isfinite(value) for value, _unit in numbers(text))


def test_names_begin_no_sentence() -> None:
    assert claims("Dr. Weiss and I met (Greta). Then We left: Everybody.", names=True) == {"greta", "we"}
    assert claims("Wann ist Besuchszeit auf Station drei?", names=True) == {"besuchszeit", "station"}


def test_a_run_of_digits_is_no_trouble() -> None:
    assert numbers("9" * 5000) == []
    assert len(words("1," * 50_000)) == 1
