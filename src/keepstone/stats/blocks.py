"""Two blocks of columns: how columns are tied, where to cut them in two, and how well a row's one block fits its other.

Correlations over the rows in which both columns are present; a maximum cut of the columns by spectral starts and single moves; canonical directions
(Hotelling 1936) after a lightly ridged whitening; the fit of two blocks as the log density ratio of a joint normal against two independent ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.channel import Floats
    from keepstone.core.table import Feature

    Bools = NDArray[np.bool_]

PRESENT = 20  # rows in which both columns are present, or a correlation says nothing
RIDGE = 0.05
LEVEL = 0.02  # share of a code's level, or it has no column


def scored(values: Floats, feature: Feature) -> list[Floats]:
    """Turn a column into columns of mean about 0 and variance about 1, NaN where missing: its normal scores, or one a common level of a code.

    Args:
        values: float64 (rows,).
        feature: What is known of the column.
    """
    present = ~np.isnan(values)
    names, index, counts = np.unique(values[present], return_inverse=True, return_counts=True)
    if len(names) < 2:
        return [np.full(len(values), np.nan)]
    if feature.kind in ("number", "integer"):
        out = np.full(len(values), np.nan)
        out[present] = ndtri((np.cumsum(counts) - counts / 2) / counts.sum())[index]
        return [out]
    common = names[counts >= LEVEL * counts.sum()]
    hot = [np.where(present, (values == name).astype(np.float64), np.nan) for name in (common[1:] if len(common) == 2 else common)]
    return [(column - np.nanmean(column)) / max(float(np.nanstd(column)), 1e-9) for column in hot]


def correlations(z: Floats) -> Floats:
    """Correlations of each pair of columns over the rows in which both are present; NaN where they are few or one does not vary."""
    there = (~np.isnan(z)).astype(np.float64)
    held = np.nan_to_num(z)
    held = (held - held.sum(axis=0) / np.maximum(there.sum(axis=0), 1)) * there
    square = (held**2).T @ there
    scale = np.sqrt(square * square.T)
    usable = (there.T @ there >= PRESENT) & (scale > 1e-9)
    return np.where(usable, held.T @ held / np.where(usable, scale, 1.0), np.nan)


def pooled(each: Floats, sizes: Floats) -> Floats:
    """Mean over windows, weighted by their rows; 0 where no window knows."""
    weight = np.where(np.isnan(each), 0.0, sizes.reshape(-1, *[1] * (each.ndim - 1)))
    return np.asarray((np.nan_to_num(each) * weight).sum(axis=0) / np.maximum(weight.sum(axis=0), 1.0), dtype=np.float64)


def between(values: Floats) -> float:
    """The cut that parts numbers into two with the least squares within (Lloyd's iteration from the median)."""
    cut = float(np.median(values))
    for _ in range(50):
        high, low = values[values > cut], values[values <= cut]
        if not len(high) or not len(low):
            break
        cut = (float(high.mean()) + float(low.mean())) / 2
    return cut


def cut(weight: Floats) -> Bools:
    """Part the features so that as much weight as can be found runs across: the best of four spectral starts, each improved by single moves."""
    best, kept = -np.inf, np.zeros(len(weight), dtype=bool)
    for start in np.linalg.eigh(weight)[1].T[:4]:
        side = np.where(start >= 0, 1.0, -1.0)
        side[0] = -side[1:].sum() if abs(side.sum()) == len(side) else side[0]
        side = np.sign(side)
        for _ in range(4 * len(weight)):
            crowd = np.where(side > 0, (side > 0).sum(), (side < 0).sum())
            gain = np.where(crowd > 1, side * (weight @ side), -np.inf)  # a side is never left empty
            move = int(np.argmax(gain))
            if gain[move] <= 1e-12:
                break
            side[move] *= -1
        across = -float(side @ weight @ side)
        if across > best:
            best, kept = across, side == 1
    return kept


def whitening(block: Floats) -> Floats:
    """The matrix that makes a block's columns uncorrelated with variance about 1."""
    spread = block.T @ block / max(len(block), 1)
    values, vectors = np.linalg.eigh(spread + np.diag(RIDGE * np.maximum(np.diag(spread), 1e-6)))
    return np.asarray(vectors @ np.diag(values**-0.5) @ vectors.T, dtype=np.float64)


def fit(here: Floats, there: Floats, ties: Floats) -> Floats:
    """How much likelier `there` is beside `here` than alone: the log density ratio of the normal with these correlations."""
    square = ties**2
    return np.asarray(-((square * (here**2 + there**2) - 2 * ties * here * there) / (2 * (1 - square))).sum(axis=-1), dtype=np.float64)
