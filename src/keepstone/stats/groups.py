"""Rates by group in one pass: how many cases, outcomes, flags and hits each group has, however many groups there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]


class Confusion(NamedTuple):
    """Counts by group, each int64 (groups,).

    Attributes:
        cases: Cases of the group.
        outcomes: Those with the outcome.
        flags: Those flagged.
        hits: Those with the outcome that were flagged.
    """

    cases: Ints
    outcomes: Ints
    flags: Ints
    hits: Ints

    @property
    def missed(self) -> Floats:
        """Share of outcomes not flagged, NaN where there is none."""
        return _share(self.outcomes - self.hits, self.outcomes)

    @property
    def alarms(self) -> Floats:
        """Share of the others that were flagged, NaN where there is none."""
        return _share(self.flags - self.hits, self.cases - self.outcomes)


def coded(names: Sequence[str]) -> tuple[Ints, tuple[str, ...]]:
    """Number groups by name, in alphabetical order.

    >>> coded(["m", "f", "m"])[0].tolist(), coded(["m", "f", "m"])[1]
    ([1, 0, 1], ('f', 'm'))
    """
    known, codes = np.unique(np.asarray(names), return_inverse=True)
    return codes.astype(np.int64), tuple(str(name) for name in known)


def whole(inside: ArrayLike, unit: ArrayLike) -> NDArray[np.bool_]:
    """Take a unit as inside with all of its rows where one of them is: a unit counts on one side only.

    >>> whole([False, True, False], [4, 4, 7]).tolist()
    [True, True, False]
    """
    _names, place = np.unique(np.asarray(unit), return_inverse=True)
    some = np.bincount(place, weights=np.asarray(inside, dtype=np.float64)) > 0
    return np.asarray(some[place])


def confusion(codes: Ints, truth: ArrayLike, flagged: ArrayLike, groups: int) -> Confusion:
    """Count by group.

    Args:
        codes: Group of each case, 0 .. groups - 1.
        truth: 1 where the outcome came, else 0.
        flagged: 1 where the case was flagged, else 0.
        groups: How many groups there are.

    Example:
        >>> found = confusion(np.array([0, 0, 1, 1]), [1, 1, 0, 1], [1, 0, 1, 1], 2)
        >>> found.missed.tolist(), found.alarms.tolist()
        ([0.5, 0.0], [nan, 1.0])
    """
    key = codes * 4
    key += np.asarray(truth, dtype=bool).view(np.int8) * 2
    key += np.asarray(flagged, dtype=bool).view(np.int8)
    cells = np.bincount(key, minlength=4 * groups).reshape(groups, 4)
    return Confusion(cells.sum(axis=1), cells[:, 2] + cells[:, 3], cells[:, 1] + cells[:, 3], cells[:, 3])


def _share(part: Ints, whole: Ints) -> Floats:
    out = np.full(len(whole), np.nan)
    np.divide(part, whole, out=out, where=whole > 0)
    return out
