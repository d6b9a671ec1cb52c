"""Graded e-values have mean at most 1; e-BH claims what it must; intervals can't disagree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepstone.stats.discovery import FamilyError, critical_cap, e_bh, graded_e, graded_level, graded_rank, level, ranks, threshold


@given(cells=st.integers(1, 5000), alpha=st.floats(0.001, 0.5))
def test_the_mean_of_a_graded_e_value_is_at_most_one(cells: int, alpha: float) -> None:
    # e is a falling step function of p: its mean under a uniform p is the sum of step heights times widths.
    levels = [graded_level(rank, cells, alpha) for rank, _ in ranks(cells)]
    heights = [threshold(rank, cells, alpha) for rank, _ in ranks(cells)]
    widths = np.diff([0.0, *levels])
    assert (widths > 0).all()
    assert levels[-1] < 1
    assert float(np.dot(heights, widths)) <= 1 + 1e-9
    assert sum(weight for _, weight in ranks(cells)) == pytest.approx(1)
    assert all(graded_e(edge, cells, alpha) == height for edge, height in zip(levels, heights, strict=True))
    assert graded_e(levels[-1] * 1.0001, cells, alpha) == 0


def test_levels_of_the_reference() -> None:
    assert graded_level(20, 80, 0.05) == pytest.approx(0.0068, abs=5e-5)
    assert graded_level(40, 80, 0.05) == pytest.approx(0.0118, abs=5e-5)
    assert graded_level(1, 1, 0.05) == pytest.approx(0.05)
    assert graded_rank(0.05, 1, 0.05) == 1


@settings(max_examples=200)
@given(st.lists(st.floats(0, 1e5), max_size=40), st.integers(1, 50), st.floats(0.001, 0.5))
def test_e_bh_is_its_definition(values: list[float], family: int, alpha: float) -> None:
    falling = sorted(values, reverse=True)
    most = max((k for k in range(1, len(values) + 1) if falling[k - 1] >= family / (alpha * k)), default=0)
    claimed = e_bh(values, family, alpha)
    assert claimed.sum() >= most
    if most:
        assert all(claimed[i] == (values[i] >= family / (alpha * most) * (1 - 1e-9)) for i in range(len(values)))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.floats(1e-7, 0.2), min_size=1, max_size=60), st.integers(0, 40), st.integers(1, 6))
def test_claims_and_the_level_shown_are_one_comparison(p: list[float], spare: int, marked: int) -> None:
    cells, alpha = len(p) + spare, 0.05
    critical = [index < marked for index in range(len(p))]
    e = [critical_cap(graded_e(one, cells, alpha), one, alpha / marked) if is_ else graded_e(one, cells, alpha) for one, is_ in zip(p, critical, strict=True)]
    claimed = e_bh(e, cells, alpha)
    standing = int(claimed.sum())
    for one, is_, stands in zip(p, critical, claimed, strict=True):
        assert stands == (one <= (min(level(standing, cells, alpha), alpha / marked) if is_ else level(standing, cells, alpha)))


def test_false_discoveries_stay_rare_under_the_worst_dependence() -> None:
    # One uniform number drives all nulls, in both directions.
    rng = np.random.default_rng(0)
    shares = []
    for _ in range(1500):
        u = rng.random()
        p = np.concatenate([np.full(20, u), np.full(20, 1 - u), np.full(5, 1e-9)])
        claimed = e_bh([graded_e(float(one), 45, 0.05) for one in p], 45, 0.05)
        shares.append(claimed[:40].sum() / max(1, claimed.sum()))
    assert np.mean(shares) <= 0.05


def test_bad_families_are_refused() -> None:
    for cells, alpha in ((0, 0.05), (3, 0.0), (3, 1.0)):
        with pytest.raises(FamilyError, match="family"):
            graded_level(1, cells, alpha)
    with pytest.raises(FamilyError, match="numbers of at least 0"):
        e_bh([1.0, float("nan")], 3, 0.05)
    with pytest.raises(FamilyError, match="numbers of at least 0"):
        e_bh([-1.0], 3, 0.05)
    assert e_bh([], 3, 0.05).tolist() == []
