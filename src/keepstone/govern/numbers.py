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


MOST = 1e15
"""The largest e-value that is written down: under 2^53, so that every reader of JSON keeps it."""


def evidence(value: float | None) -> float | None:
    """Give an e-value as the document has it: a number, at most `MOST`.

    >>> evidence(20.0), evidence(3e40), evidence(float("inf")), evidence(None)
    (20.0, 1000000000000000.0, 1000000000000000.0, None)
    """
    return number(None if value is None else min(value, MOST))


def number(value: float | None) -> float | None:
    """Give ten digits, so that no platform's last bit shows; null where there is no number.

    >>> number(0.1 + 0.2), number(float("nan"))
    (0.3, None)
    """
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.10g}")
