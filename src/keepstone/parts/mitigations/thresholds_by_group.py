"""Thresholds by group: the operating point of each group is set so that outcomes are flagged equally often in all of them.

Post-processing (Hardt, Price & Srebro 2016, *Equality of opportunity in supervised learning*): the model stays, the group is read from the features of
the row, and its threshold is the largest that flags the overall share of outcomes on honest scores. It equalises the shares on the rows that it was set
on. On others small groups may come out further apart than before, and whoever can write the feature chooses the threshold.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.artefact import Alone, key_of
from keepstone.core.channel import INPUT, OUTPUT, Channel, Signal
from keepstone.core.part import Tabular, part
from keepstone.core.screened import screened
from keepstone.intake.slug import number, slug
from keepstone.stats.strata import strata

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.channel import Floats, Ints, Tap
    from keepstone.core.part import Target

LEAST = 20
"""A group with fewer outcomes keeps the overall threshold: its own could not be told from chance."""


@dataclass(frozen=True)
class Points:
    """The operating points in place.

    Attributes:
        column: Where the group stands in a row.
        thresholds: One a stratum.
        other: For rows whose group is not known, or was not seen.
    """

    column: int
    thresholds: tuple[float, ...]
    other: float

    def of(self, stratum: Ints) -> Floats:
        """Give the threshold of each row, from its stratum."""
        known = (stratum >= 0) & (stratum < len(self.thresholds))
        picked: Floats = np.array([*self.thresholds, self.other])[np.where(known, stratum, len(self.thresholds))]
        return picked


@part("mitigation")
@dataclass(frozen=True)
class ThresholdsByGroup:
    """An operating point for each group of a feature.

    Attributes:
        feature: The feature that tells the group: a category, or a number with cut points.
        cuts: Ascending cut points of a number: group k holds the values at or above cut k - 1 and below cut k.
        points: The numbers in place, once they are found.

    Example:
        >>> ready = ThresholdsByGroup("sex", points=Points(column=0, thresholds=(0.3, 0.5), other=0.4))
        >>> tap, open_ = ready.begin(2, {}), np.zeros(2, dtype=np.int8)
        >>> _ = tap(INPUT, Signal(np.array([[0.0], [1.0]]), open_))
        >>> tap(OUTPUT, Signal(np.array([[0.4, 1.0], [0.4, 1.0]]), open_)).values[:, 1].tolist()
        [1.0, 0.0]
    """

    feature: str = ""
    cuts: tuple[float, ...] = ()
    points: Points | None = None

    name: ClassVar[str] = "thresholds_by_group"
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT, OUTPUT})

    @property
    def id(self) -> str:
        """The name, the feature and the cuts: "thresholds_by_group-age-50-65-80"."""
        return "-".join([self.name, slug(self.feature), *(number(cut) for cut in self.cuts)])

    @property
    def title(self) -> str:
        """In plain words."""
        cut = f" cut at {', '.join(f'{cut:g}' for cut in self.cuts)}" if self.cuts else ""
        return f"a threshold for each group of {self.feature}{cut}"

    def unfit(self, target: Target) -> str:
        """It needs the feature, and honest scores."""
        if not isinstance(target, Tabular):
            return "the target is not a classifier of a table"
        if not self.feature:
            return "give `feature`: the feature that tells the group, with `cuts` where it is a number"
        found = [feature for feature in target.features if feature.name == self.feature]
        if not found:
            return f"there is no feature «{self.feature}» that tells the group"
        if found[0].kind in {"number", "integer"} and not self.cuts:
            return f"give cut points: the feature «{self.feature}» is a number"
        return "" if self.points or target.size("search") else "give `search`, or `train` and `fit`: there are no rows to find the thresholds on"

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """The thresholds."""
        return (Chosen(target, self.feature, self.cuts),) if self.points is None and isinstance(target, Tabular) else ()

    def wrap(self, target: Target, shelf: Shelf) -> Target:
        """Find the thresholds, unless they are given, and sit on input and output."""
        if self.points is not None or not isinstance(target, Tabular):
            return screened(target, self)
        chosen = Chosen(target, self.feature, self.cuts)
        thresholds = tuple(float(value) for value in shelf.get(chosen)["thresholds"])
        return screened(target, replace(self, points=Points(chosen.column, thresholds, target.threshold)), by=self)

    def begin(self, rows: int, memory: MutableMapping[str, bytes]) -> Tap:
        """See the group of each row on its way in, and decide anew on its way out. Without thresholds nothing changes."""
        del memory
        points = self.points
        stratum = np.full(rows, -1, dtype=np.int64)

        def tap(channel: Channel, signal: Signal) -> Signal:
            if points is None or channel not in {INPUT, OUTPUT}:
                return signal
            values = np.array(signal.values, dtype=np.float64)
            if channel == INPUT:
                stratum[:] = strata(values[:, points.column], self.cuts)
                return signal
            values[:, 1] = np.where(np.isnan(values[:, 0]), np.nan, values[:, 0] >= points.of(stratum))
            return Signal(values, signal.rulings, signal.last)

        return tap


@dataclass(frozen=True, eq=False)
class Chosen(Alone):
    """The thresholds of a target's groups."""

    target: Tabular
    feature: str
    cuts: tuple[float, ...]

    @property
    def column(self) -> int:
        """Where the feature stands."""
        return [feature.name for feature in self.target.features].index(self.feature)

    @property
    def key(self) -> str:
        """Target and groups."""
        return key_of("thresholds by group", self.target.recipe, self.feature, self.cuts)

    def make(self, shelf: Shelf) -> dict[str, Floats]:
        """Find, for each group, the largest threshold that flags the overall share of outcomes."""
        table, scores = self.target.table("search"), self.target.held_out(shelf)
        stratum = strata(table.x[:, self.column], self.cuts)
        outcome = (table.y == 1) & np.isfinite(scores)
        share = float((scores[outcome] >= self.target.threshold).mean()) if outcome.any() else 0.0
        groups = len(self.cuts) + 1 if self.cuts else int(stratum.max(initial=-1)) + 1
        thresholds = np.full(groups, self.target.threshold)
        for group in range(groups):
            ranked = np.sort(scores[outcome & (stratum == group)])[::-1]
            flagged = int(np.ceil(share * len(ranked)))
            if len(ranked) >= LEAST and flagged:
                thresholds[group] = ranked[flagged - 1]
        return {"thresholds": thresholds}
