r"""E-processes by betting, from histograms (Waudby-Smith and Ramdas 2024).

A bet against "the mean is at or over L" multiplies its wealth on each trial by 1 + l (L - X), one against "at or under L" by 1 + l (X - L). The stake l is
fixed and small enough that wealth can't fall below 0. Under the null the wealth is a supermartingale that starts at 1, whatever the loss's law on its
range, so a mixture of stakes is an e-process: it may be looked at after every trial. Because stakes are fixed, the wealth is a function of how often each
loss occurred.

    a rate in [0, 1]         stakes aim at a few alternatives p: l = (L - p) / (L (1 - L)) or (p - L) / (L (1 - L)); see `rate_stakes`
    a difference in [-1, 1]  stakes are shares of the largest legal one, 1 / (1 - d) or 1 / (1 + d); see `difference_stakes`

Bounds keep the stakes of the limit and clip them to stay legal at theta: min(l, 1 / (high - theta)) below, min(l, 1 / (theta - low)) above. Each factor is
then monotone in theta (a clipped one is (high - X) / (high - theta) or (X - low) / (theta - low)), so the set of theta not rejected is an interval that
agrees with the claim at the limit.

Two groups, losses not 0/1: `blocks` pairs each trial of the smaller group with m of the other, so that D = X - mean of m is a difference in [-1, 1].
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import logsumexp

from keepstone.core.claim import UNIT, Histogram, Sides
from keepstone.stats.tally import LossError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PASS_RATES = (0.0, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8)  # multiples of L
PASS_WEIGHTS = (0.22, 0.13, 0.15, 0.15, 0.15, 0.12, 0.08)
FAIL_RATES = (1.25, 1.5, 2.0, 3.0)  # multiples of L, at most 1
FAIL_FIXED = (0.5, 0.95)  # rates, but at least half way from L to 1
FAIL_WEIGHTS = (0.10, 0.20, 0.20, 0.18, 0.14, 0.18)
SHARES = (0.02, 0.05, 0.1, 0.2, 0.35, 0.6, 0.95)  # of the largest stake
SHARE_WEIGHTS = (0.08, 0.14, 0.18, 0.20, 0.18, 0.14, 0.08)
ROTATIONS = 20
_MOST = 700.0  # the largest logarithm that is turned into a number


@dataclass(frozen=True)
class Bets:
    """Fixed stakes on one side of a mean.

    Attributes:
        stakes: l of each bet, at the limit.
        weights: Their weights in the mixture; they add up to 1.
        over: Whether they win when the mean is over theta, not under it.
        low: The least loss, 0 or -1; the largest is 1.
    """

    stakes: tuple[float, ...]
    weights: tuple[float, ...]
    over: bool
    low: float

    def log_wealths(self, losses: Floats, times: Floats, theta: float) -> Floats:
        """Return the logarithm of the mixture's wealth against "the mean is theta, or beyond", of several samples at once.

        Args:
            losses: Losses, shape (samples, k).
            times: How often each occurred, of a shape that broadcasts to it.
            theta: Where the null begins.

        Returns:
            Array of shape (samples,).
        """
        room = theta - self.low if self.over else 1.0 - theta
        stakes = np.minimum(np.array(self.stakes), 1 / room if room > 0 else np.inf)
        gain = losses - theta if self.over else theta - losses
        total = np.empty((len(self.stakes), losses.shape[0]))
        for row, stake in enumerate(stakes):
            with np.errstate(divide="ignore", invalid="ignore"):
                grown = np.log(np.maximum(1 + stake * gain, 0.0)) * times
            total[row] = np.where(times > 0, grown, 0.0).sum(axis=1)
        return np.asarray(logsumexp(total + np.log(self.weights)[:, None], axis=0), dtype=np.float64)

    def log_wealth(self, losses: Floats, times: Floats, theta: float) -> float:
        """Return the same of one sample, losses and times of shape (k,)."""
        return float(self.log_wealths(losses[None, :], times[None, :], theta)[0])


@cache
def rate_stakes(limit: float) -> tuple[Bets, Bets]:
    """Return the bets for PASS and for FAIL on a rate held against `limit`.

    Raises:
        LossError: If the limit is not strictly between 0 and 1.
    """
    if not 0 < limit < 1:
        raise LossError(f"The «limit» of «mean» must lie strictly between 0 and 1; got {limit}.")
    scale = limit * (1 - limit)
    half_way = (1 + limit) / 2
    above = (*(min(multiple * limit, 1.0) for multiple in FAIL_RATES), *(max(rate, half_way) for rate in FAIL_FIXED))
    below = tuple((limit - multiple * limit) / scale for multiple in PASS_RATES)
    return Bets(below, PASS_WEIGHTS, over=False, low=0.0), Bets(tuple((rate - limit) / scale for rate in above), FAIL_WEIGHTS, over=True, low=0.0)


def difference_stakes(limit: float) -> tuple[Bets, Bets]:
    """Return the bets that a difference is under, and that it is over, `limit`.

    Raises:
        LossError: If the limit is not strictly between -1 and 1.
    """
    if not -1 < limit < 1:
        raise LossError(f"The «limit» of «difference» must lie strictly between -1 and 1; got {limit}.")
    under = tuple(share / (1 - limit) for share in SHARES)
    over = tuple(share / (1 + limit) for share in SHARES)
    return Bets(under, SHARE_WEIGHTS, over=False, low=-1.0), Bets(over, SHARE_WEIGHTS, over=True, low=-1.0)


def arrays(histogram: Histogram) -> tuple[Floats, Floats]:
    """Return the losses (as numbers, not thousandths) and how often each occurred."""
    pairs = np.array(histogram, dtype=np.float64).reshape(-1, 2)
    return pairs[:, 0] / UNIT, pairs[:, 1]


def number(log: float) -> float:
    """Return e to the `log`, kept within what a float can hold."""
    return float(np.exp(min(log, _MOST)))


def wealth(histogram: Histogram, limit: float) -> Sides:
    """Return the e-values for PASS (mean under the limit) and FAIL (over it) of a rate.

    Example:
        >>> sides = wealth(((0, 100),), 0.05)
        >>> round(sides.pass_, 1), round(sides.fail, 4)
        (67.1, 0.0414)
    """
    losses, times = arrays(histogram)
    below, above = rate_stakes(limit)
    return Sides(number(below.log_wealth(losses, times, limit)), number(above.log_wealth(losses, times, limit)))


def difference_wealth(histogram: Histogram, limit: float) -> Sides:
    """Return the e-values for "difference under the limit" and "over it"."""
    losses, times = arrays(histogram)
    below, above = difference_stakes(limit)
    return Sides(number(below.log_wealth(losses, times, limit)), number(above.log_wealth(losses, times, limit)))


def blocks(first: Floats, second: Floats) -> Floats:
    """Return the block differences "first minus second" of the 20 rotations.

    Say the smaller group (the first if equal) has s counted trials, the larger t, both in their order, and m = t // s. In rotation r = 0 .. 19 block i,
    i = 0 .. s - 1, holds the smaller group's trial i and the larger's trials (i m + k + r t // 20) mod t, k = 0 .. m - 1. Its difference is the one
    minus the mean of the m, with the sign turned where the first group is the larger. Within a rotation no trial is used twice.

    Args:
        first: Losses of the first group in [0, 1], shape (n1,).
        second: Losses of the second, shape (n2,).

    Returns:
        Differences in [-1, 1], shape (20, min(n1, n2)).

    Example:
        >>> blocks(np.array([1.0, 0.0]), np.array([0.0, 1.0, 0.0, 0.0]))[[0, 5]].tolist()
        [[0.5, 0.0], [0.5, 0.0]]
    """
    few, many, sign = (first, second, 1.0) if first.size <= second.size else (second, first, -1.0)
    if not few.size:
        return np.zeros((ROTATIONS, 0))
    m = many.size // few.size
    shift = np.arange(ROTATIONS) * many.size // ROTATIONS
    twice = np.concatenate([np.zeros(1), np.cumsum(np.concatenate([many, many]))])
    start = (np.arange(few.size) * m + shift[:, None]) % many.size
    return np.asarray(sign * (few - (twice[start + m] - twice[start]) / m), dtype=np.float64)


def blocks_in_turn(first: Floats, second: Floats, m: int) -> Floats:
    """Return the differences of the blocks that are complete so far: the first group's trial i and the second's i m .. i m + m - 1."""
    complete = min(first.size, second.size // m)
    return np.asarray(first[:complete] - second[: complete * m].reshape(complete, m).mean(axis=1), dtype=np.float64)


def log_mean(logs: Floats) -> float:
    """Return the logarithm of the mean of numbers given by their logarithms."""
    return float(logsumexp(logs) - np.log(logs.size))
