"""Abstention: a case that the scores do not settle goes to a person, with a conformal guarantee for each outcome.

Label-conditional (Mondrian) split conformal prediction on honest scores of the rows of "search". An outcome is ruled out where its score is lower than
all but the share `error` of the honest scores of outcomes, no outcome is ruled out the other way round, and only a case with exactly one label left is
answered. For a further case exchangeable with the calibration rows:

    chance(answered "no" | the outcome comes)      <= error
    chance(answered "yes" | the outcome stays out) <= error

exactly where "search" holds rows that the target was not trained on; where the scores are out of fold, as far as the model trained on all rows scores
like those trained on two thirds of them. It holds per outcome, not per group, not for each person, and not under attack: that is what the cells show.
What it costs is the share of cases that it does not answer.

Vovk 2012, *Conditional validity of inductive conformal predictors*; Sadinle, Lei & Wasserman 2019, *Least ambiguous set-valued classifiers with
bounded error levels*.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.artefact import Alone, key_of
from keepstone.core.channel import OUTPUT, Channel, Ruling, Signal
from keepstone.core.errors import InputError
from keepstone.core.part import Tabular, part
from keepstone.core.screened import screened
from keepstone.intake.slug import number
from keepstone.stats.chance import order
from keepstone.stats.conformal import lower_cut, upper_cut

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence

    from numpy.typing import NDArray

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.channel import Floats, Tap
    from keepstone.core.part import Target

LEVELS = tuple(k / 200 for k in range(1, 101))
"""Error levels that are tried for a wanted share of answers: 0.5 % to 50 %."""


@dataclass(frozen=True)
class Cuts:
    """Where the scores settle a case.

    Attributes:
        yes: The outcome is not ruled out from this score on.
        no: No outcome is not ruled out up to this score.
        error: The level that they were found for.
    """

    yes: float
    no: float
    error: float


@part("mitigation")
@dataclass(frozen=True)
class Abstention:
    """Answer only where a conformal set names one label, and it is the decision; hand the rest to a person.

    Attributes:
        coverage: Share of the rows of "search" that should be answered. The smallest error level that answers so many is chosen on one half of them,
            the cuts are found on the other, so that the guarantee stays exact.
        error: The error level itself; then `coverage` is not used.
        cuts: The numbers in place, once they are found.

    Raises:
        InputError: If a share is not between 0 and 1.

    Example:
        >>> ready = Abstention(cuts=Cuts(yes=0.15, no=0.3, error=0.13))
        >>> tap = ready.begin(3, {})
        >>> said = tap(OUTPUT, Signal(np.array([[0.1, 0.0], [0.2, 1.0], [0.9, 1.0]]), np.zeros(3, dtype=np.int8)))
        >>> said.rulings.tolist(), said.values[:, 1].tolist()
        ([0, 2, 0], [0.0, nan, 1.0])
    """

    coverage: float = 0.8
    error: float | None = None
    cuts: Cuts | None = None

    name: ClassVar[str] = "abstention"
    channels: ClassVar[frozenset[Channel]] = frozenset({OUTPUT})

    def __post_init__(self) -> None:
        """Refuse shares that are none."""
        for field, value in (("coverage", self.coverage), ("error", self.error)):
            if value is not None and not 0 < value < 1:
                msg = f"The «{field}» of abstention must be between 0 and 1; got {value}."
                raise InputError(msg)

    @property
    def id(self) -> str:
        """The name and what was asked for: "abstention-cover0p8", "abstention-error0p1"."""
        word, value = ("cover", self.coverage) if self.error is None else ("error", self.error)
        return f"{self.name}-{word}{number(value)}"

    @property
    def title(self) -> str:
        """In plain words."""
        if self.error is None:
            return f"abstention where the scores don't settle a case (about {self.coverage:.0%} answered)"
        return f"abstention where the scores don't settle a case (at most {self.error:.1%} wrong of either outcome)"

    def unfit(self, target: Target) -> str:
        """It needs scores of rows that the target has not seen."""
        if not isinstance(target, Tabular):
            return "the target is not a classifier of a table"
        return "" if self.cuts or target.size("search") else "give `search`, or `train` and `fit`: there are no rows to find the cuts on"

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """The cuts."""
        return (Found(target, self.coverage, self.error),) if self.cuts is None and isinstance(target, Tabular) else ()

    def wrap(self, target: Target, shelf: Shelf) -> Target:
        """Find the cuts, unless they are given, and sit on the output."""
        if self.cuts is not None or not isinstance(target, Tabular):
            return screened(target, self)
        yes, no, error = (float(value) for value in shelf.get(Found(target, self.coverage, self.error))["cuts"])
        return screened(target, replace(self, cuts=Cuts(yes, no, error)), by=self)

    def begin(self, rows: int, memory: MutableMapping[str, bytes]) -> Tap:
        """Rule on each row by itself. Without cuts nothing is settled, so nothing is answered."""
        del rows, memory
        cuts = self.cuts or Cuts(yes=-np.inf, no=np.inf, error=0.0)

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != OUTPUT:
                return signal
            values = np.array(signal.values, dtype=np.float64)
            settled = np.where(values[:, 1] == 1, only_yes(values[:, 0], cuts), only_no(values[:, 0], cuts))
            open_ = (signal.rulings <= Ruling.CHANGED) & ~np.isnan(values[:, 0])
            handed = open_ & ~settled
            values[handed] = np.nan
            return Signal(values, np.where(handed, Ruling.ABSTAINED, signal.rulings).astype(np.int8), signal.last)

        return tap


def only_yes(scores: Floats, cuts: Cuts) -> NDArray[np.bool_]:
    """Tell where the set of labels that are not ruled out is "yes" alone."""
    return (scores >= cuts.yes) & (scores > cuts.no)


def only_no(scores: Floats, cuts: Cuts) -> NDArray[np.bool_]:
    """Tell where the set of labels that are not ruled out is "no" alone."""
    return (scores <= cuts.no) & (scores < cuts.yes)


@dataclass(frozen=True, eq=False)
class Found(Alone):
    """The cuts of a target."""

    target: Tabular
    coverage: float
    error: float | None

    @property
    def key(self) -> str:
        """Target and level."""
        return key_of("abstention", self.target.recipe, self.error, self.coverage if self.error is None else 0.0)

    def make(self, shelf: Shelf) -> dict[str, Floats]:
        """Find them on the honest scores of "search", a unit (patient) being on one side of the halving."""
        table, scores = self.target.table("search"), self.target.held_out(shelf)
        known = np.isfinite(scores)
        scores, truth, unit = scores[known], table.y[known] == 1, table.unit[known]
        if self.error is not None:
            return _arrays(cuts_of(scores, truth, self.error))
        names, index = np.unique(unit, return_inverse=True)
        half = np.zeros(len(names), dtype=bool)
        half[order(0, f"abstention.{self.target.table('search').digest}", len(names))[: len(names) // 2]] = True
        first = half[index]
        error = level_of(scores[first], truth[first], self.target.threshold, self.coverage)
        return _arrays(cuts_of(scores[~first], truth[~first], error))


def _arrays(cuts: Cuts) -> dict[str, Floats]:
    return {"cuts": np.array([cuts.yes, cuts.no, cuts.error])}


def cuts_of(scores: Floats, truth: NDArray[np.bool_], error: float) -> Cuts:
    """Find the cuts for an error level: a quantile of the scores of each outcome."""
    return Cuts(lower_cut(scores[truth], error), upper_cut(scores[~truth], error), error)


def level_of(scores: Floats, truth: NDArray[np.bool_], threshold: float, coverage: float) -> float:
    """Find the smallest error level that answers the wanted share, or the one that answers most."""
    best, most = LEVELS[-1], -1.0
    for error in LEVELS:
        cuts = cuts_of(scores, truth, error)
        answered = float(np.where(scores >= threshold, only_yes(scores, cuts), only_no(scores, cuts)).mean()) if len(scores) else 0.0
        if answered > most:
            best, most = error, answered
        if answered >= coverage:
            break
    return best
