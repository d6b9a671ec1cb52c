"""Ties, cuts and fits of two blocks of columns, against what is known by enumeration or by hand."""

from __future__ import annotations

import numpy as np
import pytest

from keepstone.core.table import Feature
from keepstone.stats.blocks import between, correlations, cut, fit, pooled, scored, whitening
from keepstone.stats.chance import Address, normal


def test_the_cut_is_the_best_there_is() -> None:
    for seed in range(20):
        draws = normal(Address(seed, "cut", 0, 7), "weight", 7)
        weight = draws + draws.T
        np.fill_diagonal(weight, 0.0)
        sides = [np.array([1 if code >> bit & 1 else -1 for bit in range(7)]) for code in range(1, 64)]
        best = max(-float(side @ weight @ side) for side in sides)
        side = np.where(cut(weight), 1, -1)
        assert abs(side.sum()) < 7
        assert -float(side @ weight @ side) >= best - 0.15 * abs(best)


def test_correlations_are_numpy_s_where_nothing_is_missing_and_pairwise_where_something_is() -> None:
    z = normal(Address(1, "z", 0, 200), "z", 4) @ np.array([[1, 0.5, 0, 0], [0, 1, 0.3, 0], [0, 0, 1, 0.9], [0, 0, 0, 1.0]])
    assert np.allclose(correlations(z), np.corrcoef(z.T))
    z[:150, 0] = np.nan
    found = correlations(z)
    assert found[1, 2] == pytest.approx(np.corrcoef(z[:, 1:3].T)[0, 1])
    assert found[0, 0] == pytest.approx(1.0)
    z[:185, 0] = np.nan
    assert np.isnan(correlations(z)[0]).all()


def test_pooling_leaves_out_what_is_not_known() -> None:
    each = np.array([[0.2, np.nan], [0.4, 0.6], [np.nan, np.nan]])
    assert np.allclose(pooled(each, np.array([1.0, 3.0, 9.0])), [0.35, 0.6])
    assert pooled(each[2:], np.array([9.0])).tolist() == [0.0, 0.0]


def test_two_clumps_are_parted_between() -> None:
    assert 1 < between(np.array([0.0, 0.1, 0.2, 0.1, 5.0, 5.1])) < 5
    assert between(np.array([2.0, 2.0])) == 2.0


def test_whitened_columns_have_variance_about_one_and_no_ties() -> None:
    z = normal(Address(2, "z", 0, 5000), "z", 3) @ np.array([[3, 1, 0], [0, 2, 1], [0, 0, 0.5]])
    spread = np.cov((z @ whitening(z)).T)
    before = np.abs(np.corrcoef(z.T)[np.triu_indices(3, 1)]).max()
    assert np.abs(spread[np.triu_indices(3, 1)]).max() < before / 2  # a light ridge is left
    assert np.allclose(np.diag(spread), 1, atol=0.25)


def test_the_fit_is_the_log_density_ratio() -> None:
    here, there, tie = 0.7, -0.4, 0.6
    inside = (here**2 - 2 * tie * here * there + there**2) / (1 - tie**2)
    wanted = -0.5 * inside - 0.5 * np.log(1 - tie**2) + 0.5 * (here**2 + there**2)
    constant = -0.5 * np.log(1 - tie**2)
    assert fit(np.array([[here]]), np.array([[there]]), np.array([tie]))[0] == pytest.approx(wanted - constant)


def test_numbers_become_normal_scores_and_codes_a_column_a_common_level() -> None:
    values = np.array([3.0, 1.0, 2.0, np.nan, 2.0])
    score = scored(values, Feature(name="a"))[0]
    assert np.isnan(score[3])
    assert score[1] < score[2] == score[4] < score[0]
    codes = np.repeat([0.0, 1.0, 2.0], [60, 39, 1])
    assert len(scored(codes, Feature(name="b", kind="category", levels=("x", "y", "z")))) == 1
    assert np.isnan(scored(np.ones(9), Feature(name="c"))[0]).all()
