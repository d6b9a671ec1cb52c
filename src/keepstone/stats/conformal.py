"""Cuts found on what was observed: split conformal ones, and those that hold a rate under a bound with a stated confidence.

A conformal cut is the value that a further, exchangeable one passes with a chance of at most the error level.

Of n + 1 exchangeable numbers the last one is above the k-th smallest of the others with chance at most 1 - k / (n + 1), whatever their distribution
and with ties only less often. Vovk, Gammerman & Shafer 2005, *Algorithmic Learning in a Random World*, chapters 2 and 4; Angelopoulos & Bates 2023,
*Conformal prediction: a gentle introduction*.

A tolerance cut is chosen before the numbers are seen by its rank alone, so the bound of Clopper and Pearson for as many passes as it allows holds for it as
it is, ties only in its favour. Wilks 1941, *Determination of sample sizes for setting tolerance limits*.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from keepstone.stats.exact import binomial_pass

if TYPE_CHECKING:
    from keepstone.core.channel import Floats


def upper_cut(values: Floats, error: float) -> float:
    """Give the smallest observed value that a further one exceeds with chance at most `error`; infinite where they are too few to say.

    Args:
        values: What was observed, float64 (n,), without NaN.
        error: Chance in (0, 1).

    Returns:
        The value of rank ceil((n + 1) (1 - error)) from below, or infinity where n is less than (1 - error) / error.

    Example:
        >>> upper_cut(np.arange(1.0, 20.0), 0.1)
        18.0
        >>> upper_cut(np.arange(1.0, 9.0), 0.1)
        inf
    """
    rank = math.ceil((len(values) + 1) * (1 - error) - 1e-9)  # 20 * (1 - .1) must not become 18.000000000000004
    return float(np.partition(values, rank - 1)[rank - 1]) if rank <= len(values) else math.inf


def lower_cut(values: Floats, error: float) -> float:
    """Give the largest observed value that a further one falls short of with chance at most `error`; minus infinity where they are too few.

    Example:
        >>> lower_cut(np.arange(1.0, 20.0), 0.1)
        2.0
    """
    return -upper_cut(-np.asarray(values), error)


def fewest(bound: float, error: float) -> int:
    """Give the fewest independent observations, none of which passes, that show a rate of at most `bound`.

    Example:
        >>> fewest(0.05, 0.05), fewest(0.02, 0.05), fewest(0.01, 0.05)
        (59, 149, 299)
    """
    return math.ceil(math.log(error) / math.log1p(-bound))


def tolerance_cut(values: Floats, bound: float, error: float) -> tuple[float, int]:
    """Give the smallest observed value that further ones exceed at a rate of at most `bound`, at confidence 1 - `error`, and how many observed ones do.

    Args:
        values: Independent draws, float64 (n,), without NaN.
        bound: Rate in (0, 1).
        error: Chance in (0, 1) with which the rate may be larger all the same.

    Returns:
        The value and the count; infinity and 0 where the draws are fewer than `fewest(bound, error)`.

    Example:
        >>> tolerance_cut(np.arange(100.0), 0.05, 0.05)
        (98.0, 1)
    """
    count = len(values)
    if count < fewest(bound, error):
        return math.inf, 0
    most = int(np.sum(binomial_pass(np.arange(count), count, bound) <= error)) - 1
    ordered = np.sort(values)[::-1]
    cut = float(ordered[most])
    return cut, int(np.sum(ordered > cut))
