"""Paired differences: against the sign test, margins, bets."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import gammaln
from scipy.stats import binom

from keepstone.core.claim import Look
from keepstone.stats.claims import Difference, LossError


def pairs(more: int, less: int, n: int) -> list[Look]:
    losses = np.array([1000] * more + [-1000] * less + [0] * (n - more - less), dtype=np.int16)[:, None]
    return [Look(weight=1.0, tally=Difference().tally(losses))]


def test_worse_is_near_the_sign_test() -> None:
    # The sign test conditions on the discordant pairs; the exact unconditional test is at least as sharp, but not by much.
    for more, less in ((20, 6), (40, 20), (60, 45)):
        sign = binom.sf(more - 1, more + less, 0.5)
        found = Difference().p_effect(pairs(more, less, 2000), 0.03).worse
        assert 0.3 * sign < found < 1.05 * sign


def test_the_three_claims() -> None:
    claim = Difference()
    worse = claim.p_effect(pairs(80, 20, 2000), 0.05)
    assert worse.worse < 1e-6
    assert worse.better == 1
    better = claim.p_effect(pairs(20, 80, 2000), 0.05)
    assert better.better < 1e-6
    assert better.no_worse <= better.better
    same = claim.p_effect(pairs(30, 30, 2000), 0.03)
    assert same.no_worse < 1e-4
    assert min(same.worse, same.better) > 0.3


def best_power(n: int, share: float, margin: float, level: float) -> float:
    """The power against equal rates that no test at this level can pass: Neyman and Pearson's, against the null that is hardest to tell apart."""
    a, b = np.meshgrid(np.arange(60), np.arange(60), indexing="ij")

    def mass(p10: float, p01: float) -> np.ndarray:
        rest = n - a - b
        logs = gammaln(n + 1) - gammaln(a + 1) - gammaln(b + 1) - gammaln(rest + 1)
        return np.asarray(np.exp(logs + a * np.log(p10) + b * np.log(p01) + rest * np.log(1 - p10 - p01)))

    truth, best = mass(share / 2, share / 2), 1.0
    for rate in np.linspace(1e-5, share * 0.6, 40):
        null = mass(rate + margin, rate)
        order = np.argsort(-(truth / null).ravel())
        kept = int(np.searchsorted(np.cumsum(null.ravel()[order]), level))
        best = min(best, float(truth.ravel()[order][: kept + 1].sum()))
    return best


@pytest.mark.parametrize(("n", "share", "margin"), [(470, 0.02, 0.02), (180, 0.05, 0.05)])
def test_power_of_non_inferiority_is_near_the_best_possible(n: int, share: float, margin: float) -> None:
    rng = np.random.default_rng(3)
    draws, times = np.unique(rng.multinomial(n, [share / 2, share / 2, 1 - share], 400)[:, :2], axis=0, return_counts=True)
    shown = [Difference().p_effect(pairs(int(more), int(less), n), margin).no_worse <= 0.0125 for more, less in draws]
    best = best_power(n, share, margin, 0.0125)
    assert abs(np.dot(shown, times) / 400 - best) < 0.04 + 3 * np.sqrt(best * (1 - best) / 400)


def test_differences_between_are_bet_on() -> None:
    rng = np.random.default_rng(4)
    losses = np.rint(np.clip(rng.normal(-0.05, 0.1, (800, 1)), -1, 1) * 1000).astype(np.int16)
    with pytest.raises(LossError, match="real=True"):
        Difference().tally(losses)
    claim = Difference(real=True)
    effects = claim.p_effect([Look(weight=1.0, tally=claim.tally(losses))], 0.03)
    assert effects.better < 1e-6
    assert effects.worse == 1
    assert claim.e_effect(claim.tally(losses), 0.03).better > 1e6


def test_mean_count_and_best() -> None:
    claim, seen = Difference(), pairs(5, 1, 40)
    assert (claim.mean(seen[0].tally), claim.counted(seen[0].tally)) == (0.1, 40)
    assert claim.best([40], 0.03, weight=1.0).pass_ < 1e-6
    assert claim.best([0], 0.03) == (1.0, 1.0)
    assert claim.best([1], 0.03).pass_ > 0.3
