"""How losses become a number with an error rate: what every claim does. The claims themselves are in `stats`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Losses: TypeAlias = NDArray[np.int16]  # (trials, parts): thousandths, or NOT_COUNTED

NOT_COUNTED = -32768
"""A loss that does not count: the trial is outside what the metric speaks of."""
UNIT = 1000
"""A loss of 1, in thousandths."""
FEWEST = 10
"""People of whom a number is shown at least: of fewer it would tell of each."""

Histogram: TypeAlias = tuple[tuple[int, int], ...]


class Sides(NamedTuple):
    """The two claims of a criterion: p-values (small speaks for the claim) or e-values (large does)."""

    pass_: float
    fail: float


class Effects(NamedTuple):
    """The three claims of an effect, as p-values or e-values: worse, better, no worse by the margin."""

    worse: float
    better: float
    no_worse: float


class Bounds(NamedTuple):
    """Two one-sided bounds, each at its own level."""

    lower: float
    upper: float


@dataclass(frozen=True)
class Tally:
    """What was seen so far.

    Attributes:
        parts: Per part, (loss in thousandths, trials), in rising order of loss.
        order: Where the order matters: `<u4` codes `part * 1001 + loss` of the counted trials in turn.
    """

    parts: tuple[Histogram, ...]
    order: bytes = b""

    def counted(self, part: int) -> int:
        """Return the trials that count for a part."""
        return sum(trials for _, trials in self.parts[part])

    def mean(self, part: int) -> float:
        """Return the mean loss of a part, nan if nothing counts."""
        trials = self.counted(part)
        return sum(loss * times for loss, times in self.parts[part]) / (UNIT * trials) if trials else nan

    def number(self, part: int, loss: int) -> int:
        """Return how many trials of a part had this loss (in thousandths)."""
        return next((times for value, times in self.parts[part] if value == loss), 0)


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look: the share of the error it may spend, and the tally of all trials up to it.

    Attributes:
        weight: Share of the error.
        tally: Of all trials, those on which the target broke counted the worst way.
        spared: Of all trials, those counted the best way; None where a broken trial makes an error.
        sound: Of the trials on which nothing broke; None where a broken trial makes an error.
    """

    weight: float
    tally: Tally
    spared: Tally | None = None
    sound: Tally | None = None

    @property
    def shown(self) -> Tally:
        """What a mean is read from: trials that broke are in neither numerator nor denominator where they only widen the bounds."""
        return self.tally if self.sound is None else self.sound


class Claim(Protocol):
    """A quantity that is held against a limit: PASS says that it is under, FAIL that it is at or over."""

    def tally(self, losses: Losses) -> Tally:
        """Return the tally of a block of losses."""

    def add(self, a: Tally, b: Tally) -> Tally:
        """Return the tally of the trials of `a` followed by those of `b`."""

    def mean(self, tally: Tally) -> float:
        """Return the quantity as observed, nan if nothing counts."""

    def counted(self, tally: Tally) -> int:
        """Return the trials that count (of the smallest part)."""

    def parts(self, tally: Tally) -> list[tuple[int, float]]:
        """Return per part the trials counted and their mean loss."""

    def p(self, looks: Sequence[Look], limit: float) -> Sides:
        """Return the p-values of both claims, from the cumulative tallies at the looks so far."""

    def bounds(self, looks: Sequence[Look], limit: float, level: float) -> Bounds:
        """Return the one-sided bounds, each at `level`."""

    def e(self, tally: Tally, limit: float) -> Sides:
        """Return the e-values of both claims."""

    def e_bounds(self, tally: Tally, limit: float, threshold: float) -> Bounds:
        """Return the one-sided bounds where the e-value stays below `threshold`."""

    def best(self, counts: Sequence[int], limit: float, *, weight: float = ...) -> Sides:
        """Return the least p-values that so many trials a part can give: can this ever be decided?"""


class Comparison(Claim, Protocol):
    """A claim about a difference: three claims at once (worse, better, no worse by a margin), and one interval that agrees with all of them."""

    def p_effect(self, looks: Sequence[Look], margin: float) -> Effects:
        """Return the p-values of worse, better and no worse by the margin."""

    def e_effect(self, tally: Tally, margin: float) -> Effects:
        """Return their e-values."""
