"""Rejection regions of two counts, and their probability.

Both kinds are written one way round: the region rejects when the count "up" is large against the count "down". It is kept as a staircase c:
(up, down) is in the region where up >= c(down), with c never falling. So the region grows with up and shrinks with down, and its probability grows with
the rate of up and shrinks with the rate of down.

The staircase is the hull of {T >= T of the observation}: c(down) is the least up with T(up, down) >= T observed, then its running minimum from the right.
Hulls of nested sets are nested, so the region still grows as T observed falls, and {p <= level} is contained in one region whose probability is at most
the level: the p-value is valid whatever the shape of T.

    samples   up ~ Bin(n1, p1), down ~ Bin(n2, p2), independent
    pairs     (up, down, rest) ~ Mult(n; p10, p01, rest): down ~ Bin(n, p01), up given down ~ Bin(n - down, p10 / (1 - p01))
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import bdtrc, gammaln

from keepstone.stats.supremum import Over

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

TIE = 1e-9  # two values of T this near are equal, so that rounding can't split a tie
_REACH, _SPARE = 8.0, 10.0  # the outer sum runs over the mean +- 8 standard deviations and 10 counts; what is left out is added to P
_TINY = 1e-300


def _log_choose(n: Ints, k: Ints) -> Floats:
    inside = (k >= 0) & (k <= n)
    m, j = np.where(inside, n, 0), np.where(inside, k, 0)
    return np.where(inside, gammaln(m + 1) - gammaln(j + 1) - gammaln(m - j + 1), -np.inf)


def _logs(p: Floats) -> tuple[Floats, Floats]:
    return np.log(np.maximum(p, _TINY)), np.log1p(-np.minimum(p, 1 - 1e-16))


def _mass(n: Ints, k: Ints, p: Floats) -> Floats:
    """Return Bin(k; n, p), shape (p, k); 0 where k is impossible."""
    yes, no = _logs(p)
    exponent = np.outer(yes, k) + np.outer(no, n - k) + _log_choose(n, k)
    return np.exp(np.minimum(exponent, 0.0))


@dataclass(frozen=True)
class Window:
    """The part of the staircase that a batch of rates needs, prepared once."""

    down: Ints  # the counts down, ascending
    trials: Ints  # how many trials "up" has at each
    edge: Ints  # c - 1 at each
    step_trials: Ints  # the rises of the staircase between neighbours: Bin(step_count; step_trials, rate) is what a rise loses
    step_count: Ints
    owner: Ints  # index of the first rise at or right of each count


@dataclass(frozen=True)
class Region:
    """A staircase region; see the module's text.

    Attributes:
        ups: Trials of "up" (pairs: all pairs).
        downs: Trials of "down".
        paired: Whether both counts come from the same trials.
        stair: c(0) .. c(downs).
    """

    ups: int
    downs: int
    paired: bool
    stair: Ints

    def rate(self, up: Floats, down: Floats) -> Floats:
        """Return the rate of "up" given "down"."""
        if not self.paired:
            return up
        return np.asarray(np.minimum(up / np.maximum(1 - down, _TINY), 1.0), dtype=np.float64)

    def window(self, down: Floats) -> Window:
        """Prepare the counts down that matter for these rates."""
        ends = self.downs * np.array([down.min(), down.max()])
        reach = _REACH * np.sqrt(ends * (1 - ends / self.downs)) + _SPARE
        low, high = max(0, int(ends[0] - reach[0])), min(self.downs, int(ends[1] + reach[1]))
        counts = np.arange(low, high + 1)
        stair = self.stair[low : high + 1]
        ups = self.ups - counts if self.paired else np.full(counts.size, self.ups)
        rises = np.diff(stair)
        first = np.concatenate([[0], np.cumsum(rises)])
        which = np.repeat(np.arange(rises.size), rises)
        step_count = stair[which] + np.arange(first[-1]) - first[which]
        step_trials = ups[which] - (1 if self.paired else 0)
        return Window(counts, ups, stair - 1, step_trials, step_count, first)

    def _tails(self, window: Window, rate: Floats) -> tuple[Floats, Floats]:
        """Return P(up >= c(down) | down) and Bin(c - 1; trials - 1, rate), each of shape (rates, counts).

        From the right end of the window leftwards only positive terms are added: what a rise of the staircase lost, and (pairs) what a trial
        more for "up" gains, P_N(A >= c) = P_{N-1}(A >= c) + rate Bin(c - 1; N - 1, rate).
        """
        last, top = int(window.trials[-1]), int(window.edge[-1])
        right = bdtrc(float(top), last, np.clip(rate, 0, 1)) if 0 <= top < last else np.full(rate.size, float(top < 0))
        edge = _mass(window.trials - 1, window.edge, rate)
        lost = np.zeros((rate.size, window.step_count.size + 1))
        lost[:, :-1] = np.cumsum(_mass(window.step_trials, window.step_count, rate)[:, ::-1], axis=1)[:, ::-1]
        tails = right[:, None] + lost[:, window.owner]
        if self.paired:
            gains = np.zeros_like(edge)
            gains[:, :-1] = np.cumsum((rate[:, None] * edge)[:, -2::-1], axis=1)[:, ::-1]
            tails += gains
        return np.minimum(tails, 1.0), edge

    def probability(self, up: Floats, down: Floats) -> Floats:
        """Return the region's probability, shape (rates,)."""
        window = self.window(down)
        outer = _mass(np.full(window.down.size, self.downs), window.down, down)
        tails, _ = self._tails(window, self.rate(up, down))
        inside = (outer * tails).sum(axis=1)
        return np.asarray(inside + np.maximum(1 - outer.sum(axis=1), 0.0), dtype=np.float64)

    def corner(self, a: Floats, b: Floats, theta: float) -> Over:
        """Return the corner bound of the intervals [a, b] of the line up = down + theta, and M.

        With one trial fixed to a result the region's probability is again monotone in both rates, so at the corner it bounds the interval.
        """
        window = self.window(a)
        up = np.clip(b + theta, 0.0, 1.0)
        rate = self.rate(up, a)
        outer = _mass(np.full(window.down.size, self.downs), window.down, a)
        tails, edge = self._tails(window, rate)
        rest = np.maximum(1 - outer.sum(axis=1), 0.0)
        weighted = outer * tails
        probability = weighted.sum(axis=1) + rest
        others = (self.downs - window.down).astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            is_down = weighted @ window.down / (self.downs * a) + rest
            not_down = weighted @ others / (self.downs * (1 - a)) + rest
            if self.paired:
                gap = (outer * edge) @ others / (self.downs * (1 - a))
                is_up, is_rest = not_down + (1 - rate) * gap, not_down - rate * gap
                bend = self.downs * (is_up / (a + theta) + is_down / a + 4 * is_rest / (1 - 2 * b - theta))
            else:
                gap = np.einsum("ij,ij->i", outer, edge)
                is_up, is_rest = probability + (1 - rate) * gap, probability - rate * gap
                bend = self.ups * (is_up / (a + theta) + is_rest / (1 - b - theta)) + self.downs * (is_down / a + not_down / (1 - b))
        return Over(np.minimum(probability, 1.0), np.where(np.isfinite(bend) & (bend >= 0), bend, np.inf))


@dataclass(frozen=True)
class Boundary:
    """The line up = down + theta of a region: what `supremum` searches."""

    region: Region
    theta: float

    def at(self, t: Floats) -> Floats:
        """Return the region's probability at down = t, up = t + theta."""
        return self.region.probability(np.clip(t + self.theta, 0.0, 1.0), t)

    def over(self, a: Floats, b: Floats) -> Over:
        """Return what bounds the line on the intervals [a, b]."""
        return self.region.corner(a, b, self.theta)

    def length(self, a: float, b: float) -> float:
        """Return about how many standard deviations of the nuisance lie between a and b."""
        return float(2 * np.sqrt(self.region.ups + self.region.downs) * (np.arcsin(np.sqrt(b)) - np.arcsin(np.sqrt(a))))


def _hull(least: Ints, spare: Ints) -> Ints:
    """Return the staircase: `least` (or none: -1) made non-falling by its running minimum from the right; where none is left, `spare`."""
    far = np.iinfo(np.int64).max
    stair = np.minimum.accumulate(np.where(least < 0, far, least)[::-1])[::-1]
    open_ = stair == far
    if open_.any():
        first = int(np.argmax(open_))
        stair = np.where(open_, max(int(spare[first]), int(stair[first - 1]) if first else 0), stair)
    return np.asarray(stair, dtype=np.int64)


def _least(roots: Floats, top: Ints, reached: Callable[[Floats, Ints], NDArray[np.bool_]]) -> Ints:
    """Return the least whole number in 0 .. top where T reaches its mark, -1 if none.

    Where T crosses the mark a root lies, so the least such number is 0 or the first whole number after a root (one more on each side for rounding).

    Args:
        roots: Shape (roots, columns); nan where there is none.
        top: Shape (columns,).
        reached: Whether T reaches its mark at these numbers in these columns.
    """
    columns = np.arange(top.size)
    least = np.where(reached(np.zeros(top.size), columns), 0, np.iinfo(np.int64).max)
    for root in roots:
        known = np.flatnonzero((root > -2) & (root < top + 2))
        for step in (-1, 0, 1):
            tried = np.ceil(root[known]) + step
            ahead = (tried >= 0) & (tried <= top[known]) & (tried < least[known])
            there, number = known[ahead], tried[ahead]
            good = reached(number, there)
            least[there[good]] = number[good].astype(np.int64)
    return np.where(least == np.iinfo(np.int64).max, -1, least)


def _roots(square: float, linear: Floats, constant: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        half = np.sqrt(np.maximum(linear**2 - 4 * square * constant, 0.0))  # a double root may be lost to rounding; a root too many does no harm
        return np.stack([(-linear - half) / (2 * square), (-linear + half) / (2 * square)])


def score_samples(up: Floats, down: Floats, sizes: tuple[int, int], d0: float) -> Floats:
    """Return T = (up/n1 - down/n2 - d0) / sqrt((free + bound) / 2).

    free    q1 (1 - q1) / n1 + q2 (1 - q2) / n2 with q = (count + 1/2) / (n + 1)
    bound   the same of two rates d0 apart: r2 = (up + down - d0 n1) / (n1 + n2), cut to [max(0, -d0), min(1, 1 - d0)], and r1 = r2 + d0

    Any T gives a valid test. The free variance alone makes outcomes near 0 or 1 look too extreme, the bound one alone not extreme enough; in the settings
    that were tried the power of their mean was near the better of the two, and often over both.
    """
    n1, n2 = sizes
    q1, q2 = (up + 0.5) / (n1 + 1), (down + 0.5) / (n2 + 1)
    r2 = np.clip((up + down - d0 * n1) / (n1 + n2), max(0.0, -d0), min(1.0, 1 - d0))
    r1 = r2 + d0
    twice = q1 * (1 - q1) / n1 + q2 * (1 - q2) / n2 + r1 * (1 - r1) / n1 + r2 * (1 - r2) / n2
    return np.asarray((up / n1 - down / n2 - d0) / np.sqrt(twice / 2), dtype=np.float64)


def score_pairs(up: Floats, down: Floats, n: int, d0: float) -> Floats:
    """Return T = (up - down - n d0) / sqrt((free + bound) / 2 + 1).

    free    up + down - (up - down)^2 / n
    bound   max(up + down, n |d0|) - n d0^2: two rates d0 apart differ in at least |d0| of the pairs
    """
    free = up + down - (up - down) ** 2 / n
    bound = np.maximum(up + down, n * abs(d0)) - n * d0**2
    return np.asarray((up - down - n * d0) / np.sqrt((free + bound) / 2 + 1), dtype=np.float64)


def _samples_roots(sizes: tuple[int, int], d0: float, t2: float) -> Floats:
    """Return, for each count down, the counts up where T^2 = t2: two for each stretch of the cut rate r2 (low, between, high)."""
    n1, n2 = sizes
    m, total = n1 + 1.0, n1 + n2
    downs = np.arange(n2 + 1, dtype=np.float64)
    q2, shift = (downs + 0.5) / (n2 + 1), downs / n2 + d0
    # numerator^2 - t2 / 2 (free variance), as a polynomial in up
    square = 1 / n1**2 + t2 / 2 / (m**2 * n1)
    linear = -2 * shift / n1 - t2 / 2 * (1 / m - 1 / m**2) / n1
    constant = shift**2 - t2 / 2 * ((0.5 / m - 0.25 / m**2) / n1 + q2 * (1 - q2) / n2)
    w1, w2 = downs + d0 * n2, downs - d0 * n1
    between = (
        1 / (total**2 * n1) + 1 / (total**2 * n2),
        (1 / total - 2 * w1 / total**2) / n1 + (1 / total - 2 * w2 / total**2) / n2,
        (w1 / total - (w1 / total) ** 2) / n1 + (w2 / total - (w2 / total) ** 2) / n2,
    )
    found = [_roots(square + t2 / 2 * between[0], linear - t2 / 2 * between[1], constant - t2 / 2 * between[2])]
    for r2 in (max(0.0, -d0), min(1.0, 1 - d0)):
        cut = (r2 + d0) * (1 - r2 - d0) / n1 + r2 * (1 - r2) / n2
        found.append(_roots(square, linear, constant - t2 / 2 * cut))
    # A root counts only on its own stretch, give or take two counts.
    low, high = max(0.0, -d0) * total + d0 * n1 - downs, min(1.0, 1 - d0) * total + d0 * n1 - downs
    stretches = ((found[0] > low - 2) & (found[0] < high + 2), found[1] < low + 2, found[2] > high - 2)
    return np.concatenate([np.where(inside, root, np.nan) for root, inside in zip(found, stretches, strict=True)])


def samples(up: int, down: int, sizes: tuple[int, int], d0: float) -> Region:
    """Return the region of all (up, down) at least as extreme as these, ordered by `score_samples`."""
    n1, n2 = sizes
    mark = float(score_samples(np.array(up), np.array(down), sizes, d0)) - TIE
    downs = np.arange(n2 + 1, dtype=np.float64)
    least = _least(_samples_roots(sizes, d0, mark**2), np.full(n2 + 1, n1), lambda x, at: score_samples(x, downs[at], sizes, d0) >= mark)
    return Region(n1, n2, paired=False, stair=_hull(least, np.full(n2 + 1, n1 + 1)))


def pairs(up: int, down: int, n: int, d0: float) -> Region:
    """Return the region of all (up, down) at least as extreme as these, ordered by `score_pairs`."""
    mark = float(score_pairs(np.array(up), np.array(down), n, d0)) - TIE
    downs = np.arange(n + 1, dtype=np.float64)
    t2, shift, few = mark**2, n * d0, n * abs(d0)
    square = 1 + t2 / (2 * n)  # in up - down; first where up + down is over n |d0|, then where it is under
    over = _roots(square, np.full(n + 1, -2 * shift - t2), shift**2 - t2 * (2 * downs + 1 - n * d0**2 / 2))
    under = _roots(square, np.full(n + 1, -2 * shift - t2 / 2), shift**2 - t2 * (downs + 1 + (few - n * d0**2) / 2))
    least = _least(np.concatenate([over, under]) + downs, np.arange(n, -1, -1), lambda x, at: score_pairs(x, downs[at], n, d0) >= mark)
    return Region(n, n, paired=True, stair=_hull(least, np.arange(n + 1, 0, -1)))
