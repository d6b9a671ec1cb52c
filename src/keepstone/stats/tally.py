"""What a claim keeps of the losses it has seen, and the looks at which it is asked.

Losses are whole thousandths, so a histogram per part holds all that fixed bets and exact tests can use: its size doesn't grow with the trials. Only two
groups with losses other than 0 and 1 need the order too (they are compared block by block); it is kept beside, four bytes a counted trial.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from keepstone.core.claim import NOT_COUNTED, UNIT, Look, Tally
from keepstone.core.errors import KeepstoneError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.claim import Losses

FRACTIONS = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)
WEIGHTS = (0.03, 0.05, 0.07, 0.15, 0.70)
LEAST_SET = 1000  # a smaller set is looked at once: counts are coarse there, and five looks would cost up to 20 points of power instead of 7


class LossError(KeepstoneError):
    """A block of losses has the wrong shape, type or range, or a claim was asked at a limit where it says nothing."""


def difference(of: Losses, against: Losses) -> Losses:
    """Return the paired difference of two blocks of losses; a trial counts where it counts in both.

    Example:
        >>> difference(np.array([[1000], [0], [-32768]], np.int16), np.array([[0], [250], [0]], np.int16)).tolist()
        [[1000], [-250], [-32768]]
    """
    if of.shape != against.shape:
        raise LossError(f"The «shape» of «losses» must be the same on both sides of a pair; got {of.shape} and {against.shape}.")
    counts = (of != NOT_COUNTED) & (against != NOT_COUNTED)
    return np.where(counts, of - np.where(counts, against, 0), NOT_COUNTED).astype(np.int16)


def take(losses: Losses, *, low: int = 0, parts: int = 0, ordered: bool = False, real: bool = True) -> Tally:
    """Return the tally of one block.

    Args:
        losses: int16 of shape (trials, parts): thousandths, or `NOT_COUNTED`.
        low: The least loss: 0, or -1000 for differences.
        parts: How many parts there must be; 0 for any number.
        ordered: Keep the order too; then a trial counts for one part at most, since groups that share trials are not independent.
        real: Whether losses other than 0 and 1 (differences: -1, 0 and 1) may occur.

    Raises:
        LossError: If shape, type or range are wrong.
    """
    if losses.dtype != np.int16 or losses.ndim != 2 or (parts and losses.shape[1] != parts):
        raise LossError(f"The «losses» of «block» must be int16 of shape (trials, {parts or 'parts'}); got {losses.dtype} of shape {losses.shape}.")
    counts = losses != NOT_COUNTED
    inside = losses[counts]
    if inside.size and (inside.min() < low or inside.max() > UNIT):
        raise LossError(f"The «losses» of «block» must lie in {low} .. {UNIT}; got {inside.min()} .. {inside.max()}.")
    if ordered and losses.shape[1] > 1 and bool((counts.sum(axis=1) > 1).any()):
        raise LossError("The «losses» of «block» must count each trial for one group at most; got a trial in two.")
    seen = []
    for part in range(losses.shape[1]):
        times = np.bincount(losses[counts[:, part], part].astype(np.int64) - low, minlength=1)
        seen.append(tuple((int(value) + low, int(times[value])) for value in np.flatnonzero(times)))
    if not real and any(loss not in (-UNIT, 0, UNIT) for part_seen in seen for loss, _times in part_seen):
        raise LossError("The «losses» of «block» must be 0 or 1, unless the claim says `real=True`: which test is used may not hang on what is seen.")
    codes = b""
    if ordered:
        trial, part_of = np.nonzero(counts)
        codes = (part_of * (UNIT + 1) + losses[trial, part_of]).astype("<u4").tobytes()
    return Tally(tuple(seen), codes)


def add(a: Tally, b: Tally) -> Tally:
    """Return the tally of the trials of `a` followed by those of `b`."""
    if len(a.parts) != len(b.parts):
        raise LossError(f"The «parts» of «tally» must be as many on both sides; got {len(a.parts)} and {len(b.parts)}.")
    joined = []
    for left, right in zip(a.parts, b.parts, strict=True):
        times = dict(left)
        for loss, trials in right:
            times[loss] = times.get(loss, 0) + trials
        joined.append(tuple(sorted(times.items())))
    return Tally(tuple(joined), a.order + b.order)


def looks(n: int) -> tuple[tuple[int, float], ...]:
    """Return the looks of a set of n items: (items, weight). A small set is looked at once, when all its items are in.

    Example:
        >>> looks(2731)
        ((171, 0.03), (342, 0.05), (683, 0.07), (1366, 0.15), (2731, 0.7))
        >>> looks(710)
        ((710, 1.0),)
    """
    if n < LEAST_SET:
        return ((n, 1.0),)
    return tuple((ceil(n * fraction), weight) for fraction, weight in zip(FRACTIONS, WEIGHTS, strict=True))


def look_ends(n: int) -> list[int]:
    """Return the numbers of items at which a set of n is looked at."""
    return [end for end, _ in looks(n)]


class Counting:
    """What every claim does with tallies in the same way."""

    def add(self, a: Tally, b: Tally) -> Tally:
        """Return the tally of the trials of `a` followed by those of `b`."""
        return add(a, b)

    def parts(self, tally: Tally) -> list[tuple[int, float]]:
        """Return per part the trials counted and their mean loss (nan if none)."""
        return [(tally.counted(part), tally.mean(part)) for part in range(len(tally.parts))]


def last(seen: Sequence[Look]) -> Look:
    """Return the last look.

    Raises:
        LossError: If there is none.
    """
    if not seen:
        raise LossError("The «looks» of «claim» must hold at least one look; got none.")
    return seen[-1]
