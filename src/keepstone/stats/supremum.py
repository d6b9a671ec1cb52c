"""The largest probability of a rejection region along a line of null distributions, bounded from above without gaps.

A grid alone says nothing about what lies between its points. Two bounds close each interval [a, b] of the line (t is the nuisance rate "down", and
"up" = t + theta):

    corner   the region grows with the rate up and shrinks with the rate down, so P(t) <= P(up = b + theta, down = a);
    chord    P''(t) = E[1_R (S^2 - V)] with S the score and V >= 0 minus its derivative, so P'' >= -M for any M >= E[1_R V] on [a, b],
             and P lies below its chord by no more than the parabola M (t - a)(b - t) / 2.

M comes from the corner too, since E[1_R V] is a sum of region probabilities that are monotone in the same way, times rates' reciprocals. Intervals whose
bound lies above the largest value found by more than the tolerance are halved. What is returned is the upper bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RELATIVE = 1.002  # an interval is left alone when its bound is below this multiple of the largest value found
ABSOLUTE = 1e-10  # or within this of it
_NODES = 9  # least number of nodes at first
_STEP = 0.7  # first spacing, in standard deviations of the nuisance
_ROUNDS = 60  # halvings at most; the bound of what is then open still counts


class Over(NamedTuple):
    """What bounds the line on intervals: the corner's probability and M."""

    corner: Floats
    bend: Floats


class Line(Protocol):
    """A rejection probability as a function of the nuisance rate t."""

    def at(self, t: Floats) -> Floats:
        """Return P(t), shape (k,)."""

    def over(self, a: Floats, b: Floats) -> Over:
        """Return the bounds of the intervals [a, b]."""

    def length(self, a: float, b: float) -> float:
        """Return about how many standard deviations of the nuisance lie between a and b."""


def _chord(left: Floats, right: Floats, drop: Floats) -> Floats:
    """Return the top of chord plus parabola; `drop` = M h^2 / 2."""
    tilt = right - left
    with np.errstate(invalid="ignore", divide="ignore"):
        top = (left + right) / 2 + drop / 4 + tilt**2 / (4 * drop)
    inside = np.abs(tilt) < drop
    return np.where(inside & np.isfinite(drop), top, np.where(np.isfinite(drop), np.maximum(left, right), np.inf))


def _nodes(line: Line, low: float, high: float) -> Floats:
    count = int(min(max(_NODES, np.ceil(line.length(low, high) / _STEP) + 1), 400))
    ends = np.arcsin(np.sqrt(np.array([low, high])))
    nodes = np.sin(np.linspace(ends[0], ends[1], count)) ** 2
    nodes[0], nodes[-1] = low, high
    return np.maximum.accumulate(np.clip(nodes, low, high))


def supremum(line: Line, low: float, high: float) -> float:
    """Return an upper bound of the largest P(t) over low <= t <= high, at most `RELATIVE` times it (or `ABSOLUTE` above it)."""
    if low == high:
        return float(line.at(np.array([low]))[0])
    nodes = _nodes(line, low, high)
    values = line.at(nodes)
    best = float(values.max())
    a, b, left, right = nodes[:-1], nodes[1:], values[:-1], values[1:]
    bound, top = best, values
    for _ in range(_ROUNDS):
        over = line.over(a, b)
        # The chord never promises less than its own ends, so rounding can't make it undercut them.
        top = np.minimum(over.corner, _chord(left, right, over.bend * (b - a) ** 2 / 2))
        wide = top > max(best * RELATIVE, best + ABSOLUTE)
        bound = max(bound, float(top[~wide].max(initial=0.0)))
        if not wide.any():
            return min(bound, 1.0)
        a, b, left, right, top = a[wide], b[wide], left[wide], right[wide], top[wide]
        middle = (a + b) / 2
        centre = line.at(middle)
        best = max(best, float(centre.max()))
        a, b = np.concatenate([a, middle]), np.concatenate([middle, b])
        left, right = np.concatenate([left, centre]), np.concatenate([centre, right])
    return min(max(bound, best, float(top.max())), 1.0)
