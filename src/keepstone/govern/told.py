"""Which of several groups may be shown, so that of a few people nothing is told: neither in a row of their own nor by subtraction.

What all people are stands elsewhere, and where two groups meet so does what each group is. So beside a small group the next smallest is hidden too, until
those hidden are ten or more with and without the outcome together, and where two meet until no hidden pair follows from the sums of its rows and columns
(complementary cell suppression; Willenborg and de Waal 2001, Elements of Statistical Disclosure Control, chapter 6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from keepstone.core.claim import FEWEST

if TYPE_CHECKING:
    from numpy.typing import NDArray

SURE = 1e-6


def alone(sizes: NDArray[np.int64], barred: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
    """Which groups of one attribute may be shown.

    Args:
        sizes: People of each sort that must not be told of when they are few, int64 (sorts, groups); the groups share nobody.
        barred: Groups that are not shown anyway.

    Returns:
        Those that may.

    >>> alone(np.array([[4, 40, 12], [90, 80, 70]])).tolist()
    [False, True, False]
    """
    shown = sizes.min(axis=0) >= FEWEST
    if barred is not None:
        shown &= ~barred
    while shown.any() and _few(sizes[:, ~shown]):
        shown[_smallest(sizes.min(axis=0), shown)] = False
    return np.asarray(shown)


def crossed(sizes: NDArray[np.int64], rows: NDArray[np.bool_], columns: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which pairs of groups of two attributes may be shown.

    Args:
        sizes: People with and without the outcome, int64 (2, groups, groups).
        rows: Groups of the first attribute that are shown by themselves.
        columns: Those of the second.

    Returns:
        Those that may.

    >>> all_ = np.array([True, True])
    >>> crossed(np.array([[[4, 40], [30, 50]], [[90, 80], [70, 60]]]), all_, all_).tolist()
    [[False, False], [False, False]]
    """
    shown = sizes.min(axis=0) >= FEWEST
    while True:
        _lines(sizes, shown)
        told = _told(~shown & (sizes.sum(axis=0) > 0), rows, columns)
        if not told.any() or not shown.any():
            return np.asarray(shown)
        _hide_with(sizes, shown, told, rows, columns)


def _few(left: NDArray[np.int64]) -> bool:
    total = left.sum(axis=1)
    return bool(total.sum() and total.min() < FEWEST)


def _smallest(least: NDArray[np.int64], shown: NDArray[np.bool_]) -> int:
    return int(np.argmin(np.where(shown, least, np.iinfo(np.int64).max)))


def _lines(sizes: NDArray[np.int64], shown: NDArray[np.bool_]) -> None:
    """Hide more until in each row and column those hidden are many, or all."""
    before = -1
    while before != shown.sum():
        before = int(shown.sum())
        for at in range(shown.shape[0]):
            shown[at] = alone(sizes[:, at], ~shown[at])
        for at in range(shown.shape[1]):
            shown[:, at] = alone(sizes[:, :, at], ~shown[:, at])


def _bordered(hidden: NDArray[np.bool_], rows: NDArray[np.bool_], columns: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The table with its sums as a last column and row; the sum of all is known."""
    return np.block([[hidden, ~rows[:, None]], [~columns[None, :], np.zeros((1, 1), dtype=bool)]])


def _told(hidden: NDArray[np.bool_], rows: NDArray[np.bool_], columns: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which hidden pairs follow from what is shown: those that no solution of the sums' equations can move; a pair without people counts as known."""
    cells = np.argwhere(_bordered(hidden, rows, columns))
    high, wide = hidden.shape
    equations = np.zeros((high + wide + 2, len(cells)))
    for k, (row, column) in enumerate(cells):
        equations[[row, high + 1 + column], k] = 1.0
    fixed = np.diag(np.linalg.pinv(equations) @ equations) > 1 - SURE
    out = np.zeros((high + 1, wide + 1), dtype=bool)
    out[tuple(cells[fixed].T)] = True
    return out[:-1, :-1]


def _hide_with(sizes: NDArray[np.int64], shown: NDArray[np.bool_], told: NDArray[np.bool_], rows: NDArray[np.bool_], columns: NDArray[np.bool_]) -> None:
    """Hide the corners of the cheapest rectangle about a pair that is told, so that it can move; all, where there is none."""
    least = sizes.min(axis=0).astype(np.float64)
    inside = np.where(shown, least, np.where(sizes.sum(axis=0) > 0, 0.0, np.inf))  # what it costs to have a pair hidden
    border = _bordered(np.zeros_like(shown), rows, columns)
    cost = np.where(border, 0.0, np.inf)
    cost[:-1, :-1] = inside
    row, column = np.argwhere(told)[0]
    corners = cost[row][None, :] + cost[:, column][:, None] + cost
    corners[row], corners[:, column] = np.inf, np.inf
    best = np.unravel_index(np.argmin(corners), corners.shape)
    if not np.isfinite(corners[best]):
        shown[:] = False
        return
    for place in ((row, best[1]), (best[0], column), best):
        if place[0] < shown.shape[0] and place[1] < shown.shape[1]:
            shown[place] = False
