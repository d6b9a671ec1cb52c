"""Which of several patterns speaks of a finding. A `*` stands for any letters; the pattern that says most wins.

Written by hand, since `fnmatch` gives meaning to `[` and `?` and builds a backtracking expression from outside text.
"""

from __future__ import annotations

from collections.abc import Iterable


def matches(pattern: str, text: str) -> bool:
    """Say whether a text fits a pattern, in time linear in the text for each `*`.

    >>> matches("robustness.*.missed", "robustness.sensor_noise-0.5.missed"), matches("*.alarms", "robustness.nominal.missed")
    (True, False)
    """
    first, *middle = pattern.split("*")
    if not middle:
        return pattern == text
    last = middle.pop()
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def precision(pattern: str) -> tuple[int, int]:
    """How much a pattern says: whole ids first, then by the letters that are not `*`.

    >>> max(["*.missed", "robustness.*", "robustness.*.missed"], key=precision)
    'robustness.*.missed'
    """
    stars = pattern.count("*")
    return (0 if stars else 1, len(pattern) - stars)


def most_specific(patterns: Iterable[str], text: str) -> str | None:
    """Give the pattern that fits a text and says most; of two that say as much, the one named first; None where none fits.

    >>> most_specific(["*.missed", "robustness.*.missed", "fairness.*"], "robustness.nominal.missed")
    'robustness.*.missed'
    """
    return max((pattern for pattern in patterns if matches(pattern, text)), key=precision, default=None)
