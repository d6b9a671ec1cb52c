"""One rate: against scipy, and with losses between 0 and 1."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from keepstone.core.claim import Look
from keepstone.stats.claims import Both, LossError, Mean
from keepstone.stats.tally import take


def once(claim: Mean | Both, losses: np.ndarray, *, weight: float = 1.0) -> list[Look]:
    return [Look(weight=weight, tally=claim.tally(losses.astype(np.int16)))]


def test_one_look_is_the_binomial_test() -> None:
    losses = np.repeat([1000, 0], [7, 193])[:, None]
    claim = Mean()
    sides, bounds = claim.p(once(claim, losses), 0.07), claim.bounds(once(claim, losses), 0.07, 0.05)
    less, more = binomtest(7, 200, 0.07, alternative="less"), binomtest(7, 200, 0.07, alternative="greater")
    assert sides == pytest.approx((less.pvalue, more.pvalue))
    assert bounds.upper == pytest.approx(less.proportion_ci(0.95).high, abs=1.1e-6)
    assert bounds.lower == pytest.approx(more.proportion_ci(0.95).low, abs=1.1e-6)
    assert claim.mean(once(claim, losses)[0].tally) == pytest.approx(0.035)


def test_looks_share_the_error() -> None:
    claim, early, late = Mean(), np.zeros((100, 1)), np.repeat([1000, 0], [30, 170])[:, None]
    one, two = once(claim, early, weight=0.3), once(claim, late, weight=0.7)
    assert claim.p(one, 0.05).pass_ == pytest.approx(0.95**100 / 0.3)
    assert claim.p([*one, *two], 0.05).pass_ == claim.p(one, 0.05).pass_, "evidence once given is never taken back"
    assert claim.bounds([*one, *two], 0.05, 0.02).upper == pytest.approx(1 - (0.02 * 0.3) ** 0.01, abs=2e-6)


def test_other_losses_are_bet_on() -> None:
    claim, losses = Mean(real=True), np.full((300, 1), 20)
    with pytest.raises(LossError, match="real=True"):
        Mean().tally(losses.astype(np.int16))
    found = claim.p(once(claim, losses), 0.05)
    assert found.pass_ < 1e-3
    assert found.pass_ == pytest.approx(1 / claim.e(claim.tally(losses.astype(np.int16)), 0.05).pass_)
    assert claim.p(once(claim, np.zeros((100, 1))), 0.05).pass_ > Mean().p(once(Mean(), np.zeros((100, 1))), 0.05).pass_


def test_best_is_what_no_loss_gives() -> None:
    claim = Mean()
    best = claim.best([100], 0.05, weight=1.0)
    assert best.pass_ == pytest.approx(claim.p(once(claim, np.zeros((100, 1))), 0.05).pass_)
    assert best.fail == pytest.approx(claim.p(once(claim, np.full((100, 1), 1000)), 0.05).fail, abs=1e-12)
    assert claim.best([100], 0.05).pass_ == pytest.approx(best.pass_ / 0.7)
    assert claim.best([0], 0.05) == (1.0, 1.0)


def test_limits_outside_are_refused() -> None:
    for claim in (Mean(), Mean(real=True)):
        with pytest.raises(LossError, match="limit"):
            claim.p(once(claim, np.zeros((5, 1))), 0.0)


def pool(hits1: float, alarms1: float, hits2: float, alarms2: float, n: int = 1000) -> np.ndarray:
    return np.column_stack([np.where(np.arange(n) < rate * n, 1000, 0) for rate in (hits1, alarms1, hits2, alarms2)])


def test_few_hits_at_more_alarms_than_allowed_pass() -> None:
    claim = Both(f=0.01)
    seen = once(claim, pool(0.05, 0.03, 0.01, 0.001))
    assert claim.p(seen, 0.1).pass_ < 1e-4
    assert claim.p(seen, 0.1).fail == 1
    assert claim.bounds(seen, 0.1, 0.01).upper < 0.1
    assert 0.01 < claim.mean(seen[0].tally) < 0.05
    assert claim.p(once(claim, pool(0.05, 0.005, 0.01, 0.001)), 0.1).pass_ > 0.5, "too few alarms at t1 say nothing about f"


def test_many_hits_at_fewer_alarms_than_allowed_fail() -> None:
    claim = Both(f=0.01)
    seen = once(claim, pool(0.6, 0.03, 0.4, 0.001))
    assert claim.p(seen, 0.1).fail < 0.01
    assert claim.bounds(seen, 0.1, 0.01).lower > 0.1
    assert claim.counted(seen[0].tally) == 1000
    assert claim.p(once(claim, pool(0.6, 0.03, 0.4, 0.02)), 0.1).fail > 0.5


def test_hit_rates_are_of_0_and_1() -> None:
    with pytest.raises(LossError, match="0 or 1"):
        Both(f=0.1).tally(np.full((2, 4), 500, dtype=np.int16))
    empty = take(np.full((2, 4), -32768, dtype=np.int16))
    assert Both(f=0.1).p([Look(weight=1.0, tally=empty)], 0.1) == (1.0, 1.0)
    assert np.isnan(Both(f=0.1).mean(empty))


def test_best_of_both_needs_both_parts() -> None:
    best = Both(f=0.01).best([500, 20, 500, 20], 0.1, weight=1.0)
    assert best.pass_ == pytest.approx(max(0.01**20, 0.9**500))
    assert best.fail == pytest.approx(0.99**20)
