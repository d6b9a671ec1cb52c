"""Exact tests at a fixed number of trials: one rate, two independent rates, paired rates.

One rate: the binomial test, and the bounds of Clopper and Pearson 1934.

Two rates and pairs: a region ordered by a score statistic, fixed by the observation and by d0 (the criterion's limit) whatever theta is tested, and the
largest probability of that region over the null's boundary (`keepstone.stats.region`, `keepstone.stats.supremum`). The nuisance rate is searched over a
confidence rectangle of 1 - `SPARED`, and `SPARED` is added to p (Berger and Boos 1994): P(p <= a) <= P(rectangle misses) + P(largest <= a - SPARED)
<= a. Region and rectangle don't depend on theta and the nulls are nested in theta, so p is monotone in theta, and an interval read from it can't disagree
with a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betainc, betaincc, betainccinv, betaincinv

from keepstone.stats.region import Boundary, Region, pairs, samples
from keepstone.stats.supremum import supremum

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

SPARED = 1e-8  # the share of the error that the rectangle of the nuisance rates may spend


def binomial_pass(k: ArrayLike, n: ArrayLike, limit: ArrayLike) -> NDArray[np.float64]:
    """Return P(Bin(n, limit) <= k): small where the rate is below the limit.

    Example:
        >>> round(float(binomial_pass(0, 59, 0.05)), 4)
        0.0485
    """
    k, n = np.asarray(k, dtype=np.float64), np.asarray(n, dtype=np.float64)
    below = betaincc(np.maximum(k, 0) + 1, np.maximum(n - k, 1), limit)
    return np.where(k >= n, 1.0, np.where(k < 0, 0.0, below))


def binomial_fail(k: ArrayLike, n: ArrayLike, limit: ArrayLike) -> NDArray[np.float64]:
    """Return P(Bin(n, limit) >= k): small where the rate is above the limit."""
    k, n = np.asarray(k, dtype=np.float64), np.asarray(n, dtype=np.float64)
    above = betainc(np.maximum(k, 1), np.maximum(n - k, 0) + 1, limit)
    return np.where(k <= 0, 1.0, np.where(k > n, 0.0, above))


def upper_rate(k: int, n: int, level: float) -> float:
    """Return the one-sided upper bound of Clopper and Pearson: the rate at which `binomial_pass` is `level`.

    Example:
        >>> round(upper_rate(0, 59, 0.05), 4)
        0.0495
    """
    return 1.0 if k >= n or level <= 0 else float(betainccinv(k + 1, n - k, min(level, 1.0)))


def lower_rate(k: int, n: int, level: float) -> float:
    """Return the one-sided lower bound of Clopper and Pearson: the rate at which `binomial_fail` is `level`."""
    return 0.0 if k <= 0 or level <= 0 else float(betaincinv(k, n - k + 1, min(level, 1.0)))


@dataclass(frozen=True)
class Test:
    """An exact test that "the rate of up minus the rate of down is over theta", for every theta, from one observation.

    Attributes:
        region: What counts as at least as extreme.
        counts: The observed (up, down).
    """

    __test__ = False  # not a test of a test suite

    region: Region
    counts: tuple[int, int]

    @cached_property
    def _box(self) -> tuple[float, float, float, float]:
        up, down, share = *self.counts, SPARED / 4
        ups, downs = self.region.ups, self.region.downs
        return lower_rate(up, ups, share), upper_rate(up, ups, share), lower_rate(down, downs, share), upper_rate(down, downs, share)

    def _range(self, theta: float) -> tuple[float, float]:
        """Return the nuisance rates in the rectangle, where low > high if there is none."""
        up_low, up_high, down_low, down_high = self._box
        return max(down_low, up_low - theta, 0.0, -theta), min(down_high, up_high - theta, (1 - theta) / 2 if self.region.paired else 1 - theta, 1.0)

    def _extreme(self, theta: float) -> bool:
        """Say whether even the corner of the rectangle with the largest difference is in the null."""
        return self._box[1] - self._box[2] <= theta

    def p(self, theta: float) -> float:
        """Return the p-value against "difference <= theta"; it never falls as theta rises."""
        low, high = self._range(theta)
        if self._extreme(theta):
            return 1.0
        if low > high:
            return SPARED
        return min(supremum(Boundary(self.region, theta), low, high) + SPARED, 1.0)

    def at_least(self, theta: float) -> float:
        """Return a lower bound of `p(theta)` at a tenth of its cost: the probability at one nuisance rate."""
        low, high = self._range(theta)
        if self._extreme(theta) or low > high:
            return 0.0
        up, down = self.counts
        share = 0.5 if self.region.paired else self.region.ups / (self.region.ups + self.region.downs)
        middle = down / self.region.downs + share * (up / self.region.ups - down / self.region.downs - theta)
        return float(Boundary(self.region, theta).at(np.array([min(max(middle, low), high)]))[0])


def over_samples(up: int, down: int, sizes: tuple[int, int], d0: float) -> Test:
    """Return the test that p1 - p2 is over theta, from `up` of sizes[0] and `down` of sizes[1], ordered at d0.

    For "p1 - p2 is under theta" swap the samples and negate: `over_samples(x2, x1, (n2, n1), -d0).p(-theta)`.

    Example:
        >>> round(over_samples(4, 0, (4, 4), 0.0).p(0.0), 4) == round(0.5**8, 4)
        True
    """
    return Test(samples(up, down, sizes, d0), (up, down))


def over_pairs(up: int, down: int, n: int, d0: float) -> Test:
    """Return the test that p10 - p01 is over theta, from `up` and `down` discordant pairs of n, ordered at d0.

    For "under theta" swap the counts and negate: `over_pairs(n01, n10, n, -d0).p(-theta)`.
    """
    return Test(pairs(up, down, n, d0), (up, down))
