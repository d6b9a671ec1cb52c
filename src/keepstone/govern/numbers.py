"""Numbers as the document has them."""

from __future__ import annotations

import math

from keepstone.core.claim import FEWEST


def few(trials: int) -> bool:
    """Tell whether a number speaks of too few people to be written down.

    >>> few(9), few(10), few(0)
    (True, False, False)
    """
    return 0 < trials < FEWEST


def number(value: float | None) -> float | None:
    """Give ten digits, so that no platform's last bit shows; null where there is no number.

    >>> number(0.1 + 0.2), number(float("nan"))
    (0.3, None)
    """
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.10g}")
