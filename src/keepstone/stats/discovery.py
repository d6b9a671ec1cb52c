"""Which claims stand: graded e-values and e-BH, and the one level at which a family's intervals are shown.

e-BH (Wang and Ramdas 2022) claims the k cells with the largest e-values, k the largest number for which k e-values reach K / (alpha k). It holds the
false discovery rate at alpha whatever the dependence, where at most K nulls are true together. A p-value enters as a graded e-value:

    nu        a distribution on ranks: C/4 (.5), C/2 (.2), C/16 (.15), 1 (.15)
    beta(r)   the sum over s <= r of s nu(s)
    e(p)      C / (alpha r), r the least rank with p <= t(r) = alpha beta(r) / C, else 0

Its mean under the null is at most the sum over ranks of C / (alpha r) (t(r) - t(previous rank)) = the sum of nu = 1. e-BH on it is the step-up
procedure of Blanchard and Roquain 2008 with the shape beta.

Intervals. With R claims standing all intervals of the family are shown at the level t(max(R, 1)). A claimed cell has e >= C / (alpha R), hence a rank of
at most R and p <= t(R). An unclaimed cell has e < C / (alpha (R + 1)), or one more claim would stand, hence p > t(R + 1) >= t(R). So verdict and interval
are the same comparison, p <= t(R), and can't disagree. For e-processes the threshold C / (alpha max(R, 1)) plays the same part.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from keepstone.core.errors import KeepstoneError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SHARES = ((4, 0.50), (2, 0.20), (16, 0.15))  # rank C / divisor, weight
FIRST = 0.15  # weight of rank 1
_SLACK = 1e-12  # relative room for rounding where equal numbers are compared


class FamilyError(KeepstoneError):
    """A family of claims was described wrongly: its size, its error rate or its values."""


def _check(cells: int, alpha: float) -> None:
    if cells < 1:
        message = f"The «cells» of «family» must be at least 1; got {cells}."
        raise FamilyError(message)
    if not 0 < alpha < 1:
        message = f"The «alpha» of «family» must lie between 0 and 1; got {alpha}."
        raise FamilyError(message)


@cache
def ranks(cells: int) -> tuple[tuple[int, float], ...]:
    """Return the ranks that carry weight and their weights, in order; ranks that fall together share one entry.

    Example:
        >>> ranks(80)
        ((1, 0.15), (5, 0.15), (20, 0.5), (40, 0.2))
    """
    weights: dict[int, float] = {1: FIRST}
    for divisor, weight in SHARES:
        rank = max(1, cells // divisor)
        weights[rank] = weights.get(rank, 0.0) + weight
    return tuple(sorted(weights.items()))


@cache
def graded_level(rank: int, cells: int, alpha: float) -> float:
    """Return t(rank) = alpha beta(rank) / cells: how small p must be for the e-value of this rank.

    Example:
        >>> round(graded_level(20, 80, 0.05), 4), round(graded_level(40, 80, 0.05), 4)
        (0.0068, 0.0118)
    """
    _check(cells, alpha)
    return alpha * sum(s * weight for s, weight in ranks(cells) if s <= rank) / cells


def graded_rank(p: float, cells: int, alpha: float) -> int:
    """Return the least rank whose level `p` reaches, or 0 if none."""
    return next((rank for rank, _ in ranks(cells) if p <= graded_level(rank, cells, alpha)), 0)


def graded_e(p: float, cells: int, alpha: float) -> float:
    """Return the graded e-value of `p`: cells / (alpha rank), 0 where no rank is reached.

    Example:
        >>> graded_e(0.006, 80, 0.05), graded_e(0.5, 80, 0.05)
        (80.0, 0.0)
    """
    rank = graded_rank(p, cells, alpha)
    return threshold(rank, cells, alpha) if rank else 0.0


def threshold(standing: int, cells: int, alpha: float) -> float:
    """Return cells / (alpha max(standing, 1)): the e-value that a claim needs where `standing` claims stand."""
    _check(cells, alpha)
    return cells / (alpha * max(standing, 1))


def level(standing: int, cells: int, alpha: float) -> float:
    """Return the level of every interval shown, with `standing` claims in a family of `cells`.

    Args:
        standing: Claims that stand.
        cells: Size of the family.
        alpha: False discovery rate of the family.
    """
    return graded_level(max(standing, 1), cells, alpha)


def critical_cap(e: float, p: float, cap: float) -> float:
    """Return `e`, or 0 where `p` is above `cap`, alpha shared by the critical cells: a critical claim is also right family-wise (Bonferroni)."""
    return e if p <= cap else 0.0


def e_bh(e_values: Sequence[float] | NDArray[np.float64], family: int, alpha: float) -> NDArray[np.bool_]:
    """Return which e-values are claimed.

    Args:
        e_values: Any number of e-values; both sides of a cell may be among them, since only one of its nulls is true.
        family: K, the most nulls that can be true together (the number of cells, measured or not).
        alpha: False discovery rate.

    Returns:
        Mask of the claimed ones, in the order given.

    Example:
        >>> e_bh([100.0, 0.5, 45.0], 3, 0.05).tolist()
        [True, False, True]
    """
    _check(family, alpha)
    values = np.asarray(e_values, dtype=np.float64)
    if values.size and (np.isnan(values).any() or values.min() < 0):
        message = "The «e_values» of «family» must be numbers of at least 0; got one that is not."
        raise FamilyError(message)
    falling = np.sort(values)[::-1] * (1 + _SLACK)
    reached = np.flatnonzero(falling >= family / (alpha * np.arange(1, values.size + 1)))
    if not reached.size:
        return np.zeros(values.shape, dtype=np.bool_)
    return values * (1 + _SLACK) >= family / (alpha * (int(reached[-1]) + 1))
