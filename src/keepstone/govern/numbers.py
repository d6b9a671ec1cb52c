"""Numbers as the document has them."""

from __future__ import annotations

import math


def number(value: float | None) -> float | None:
    """Give ten digits, so that no platform's last bit shows; null where there is no number.

    >>> number(0.1 + 0.2), number(float("nan"))
    (0.3, None)
    """
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.10g}")
