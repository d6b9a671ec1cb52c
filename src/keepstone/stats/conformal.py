"""Split conformal cuts: the value that a further, exchangeable one passes with a chance of at most the error level.

Of n + 1 exchangeable numbers the last one is above the k-th smallest of the others with chance at most 1 - k / (n + 1), whatever their distribution
and with ties only less often. Vovk, Gammerman & Shafer 2005, *Algorithmic Learning in a Random World*, chapters 2 and 4; Angelopoulos & Bates 2023,
*Conformal prediction: a gentle introduction*.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

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
