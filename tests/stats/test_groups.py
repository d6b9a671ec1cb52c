"""Rates by group, against a loop over the groups."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepstone.stats.groups import coded, confusion

CASES = st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.booleans()), min_size=1, max_size=40)


@given(CASES)
def test_counts_are_those_of_a_loop(cases: list[tuple[str, bool, bool]]) -> None:
    codes, names = coded([name for name, _truth, _flag in cases])
    found = confusion(codes, [truth for _name, truth, _flag in cases], [flag for _name, _truth, flag in cases], len(names))
    for place, name in enumerate(names):
        mine = [(truth, flag) for who, truth, flag in cases if who == name]
        outcomes = [flag for truth, flag in mine if truth]
        others = [flag for truth, flag in mine if not truth]
        assert (found.cases[place], found.outcomes[place], found.hits[place]) == (len(mine), len(outcomes), sum(outcomes))
        assert np.isnan(found.missed[place]) if not outcomes else found.missed[place] == pytest.approx(1 - sum(outcomes) / len(outcomes))
        assert np.isnan(found.alarms[place]) if not others else found.alarms[place] == pytest.approx(sum(others) / len(others))
