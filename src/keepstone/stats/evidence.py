"""Evidence that one quantity lies over theta, for every theta at once, and the lower bound that is read from it.

All claims about two rates, pairs or bets come down to this one shape. "The difference is under theta" is the same question with the parts swapped and the
sign turned. `p(theta)` never falls as theta rises, so {theta : p(theta) > level} is an interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil, exp, floor, sqrt
from typing import TYPE_CHECKING, ClassVar, Protocol

import numpy as np
from scipy.special import ndtri

from keepstone.stats.betting import log_mean
from keepstone.stats.exact import Test, over_pairs, over_samples

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.stats.betting import Bets

    Floats = NDArray[np.float64]

SCREEN = 1.0  # a look whose z-score at theta is below this has p = 1 there: it is never computed (conservative)
GRID = 10_000  # bounds are multiples of 1 / GRID, rounded outward, or the limit itself
HALF = 0.5 / GRID  # how far a bound stays off a limit that the verdict says it does not reach
_NEAR = 0.95  # a bound whose p is within this share of the level is not made tighter (about 2 % of a standard error)


class Evidence(Protocol):
    """Evidence that a quantity in [-1, 1] lies over theta.

    Attributes:
        near: A bound whose p is within this share of the level is not made tighter; 1 where p costs little, so that the bound is the grid's best.
    """

    near: ClassVar[float]

    def p(self, theta: float) -> float:
        """Return the p-value against "at most theta"."""

    def reaches(self, theta: float, level: float) -> bool:
        """Say whether p(theta) <= level."""

    def guess(self, level: float) -> float:
        """Return about where p is the level, by a normal approximation."""


@dataclass(frozen=True)
class Row:
    """The counts of one look; `up` speaks for "over"."""

    weight: float
    up: int
    down: int
    ups: int
    downs: int
    paired: bool
    d0: float

    @cached_property
    def test(self) -> Test:
        """The exact test of these counts."""
        if self.paired:
            return over_pairs(self.up, self.down, self.ups, self.d0)
        return over_samples(self.up, self.down, (self.ups, self.downs), self.d0)

    @cached_property
    def centre(self) -> tuple[float, float]:
        """The observed difference and its standard error, as the ordering statistic has them."""
        if self.paired:
            step = self.up - self.down
            return step / self.ups, sqrt(self.up + self.down - step**2 / self.ups + 1) / self.ups
        q1, q2 = (self.up + 0.5) / (self.ups + 1), (self.down + 0.5) / (self.downs + 1)
        return self.up / self.ups - self.down / self.downs, sqrt(q1 * (1 - q1) / self.ups + q2 * (1 - q2) / self.downs)

    def screened(self, theta: float) -> bool:
        """Say whether this look is not asked at theta."""
        if not (self.ups and self.downs):
            return True
        difference, error = self.centre
        return difference - theta < SCREEN * error


@dataclass(frozen=True)
class Counts:
    """Exact evidence from counts at one or more looks: p = the least p_j / w_j."""

    rows: tuple[Row, ...]

    near: ClassVar[float] = _NEAR

    def p(self, theta: float) -> float:
        """Return the p-value against "at most theta"."""
        best = 1.0
        for row in reversed(self.rows):
            if not row.screened(theta) and (best == 1.0 or row.test.at_least(theta) < best * row.weight):
                best = min(best, row.test.p(theta) / row.weight)
        return best

    def reaches(self, theta: float, level: float) -> bool:
        """Say whether p(theta) <= level."""
        return any(
            not row.screened(theta) and row.test.at_least(theta) / row.weight <= level and row.test.p(theta) / row.weight <= level
            for row in reversed(self.rows)
        )

    def guess(self, level: float) -> float:
        """Return about where p is the level."""
        guesses = [row.centre[0] + float(ndtri(min(level * row.weight, 0.5))) * row.centre[1] for row in self.rows if row.ups and row.downs]
        return max(guesses, default=-1.0)


@dataclass(frozen=True)
class Wagers:
    """Betting evidence: at each look, one or more samples whose wealths are averaged.

    Attributes:
        bets: Stakes, winning when the mean is over theta.
        looks: Per look, its samples as (losses, times): losses of shape (samples, k), times of a shape that broadcasts to it.
        weights: Per look; all 1 where the looks are one process and its largest wealth counts.
    """

    bets: Bets
    looks: tuple[tuple[Floats, Floats], ...]
    weights: tuple[float, ...]

    near: ClassVar[float] = 1.0

    def log_wealth(self, theta: float) -> float:
        """Return the logarithm of the evidence against "at most theta"."""
        logs = [
            log_mean(self.bets.log_wealths(losses, times, theta)) + float(np.log(weight))
            for (losses, times), weight in zip(self.looks, self.weights, strict=True)
        ]
        return max(logs, default=0.0)

    def p(self, theta: float) -> float:
        """Return the p-value against "at most theta"."""
        return exp(-max(self.log_wealth(theta), 0.0))

    def reaches(self, theta: float, level: float) -> bool:
        """Say whether p(theta) <= level."""
        return self.p(theta) <= level

    def guess(self, level: float) -> float:
        """Return about where p is the level."""
        losses, times = self.looks[-1]
        once = np.broadcast_to(times, losses.shape)[0]
        n = float(once.sum())
        if n < 1:
            return -1.0
        mean = float(losses[0] @ once) / n
        error = sqrt((float((losses[0] - mean) ** 2 @ once) + 1) / n / n)
        return mean - error * sqrt(2 * np.log(1 / level) + 2)


def lower_bound(evidence: Evidence, level: float, anchor: float, *, low: float = -1.0, high: float = 1.0) -> float:
    """Return the lower bound: about the largest theta with p(theta) <= level, never above it, `low` if there is none.

    Args:
        evidence: The evidence.
        level: Level of the bound.
        anchor: The criterion's limit. The bound is at or over it exactly where p(anchor) <= level.
        low: The quantity's least value.
        high: Its largest.
    """
    kept = evidence.reaches(anchor, level)
    good, bad = (floor(anchor * GRID), ceil(high * GRID)) if kept else (floor(low * GRID), ceil(anchor * GRID))
    good = _search(evidence, level, good, bad)
    bound = good / GRID
    return max(bound, anchor) if kept else max(low, min(bound, anchor - HALF))


def _search(evidence: Evidence, level: float, good: int, bad: int) -> int:
    """Return the largest known grid point with p <= level, from a bracket, by the secant of normal scores with halving as a stay."""
    target = float(ndtri((1 + evidence.near) / 2 * level))
    points: list[tuple[int, float]] = []
    tried = floor(evidence.guess(level) * GRID)
    for turn in range(60):
        if bad - good <= 1:
            break
        if turn > 3 and turn % 2:
            tried = (good + bad) // 2
        tried = min(max(tried, good + 1), bad - 1)
        p = evidence.p(tried / GRID)
        score = float(ndtri(min(max(p, 1e-15), 1 - 1e-6)))
        if p <= level:
            good = tried
            if p >= evidence.near * level:
                break
        else:
            bad = tried
        points = [*points, (tried, score)][-2:]
        if len(points) == 1:  # the step by which a normal approximation would be off
            tried += floor((evidence.guess(level) - evidence.guess(min(max(p, 1e-15), 0.5))) * GRID)
        else:
            tried = _secant(points, target, (good + bad) // 2)
    return good


def _secant(points: list[tuple[int, float]], target: float, middle: int) -> int:
    (x0, y0), (x1, y1) = points
    if x0 == x1 or y0 == y1:
        return middle
    return floor(x1 + (target - y1) * (x1 - x0) / (y1 - y0))
