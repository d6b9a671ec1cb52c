"""Identifiers that hold up are found, near ones are not, and what is masked is only they."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepstone.intake.identifiers import found, masked, value_of
from keepstone.intake.spelling import plain

REAL = [
    ("anna.novak@mail.example.org", "e-mail", "anna.novak@mail.example.org"),
    ("<Anna+x@Example.org>", "e-mail", "anna+x@example.org"),
    ("DE89 3704 0044 0532 0130 00", "IBAN", "de89370400440532013000"),
    ("GB82WEST12345698765432", "IBAN", "gb82west12345698765432"),
    ("NO93 8601 1117 947", "IBAN", "no9386011117947"),
    ("4111-1111-1111-1111", "card", "4111111111111111"),
    ("378282246310005", "card", "378282246310005"),
    ("+49 (30) 123 45-67", "phone", "+49301234567"),
    ("030 / 1234567", "phone", "0301234567"),
    ("0043.1.40160", "phone", "0043140160"),
]
NEAR = [
    "anna at example.org",
    "a@b",
    "@example.org",
    "a..b@example.org",
    "user@127.0.0.1",
    "DE89 3704 0044 0532 0130 01",
    "GB82 WEST 1234 5698 7654 33",
    "4111 1111 1111 1112",
    "order 1234567890123",
    "01.02.2026 14.30",
    "14 to 19",
    "KEEP-7741",
    "2026-11-24",
    "4000 mg in 24 hours",
    "0.123456789",
    "+12",
]


@pytest.mark.parametrize(("text", "kind", "value"), REAL)
def test_what_holds_up_is_found_in_a_sentence(text: str, kind: str, value: str) -> None:
    assert [(one.kind, one.value) for one in found(f"Please use {text}, she said.")] == [(kind, value)]
    assert [(one.kind, one.value) for one in found(text)] == [(kind, value)]
    assert masked(f"Please use {text}, she said.").count(f"[{kind}]") == 1


@pytest.mark.parametrize("text", NEAR)
def test_what_only_looks_like_it_is_none(text: str) -> None:
    assert found(f"Please use {text}, she said.") == []
    assert masked(f"Please use {text}, she said.") == f"Please use {text}, she said."


def test_several_stand_side_by_side_and_those_allowed_stay() -> None:
    text = "a@example.org b@example.org; 4111 1111 1111 1111 DE89370400440532013000"
    assert masked(text) == "[e-mail] [e-mail]; [card] [IBAN]"
    assert (
        masked(text, frozenset({value_of("B@example.org"), value_of("DE89 3704 0044 0532 0130 00")})) == "[e-mail] b@example.org; [card] DE89370400440532013000"
    )
    assert value_of("two words a@example.org") == ""


def test_invisible_letters_hide_nothing() -> None:
    assert masked("a\u200b@exam\u200bple.org") == "[e-mail]"
    assert masked("\uff14111 1111 1111 1111") == "[card]"


@given(st.text(max_size=300))
def test_places_are_in_order_and_apart(text: str) -> None:
    bare = plain(text)
    ends = 0
    for one in found(bare):
        assert ends <= one.start < one.stop <= len(bare)
        ends = one.stop


@pytest.mark.parametrize("text", ["a@" * 30_000, "1 " * 30_000, "AB12 " * 12_000, "a" * 60_000 + "@", "0-" * 30_000, "@." * 30_000, "DE89" * 15_000])
def test_it_takes_time_linear_in_the_text(text: str) -> None:
    start = perf_counter()
    found(text)
    assert perf_counter() - start < 5
