"""Our e-BH and our bets against those of online-fdr, claim by claim and trial by trial: they must say the same.

Oracle: online-fdr 1.0 (`e_bh`, `MixtureLikelihoodRatioEProcess`, `BettingEProcess`), which nobody of us wrote. A bet aimed at a rate p multiplies its
wealth by p / L for a loss and by (1 - p) / (1 - L) for none: it is the likelihood ratio of p against L, so the mixture of likelihood ratios, fed trial by
trial, must have the wealth that we read from counts. Bets on differences are fed one by one to simple betting processes, and mixed by hand.
`bar_03_calls.py` prints the same comparison beside its own table.
"""

from __future__ import annotations

import sys
from math import exp, inf, log
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from online_fdr.e_values import BettingEProcess, MixtureLikelihoodRatioEProcess
from online_fdr.e_values import e_bh as their_e_bh
from printing import show, verdict

from keepstone.stats.betting import FAIL_FIXED, FAIL_RATES, FAIL_WEIGHTS, PASS_RATES, PASS_WEIGHTS, SHARE_WEIGHTS, SHARES, difference_stakes, rate_stakes
from keepstone.stats.discovery import e_bh, graded_e

if TYPE_CHECKING:
    from collections.abc import Callable

ALPHA = 0.05
NEAR = 1e-9  # relative, of two ways to add the same logarithms


class Compared(NamedTuple):
    """One comparison.

    Attributes:
        what: What was compared.
        times: How often.
        differing: How often the claims differ.
        apart: The largest relative difference of the numbers behind them.
    """

    what: str
    times: int
    differing: int
    apart: float


def families(number: int) -> Compared:
    """Compare which claims stand in families of graded and of free e-values, with ties and with zeros."""
    rng, differing = np.random.default_rng(31), 0
    for index in range(number):
        size = int(rng.integers(1, 120))
        if index % 2:
            values = [graded_e(float(p), size, ALPHA) for p in rng.beta(0.3, 4, size)]
        else:
            values = np.round(np.exp(rng.normal(2.5, 3, size)), int(rng.integers(0, 3))).tolist()
        differing += e_bh(values, size, ALPHA).tolist() != list(their_e_bh(values, ALPHA))
    return Compared("e-BH, families of 1 to 119", number, differing, 0.0)


def likelihood(rate: float, limit: float) -> Callable[[int], float]:
    """Return the logarithm of the likelihood ratio of a rate against the limit, for a loss of 0 or 1."""
    lost, kept = (log(rate / limit) if rate else -inf), (log((1 - rate) / (1 - limit)) if rate < 1 else -inf)
    return lambda loss: lost if loss else kept


def aims(limit: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the rates that the bets for PASS and for FAIL aim at, as `keepstone.stats.betting` states them."""
    return tuple(m * limit for m in PASS_RATES), (*(min(m * limit, 1.0) for m in FAIL_RATES), *(max(rate, (1 + limit) / 2) for rate in FAIL_FIXED))


def rates(limit: float, runs: int, trials: int) -> Compared:
    """Compare the wealth on 0/1 losses after every trial, and the trial at which a claim first stands."""
    rng, differing, apart = np.random.default_rng([32, round(1000 * limit)]), 0, 0.0
    for run in range(runs):
        losses = (rng.random(trials) < limit * (0.0, 0.5, 1.0, 2.0)[run % 4]).astype(np.int64)
        n, k = np.arange(1.0, trials + 1), np.cumsum(losses).astype(np.float64)
        for bets, rates_, weights in zip(rate_stakes(limit), aims(limit), (PASS_WEIGHTS, FAIL_WEIGHTS), strict=True):
            ours = bets.log_wealths(np.tile([0.0, 1.0], (trials, 1)), np.column_stack([n - k, k]), limit)
            process = MixtureLikelihoodRatioEProcess([likelihood(rate, limit) for rate in rates_], weights)
            theirs = np.array([_after(process, int(loss)) for loss in losses])
            apart = max(apart, _apart(ours, theirs))
            differing += _first(ours) != _first(theirs)
    return Compared(f"bets on a rate, limit {limit:g}", 2 * runs * trials, differing, apart)


def _after(process: MixtureLikelihoodRatioEProcess, loss: int) -> float:
    process.update(loss)
    return float(process.log_current)


def differences(limit: float, runs: int, trials: int) -> Compared:
    """Compare the wealth on differences between -1 and 1, at the end."""
    rng, differing, apart = np.random.default_rng([33, round(1000 * abs(limit))]), 0, 0.0
    for run in range(runs):
        values = np.clip(np.round(rng.normal((-0.05, 0.0, 0.05)[run % 3], 0.3, trials), 3), -1, 1)
        for bets, sign, room in zip(difference_stakes(limit), (-1, 1), (1 - limit, 1 + limit), strict=True):
            ours = bets.log_wealth(values, np.ones(trials), limit)
            total = 0.0
            for share, weight in zip(SHARES, SHARE_WEIGHTS, strict=True):
                process = BettingEProcess(share / room)
                for value in values:
                    process.update(sign * (float(value) - limit))
                total += weight * exp(process.log_current)
            apart = max(apart, _apart(np.array([ours]), np.log([total])))
            differing += (ours >= -log(ALPHA)) != (log(total) >= -log(ALPHA))
    return Compared(f"bets on a difference, limit {limit:g}", 2 * runs, differing, apart)


def _apart(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest difference of two logarithms of wealth, which is the relative difference of the wealth."""
    both = np.isfinite(ours) & np.isfinite(theirs)
    if (both != (np.isfinite(ours) | np.isfinite(theirs))).any():
        return inf
    return float(np.abs(ours - theirs)[both].max(initial=0.0))


def _first(logs: np.ndarray) -> int:
    """The first trial after which the claim stands, -1 if none."""
    reached = np.flatnonzero(logs >= -log(ALPHA) * (1 - NEAR))
    return int(reached[0]) if reached.size else -1


def compared(*, fast: bool) -> list[Compared]:
    """Make every comparison."""
    times, runs, trials = (200, 4, 200) if fast else (5000, 24, 1500)
    rows = [families(times), *(rates(limit, runs, trials) for limit in (0.01, 0.05, 0.1, 0.6))]
    return [*rows, *(differences(limit, runs, trials) for limit in (-0.03, 0.0, 0.05))]


def told(found: list[Compared]) -> bool:
    """Print the comparisons; say whether all agree."""
    show("Keepstone against online-fdr", ["what", "comparisons", "claims that differ", "numbers apart, relative"], found)
    same = verdict("claims that differ from those of online-fdr", sum(one.differing for one in found), 0)
    return verdict("e-values apart from those of online-fdr, relative", max(one.apart for one in found), NEAR) and same


if __name__ == "__main__":
    sys.exit(0 if told(compared(fast="--fast" in sys.argv)) else 1)
