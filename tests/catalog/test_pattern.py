"""Patterns of findings: what fits, and which says most."""

from __future__ import annotations

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepstone.catalog.pattern import matches, most_specific, precision


@given(st.text(alphabet="ab*.", max_size=8), st.text(alphabet="ab.", max_size=10))
def test_it_agrees_with_the_shells_star(pattern: str, text: str) -> None:
    assert matches(pattern, text) == fnmatch.fnmatchcase(text, pattern)


@pytest.mark.parametrize("mark", ["?", "[ab]", "\\"])
def test_nothing_but_the_star_has_a_meaning(mark: str) -> None:
    assert matches(mark, mark)
    assert not matches(mark, "a")


def test_many_stars_take_no_time() -> None:
    assert not matches("a*" * 2000 + "b", "a" * 20000)


def test_a_whole_id_beats_every_pattern_and_the_first_of_equals_wins() -> None:
    finding = "robustness.nominal.missed"
    assert most_specific(["robustness.nominal.misse*", finding, "*"], finding) == finding
    assert most_specific(["*nominal.missed", "robustness.nom*"], finding) == "*nominal.missed"
    assert most_specific(["robustness.*", "*.nominal.mi"], finding) == "robustness.*"
    assert precision("ab*") == precision("*ab")
    assert most_specific([], finding) is None
