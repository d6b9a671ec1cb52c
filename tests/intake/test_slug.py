"""Ids hold letters, digits, `_` and `-`, and nothing from outside gets past that."""

from __future__ import annotations

from string import ascii_letters, digits

from hypothesis import given
from hypothesis import strategies as st

from keepstone.intake.slug import number, slug


@given(st.text())
def test_a_slug_holds_allowed_signs_only(text: str) -> None:
    assert set(slug(text)) <= set(ascii_letters + digits + "_-")
    assert slug(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_holds_allowed_signs_only(value: float) -> None:
    assert set(number(value)) <= set(ascii_letters + digits + "_-")


def test_names_that_differ_by_a_sign_stay_apart() -> None:
    assert len({slug(name) for name in ("<50", ">50", "50+", "50", "50 +", "é50", "50 ")}) == 7
