"""What a number of trials can decide."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest

from keepstone.core.claim import Look, Tally
from keepstone.stats.exact import binomial_fail, binomial_pass
from keepstone.stats.judged import Judged
from keepstone.stats.power import (
    chance,
    decidable,
    decidable_judged,
    further_trials,
    gap_chance,
    least_losses,
    margin_chance,
    most_losses,
    smallest_margin,
    tightest_gap,
    tightest_judged,
    tightest_limit,
    trials_needed,
)


@pytest.mark.parametrize(
    ("n", "limit", "up_to", "from_"),
    [(2731, 0.05, 0.73, 1.31), (710, 0.1, 0.64, 1.41), (150, 0.2, 0.48, 1.63), (79, 0.1, 0.10, 2.37)],
)
def test_the_table_of_the_reference(n: int, limit: float, up_to: float, from_: float) -> None:
    found = decidable(n, limit, 0.0069, weight=1.0)
    assert found.pass_up_to / limit == pytest.approx(up_to, abs=0.035)
    assert found.fail_from / limit == pytest.approx(from_, abs=0.03)


def test_too_few_can_not_pass() -> None:
    assert isnan(decidable(79, 0.05, 0.0069, weight=1.0).pass_up_to)
    assert max(chance(79, 0.05, 0.0069, 0.0)) == 0


def test_counts_are_the_last_that_hold() -> None:
    for n, limit, level in ((50, 0.05, 0.05), (400, 0.1, 0.01), (3000, 0.2, 0.0007)):
        most, least = most_losses(n, limit, level), least_losses(n, limit, level)
        assert most < 0 or binomial_pass(most, n, limit) <= level
        assert binomial_pass(most + 1, n, limit) > level
        assert binomial_fail(least, n, limit) <= level
        assert binomial_fail(least - 1, n, limit) > level


def test_rates_decided_have_the_power_promised() -> None:
    found = decidable(500, 0.1, 0.01)
    assert chance(500, 0.1, 0.01, found.pass_up_to).pass_ == pytest.approx(0.8)
    assert chance(500, 0.1, 0.01, found.fail_from).fail == pytest.approx(0.8)


def test_tightest_limit_is_the_edge() -> None:
    limit = tightest_limit(100, 0.01)
    assert most_losses(100, limit + 1e-9, 0.007) == 0
    assert most_losses(100, limit - 1e-9, 0.007) == -1
    assert tightest_limit(0, 0.01) == 1


def test_further_trials() -> None:
    assert trials_needed(0.025, 0.05, 0.0125, weight=1.0) == pytest.approx(574, rel=0.05)
    assert further_trials(0.05, 100, 0.05, 0.01) == 0
    assert further_trials(float("nan"), 0, 0.05, 0.01) == 0
    assert further_trials(-0.1, 10, 0.05, 0.01) == 0
    assert further_trials(0.04, 700, 0.05, 0.007) > further_trials(0.02, 700, 0.05, 0.007) > 0


def test_groups_and_pairs() -> None:
    assert gap_chance((400, 310), 0.10, 0.05, 0.3, weight=1.0).pass_ == pytest.approx(0.78, abs=0.02)
    assert gap_chance((400, 310), 0.10, 0.05, 0.3, gap=0.3).fail > 0.99
    assert gap_chance((0, 310), 0.10, 0.05, 0.3) == (0.0, 0.0)
    limit = tightest_gap((400, 310), 0.05, 0.3)
    assert gap_chance((400, 310), limit, 0.05, 0.3).pass_ == pytest.approx(0.8, abs=1e-6)
    assert tightest_gap((0, 310), 0.05, 0.3) == 1
    margin = smallest_margin(2700, 0.05, 0.0125)
    assert margin_chance(2700, 0.05, margin, 0.0125) == pytest.approx(0.8)
    assert margin_chance(0, 0.05, 0.02, 0.0125) == 0
    assert np.isclose(smallest_margin(4750, 0.05, 0.0125), 0.01, rtol=0.05)


def test_what_a_judge_can_decide_is_decided_with_the_power_that_is_said() -> None:
    """At the rates that are told, judged by errors as observed, about four runs in five decide; a worse judge decides less."""
    claim, n, limit, level = Judged(caught=(490, 500), cleared=(495, 500)), 600, 0.1, 0.02
    found = decidable_judged(claim, n, limit, level)
    rng = np.random.default_rng(3)
    for rate, side in ((found.pass_up_to, 0), (found.fail_from, 1)):
        said = rng.binomial(n, rate * claim.sensitivity + (1 - rate) * (1 - claim.specificity), size=300)
        p = [claim.p([Look(weight=1.0, tally=Tally((((0, n - k), (1000, k)),) * 3))], limit)[side] for k in said.tolist()]
        assert np.mean(np.array(p) <= level) == pytest.approx(0.8, abs=0.08)
    worse = decidable_judged(Judged(caught=(80, 100), cleared=(90, 100)), n, limit, level)
    assert isnan(worse.pass_up_to) or worse.pass_up_to < found.pass_up_to
    assert isnan(decidable_judged(Judged(caught=(0, 0), cleared=(9, 10)), n, limit, level).pass_up_to)
    tight = tightest_judged(claim, n, level)
    assert 0.005 < tight < 0.06
    assert tightest_judged(Judged(caught=(0, 0), cleared=(0, 0)), n, level) == 1.0
