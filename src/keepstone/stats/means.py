"""Claims about one rate at a time: the mean of a loss, and a hit rate at a fixed false-alarm rate."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, nan
from typing import TYPE_CHECKING

import numpy as np

from keepstone.core.claim import UNIT, Bounds, Sides, Tally
from keepstone.stats.betting import Bets, arrays, rate_stakes, wealth
from keepstone.stats.evidence import Wagers, lower_bound
from keepstone.stats.exact import binomial_fail, binomial_pass, lower_rate, upper_rate
from keepstone.stats.tally import WEIGHTS, Counting, take

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.claim import Look, Losses

GRID = 1_000_000  # Clopper-Pearson bounds are rounded outward to multiples of 1 / GRID
NEAR = 1e-9  # how far a bound steps off a limit that the verdict says it does not reach


def _clamp(bounds: Bounds, sides: Sides, limit: float, level: float) -> Bounds:
    """Return the bounds so that they agree with the p-values at the limit; both moves are away from the mean or to the limit that was tested."""
    upper = min(bounds.upper, limit) if sides.pass_ <= level else max(bounds.upper, limit + NEAR)
    lower = max(bounds.lower, limit) if sides.fail <= level else min(bounds.lower, limit - NEAR)
    return Bounds(max(lower, 0.0), min(upper, 1.0))


def _outward(bounds: Bounds) -> Bounds:
    return Bounds(float(np.floor(bounds.lower * GRID)) / GRID, float(np.ceil(bounds.upper * GRID)) / GRID)


def _mirror(bets: Bets) -> Bets:
    """Return the same bets on 1 - X, where they win when it is over 1 - theta."""
    return Bets(bets.stakes, bets.weights, over=True, low=0.0)


def _upper(mirrored: Wagers, level: float, limit: float) -> float:
    """Return the upper bound of a mean from evidence that 1 - X is over 1 - theta."""
    found = lower_bound(mirrored, level, 1 - limit, low=0.0)
    return limit if found == 1 - limit else round(1 - found, 9)


def best_rate(n: int, limit: float, weight: float) -> Sides:
    """Return the least p-values that n trials can give: no loss at all, nothing but losses."""
    return Sides(min(1.0, float(binomial_pass(0, n, limit)) / weight), min(1.0, float(binomial_fail(n, n, limit)) / weight)) if n else Sides(1.0, 1.0)


@dataclass(frozen=True)
class Mean(Counting):
    """The mean loss of all trials that count.

    0/1 losses: exact binomial p-values at the looks, p = the least p_j / w_j, and Clopper-Pearson bounds. `real` losses: the betting e-process over all
    trials so far, p = 1 / (largest wealth at a look so far).

    Attributes:
        real: Losses lie anywhere in [0, 1] and are judged by bets. Said beforehand: a test chosen after the losses are seen would not hold its error rate, so
            without it a loss other than 0 or 1 is refused.

    Example:
        >>> from keepstone.core.claim import Look
        >>> claim = Mean()
        >>> tally = claim.tally(np.zeros((100, 1), np.int16))
        >>> claim.mean(tally), round(claim.p([Look(weight=1.0, tally=tally)], 0.05).pass_, 4)
        (0.0, 0.0059)
    """

    real: bool = False

    def tally(self, losses: Losses) -> Tally:
        """Return the tally of a block of shape (trials, 1)."""
        return take(losses, parts=1, real=self.real)

    def mean(self, tally: Tally) -> float:
        """Return the mean loss, nan if nothing counts."""
        return tally.mean(0)

    def counted(self, tally: Tally) -> int:
        """Return the trials that count."""
        return tally.counted(0)

    def _wagers(self, looks: Sequence[Look], limit: float) -> tuple[Wagers, Wagers]:
        below, above = rate_stakes(limit)
        histograms = [arrays(look.tally.parts[0]) for look in looks]
        ones = tuple(1.0 for _ in looks)
        return (
            Wagers(_mirror(below), tuple(((1 - values)[None, :], times) for values, times in histograms), ones),
            Wagers(above, tuple((values[None, :], times) for values, times in histograms), ones),
        )

    def p(self, looks: Sequence[Look], limit: float) -> Sides:
        """Return the p-values for PASS (mean under the limit) and FAIL (at or over it)."""
        if self.real:
            below, above = self._wagers(looks, limit)
            return Sides(below.p(1 - limit), above.p(limit))
        rate_stakes(limit)  # the limit must be one
        k = np.array([look.tally.number(0, UNIT) for look in looks])
        n = np.array([look.tally.counted(0) for look in looks])
        weights = np.array([look.weight for look in looks])
        return Sides(
            min(1.0, float((binomial_pass(k, n, limit) / weights).min())),
            min(1.0, float((binomial_fail(k, n, limit) / weights).min())),
        )

    def bounds(self, looks: Sequence[Look], limit: float, level: float) -> Bounds:
        """Return the one-sided bounds at `level`: PASS exactly where upper <= limit, FAIL exactly where lower >= limit."""
        if self.real:
            below, above = self._wagers(looks, limit)
            return Bounds(lower_bound(above, level, limit, low=0.0), _upper(below, level, limit))
        counts = [(look.tally.number(0, UNIT), look.tally.counted(0), look.weight * level) for look in looks]
        raw = Bounds(max(lower_rate(*count) for count in counts), min(upper_rate(*count) for count in counts))
        return _clamp(_outward(raw), self.p(looks, limit), limit, level)

    def e(self, tally: Tally, limit: float) -> Sides:
        """Return the e-values of the betting process, which may be looked at after any trial."""
        return wealth(tally.parts[0], limit)

    def e_bounds(self, tally: Tally, limit: float, threshold: float) -> Bounds:
        """Return the bounds {theta : e(theta) < threshold}."""
        losses, times = arrays(tally.parts[0])
        below, above = rate_stakes(limit)
        level = (1 + 1e-12) / threshold
        return Bounds(
            lower_bound(Wagers(above, ((losses[None, :], times),), (1.0,)), level, limit, low=0.0),
            _upper(Wagers(_mirror(below), ((1 - losses[None, :], times),), (1.0,)), level, limit),
        )

    def best(self, counts: Sequence[int], limit: float, *, weight: float = WEIGHTS[-1]) -> Sides:
        """Return the least p-values that so many trials can give."""
        return best_rate(counts[0], limit, weight)


@dataclass(frozen=True)
class Both(Counting):
    """A hit rate at a fixed false-alarm rate, as a conjunction at two thresholds fixed beforehand (membership inference).

    Parts: members at t1, others at t1, members at t2, others at t2. PASS says hits(t1) < limit and alarms(t1) > f, so at any threshold with at most f
    alarms the hits are fewer still. FAIL says hits(t2) >= limit and alarms(t2) < f. Each takes the larger of its two p-values.

    Attributes:
        f: The false-alarm rate.
    """

    f: float

    def tally(self, losses: Losses) -> Tally:
        """Return the tally of a block of 0/1 losses of shape (trials, 4)."""
        return take(losses, parts=4, real=False)

    def mean(self, tally: Tally) -> float:
        """Return the hit rate at f, between the two thresholds on the straight line; nan where a part is empty."""
        hits1, alarms1, hits2, alarms2 = (tally.mean(part) for part in range(4))
        if any(isnan(rate) for rate in (hits1, alarms1, hits2, alarms2)):
            return nan
        share = 0.5 if alarms1 == alarms2 else min(max((self.f - alarms2) / (alarms1 - alarms2), 0.0), 1.0)
        return hits2 + share * (hits1 - hits2)

    def counted(self, tally: Tally) -> int:
        """Return the trials that count for the smallest part."""
        return min(tally.counted(part) for part in range(4))

    def _each(self, look: Look, limit: float) -> tuple[float, float, float, float]:
        k = [look.tally.number(part, UNIT) for part in range(4)]
        n = [look.tally.counted(part) for part in range(4)]
        return (
            float(binomial_pass(k[0], n[0], limit)),
            float(binomial_fail(k[1], n[1], self.f)),
            float(binomial_fail(k[2], n[2], limit)),
            float(binomial_pass(k[3], n[3], self.f)),
        )

    def p(self, looks: Sequence[Look], limit: float) -> Sides:
        """Return the p-values for PASS and FAIL."""
        rate_stakes(limit)
        each = [(look.weight, self._each(look, limit)) for look in looks if self.counted(look.tally)]
        return Sides(
            min([1.0, *(max(p[0], p[1]) / weight for weight, p in each)]),
            min([1.0, *(max(p[2], p[3]) / weight for weight, p in each)]),
        )

    def bounds(self, looks: Sequence[Look], limit: float, level: float) -> Bounds:
        """Return the bounds of the hit rate at f: PASS exactly where upper <= limit, FAIL exactly where lower >= limit."""
        lower, upper = 0.0, 1.0
        for look in looks:
            if not self.counted(look.tally):
                continue
            spent, each = look.weight * level, self._each(look, limit)
            if each[1] <= spent:
                upper = min(upper, upper_rate(look.tally.number(0, UNIT), look.tally.counted(0), spent))
            if each[3] <= spent:
                lower = max(lower, lower_rate(look.tally.number(2, UNIT), look.tally.counted(2), spent))
        return _clamp(_outward(Bounds(lower, upper)), self.p(looks, limit), limit, level)

    def e(self, tally: Tally, limit: float) -> Sides:
        """Return the e-values: the smaller of the two parts' on each side."""
        hits1, alarms1 = wealth(tally.parts[0], limit), wealth(tally.parts[1], self.f)
        hits2, alarms2 = wealth(tally.parts[2], limit), wealth(tally.parts[3], self.f)
        return Sides(min(hits1.pass_, alarms1.fail), min(hits2.fail, alarms2.pass_))

    def e_bounds(self, tally: Tally, limit: float, threshold: float) -> Bounds:
        """Return the bounds {theta : e(theta) < threshold}."""
        parts = [Tally((part,)) for part in tally.parts]
        enough = threshold * (1 - 1e-12)
        upper = Mean().e_bounds(parts[0], limit, threshold).upper if wealth(tally.parts[1], self.f).fail >= enough else 1.0
        lower = Mean().e_bounds(parts[2], limit, threshold).lower if wealth(tally.parts[3], self.f).pass_ >= enough else 0.0
        return Bounds(lower, upper)

    def best(self, counts: Sequence[int], limit: float, *, weight: float = WEIGHTS[-1]) -> Sides:
        """Return the least p-values that so many trials can give."""
        hits1, alarms1, hits2, alarms2 = (best_rate(n, rate, weight) for n, rate in zip(counts, (limit, self.f, limit, self.f), strict=True))
        return Sides(max(hits1.pass_, alarms1.fail), max(hits2.fail, alarms2.pass_))
