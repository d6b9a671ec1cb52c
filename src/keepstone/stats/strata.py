"""Strata of one column: its codes, or the intervals between cut points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.channel import Floats, Ints


def strata(values: Floats, cuts: Sequence[float] = ()) -> Ints:
    """Give the stratum of each value, int64 (rows,); -1 where it is missing or no whole number from 0 on.

    Args:
        values: A column, float64 (rows,). Codes, where there are no cuts.
        cuts: Ascending; stratum k holds the values at or above cut k - 1 and below cut k.

    Example:
        >>> strata(np.array([49.0, 50.0, 80.0, np.nan]), (50.0, 65.0)).tolist()
        [0, 1, 2, -1]
        >>> strata(np.array([0.0, 2.0, 0.5, np.nan])).tolist()
        [0, 2, -1, -1]
    """
    known = np.isfinite(values)
    if len(cuts):
        return np.where(known, np.searchsorted(np.asarray(cuts, dtype=np.float64), values, side="right"), -1).astype(np.int64)
    known &= (values >= 0) & (values == np.rint(values))
    return np.where(known, np.where(known, values, 0), -1).astype(np.int64)
