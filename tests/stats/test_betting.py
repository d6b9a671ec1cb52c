"""E-processes: exact error rates by recursion, monotone bounds, blocks."""

from __future__ import annotations

import itertools
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from keepstone.stats.betting import (
    FAIL_FIXED,
    FAIL_RATES,
    FAIL_WEIGHTS,
    PASS_RATES,
    PASS_WEIGHTS,
    ROTATIONS,
    SHARE_WEIGHTS,
    Bets,
    arrays,
    blocks,
    blocks_in_turn,
    difference_stakes,
    rate_stakes,
    wealth,
)
from keepstone.stats.tally import LossError

BINARY = np.array([0.0, 1.0])


def ever(bets: Bets, rate: float, limit: float, alpha: float, n: int) -> float:
    """The exact chance that the wealth reaches 1 / alpha within n 0/1 trials, looking after each."""
    alive, gone = np.array([1.0]), 0.0
    for trial in range(1, n + 1):
        alive = np.append(alive, 0.0) * (1 - rate) + np.append(0.0, alive) * rate
        for k in np.flatnonzero(alive > 0):
            if bets.log_wealth(BINARY, np.array([trial - k, k], dtype=np.float64), limit) >= -log(alpha):
                gone += alive[k]
                alive[k] = 0.0
    return gone


@pytest.mark.parametrize("limit", [0.05, 0.3])
def test_wrong_claims_are_rare_looking_after_every_trial(limit: float) -> None:
    below, above = rate_stakes(limit)
    for alpha in (0.05, 0.3):
        for bets in (below, above):
            wrong = ever(bets, limit, limit, alpha, 80)
            assert 0 < wrong <= alpha


@pytest.mark.parametrize("limit", [0.01, 0.05, 0.6])
def test_bets_on_a_rate_are_likelihood_ratios(limit: float) -> None:
    aims = [m * limit for m in PASS_RATES], [*(min(m * limit, 1) for m in FAIL_RATES), *(max(rate, (1 + limit) / 2) for rate in FAIL_FIXED)]
    for bets, rates, weights in zip(rate_stakes(limit), aims, (PASS_WEIGHTS, FAIL_WEIGHTS), strict=True):
        for n, k in ((1, 0), (1, 1), (80, 3), (400, 90)):
            ratio = np.exp(binom.logpmf(k, n, rates) - binom.logpmf(k, n, limit))
            found = bets.log_wealth(BINARY, np.array([n - k, k], dtype=np.float64), limit)
            assert np.exp(found) == pytest.approx(float(ratio @ np.array(weights)), rel=1e-9)


def test_a_step_of_every_bet_has_mean_one_at_the_null() -> None:
    assert [sum(weights) for weights in (PASS_WEIGHTS, FAIL_WEIGHTS, SHARE_WEIGHTS)] == pytest.approx([1, 1, 1])
    for limit in (0.01, 0.05, 0.2, 0.6, 0.97):
        for bets in (*rate_stakes(limit), *difference_stakes(limit), *difference_stakes(-limit)):
            null = -limit if bets.low < 0 and bets in difference_stakes(-limit) else limit
            high = 1.0
            share = (null - bets.low) / (high - bets.low)  # losses at both ends of the range with this mean
            one = sum(
                weight * np.exp(bets.log_wealth(np.array([value]), np.ones(1), null)) for value, weight in ((bets.low, 1 - share), (high, share)) if weight
            )
            assert one == pytest.approx(1)
            assert min(bets.stakes) >= 0
            assert max(bets.stakes) <= 1 / ((null - bets.low) if bets.over else (1 - null)) + 1e-12


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-1000, 1000), st.integers(1, 50)), min_size=1, max_size=6), st.floats(-0.5, 0.5))
def test_wealth_is_monotone_in_theta(pairs: list[tuple[int, int]], limit: float) -> None:
    losses, times = arrays(tuple(sorted(dict(pairs).items())))
    thetas = np.linspace(-0.999, 0.999, 41)
    below, above = difference_stakes(limit)
    down = [above.log_wealth(losses, times, theta) for theta in thetas]
    up = [below.log_wealth(losses, times, theta) for theta in thetas]
    # A wealth of 0 has the logarithm minus infinity.
    assert all(b <= a + 1e-9 for a, b in itertools.pairwise(down))
    assert all(a <= b + 1e-9 for a, b in itertools.pairwise(up))


def test_wealth_of_a_histogram_is_that_of_its_trials_in_turn() -> None:
    rng = np.random.default_rng(3)
    losses = rng.integers(0, 1001, 200)
    values, times = np.unique(losses, return_counts=True)
    sides = wealth(tuple(zip(values.tolist(), times.tolist(), strict=True)), 0.4)
    for bets, found, sign in zip(rate_stakes(0.4), sides, (-1, 1), strict=True):
        each = np.ones(len(bets.stakes))
        for loss in losses / 1000:
            each *= 1 + np.array(bets.stakes) * sign * (loss - 0.4)
        assert found == pytest.approx(float(each @ np.array(bets.weights)), rel=1e-9)


@given(st.integers(1, 30), st.integers(1, 200))
def test_blocks_use_no_trial_twice(few: int, many: int) -> None:
    first, second = np.arange(few) / 1e3, np.arange(many) / 1e4
    found = blocks(first, second)
    small, large = sorted((few, many))
    m = large // small
    assert found.shape == (ROTATIONS, small)
    for rotation in (0, 7, 19):
        start = (np.arange(small)[:, None] * m + np.arange(m) + rotation * large // ROTATIONS) % large
        assert np.unique(start).size == start.size
        expected = first - second[start].mean(axis=1) if few <= many else first[start].mean(axis=1) - second
        assert np.allclose(found[rotation], expected)


def test_blocks_in_turn_grow_without_changing() -> None:
    first, second = np.arange(5.0), np.arange(12.0)
    assert blocks_in_turn(first, second, 3).tolist() == [-1.0, -3.0, -5.0, -7.0]
    assert blocks_in_turn(first[:2], second, 3).tolist() == [-1.0, -3.0]
    assert blocks(np.zeros(0), second).size == 0


def test_limits_outside_are_refused() -> None:
    for limit in (0.0, 1.0, -0.1):
        with pytest.raises(LossError, match="limit"):
            rate_stakes(limit)
    with pytest.raises(LossError, match="limit"):
        difference_stakes(1.0)
