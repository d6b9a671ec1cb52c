"""A scorecard, as on a laminated sheet: a point for each value from its cut on, a flag from so many points on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.artefact import key_of
from keepstone.core.channel import INPUT, OUTPUT, Channel, Ruling, Signal
from keepstone.core.errors import InputError
from keepstone.core.part import part
from keepstone.core.table import Feature, Table
from keepstone.core.trial import Outcome
from keepstone.stats.chance import order

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Column, Floats, Ints, Tap
    from keepstone.core.trial import Trials


@part("target")
@dataclass(frozen=True, eq=False)
class Scorecard:
    """Points for values, and a flag from so many points on. A missing value gives no point.

    Attributes:
        test: The cases. Keepstone gives them from [data], as it does `search`, `train` and `seed` to a target that has such fields.
        columns: The columns that can give a point.
        cuts: The value from which each gives it.
        points: Points from which a case is flagged.
    """

    test: Table
    columns: tuple[str, ...]
    cuts: tuple[float, ...]
    points: int = 2

    name: ClassVar[str] = "scorecard"
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT, OUTPUT})

    def __post_init__(self) -> None:
        """Refuse a card that can't be read."""
        known = [feature.name for feature in self.features]
        strange = [column for column in self.columns if column not in known]
        if strange or len(self.columns) != len(self.cuts):
            raise InputError(f"The «columns» must be columns of the cases, with as many «cuts»; got {', '.join(self.columns)} and {len(self.cuts)} cuts.")

    @property
    def id(self) -> str:
        """Its name."""
        return f"{self.name}-{self.points}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"a scorecard of {len(self.columns)} values, flagged from {self.points} points on"

    @property
    def recipe(self) -> str:
        """What makes it this one and no other."""
        return key_of(self.name, self.columns, self.cuts, self.points, self.test.digest)

    @property
    def features(self) -> tuple[Feature, ...]:
        """One a column."""
        return self.test.features

    @property
    def threshold(self) -> float:
        """Score from which a case is flagged."""
        return self.points / len(self.columns)

    def size(self, stream: str) -> int:
        """How many trials a stream holds: it has only cases."""
        return len(self.test) if stream == "test" else 0

    def table(self, stream: str) -> Table:
        """The rows of a stream, in the order of the file."""
        if stream != "test":
            raise InputError(f"The target «{self.id}» has no rows for «{stream}».")
        return self.test

    def order(self, trials: Trials) -> Ints:
        """The order in which rows are played: all rows of a unit (a patient) together."""
        _names, unit = np.unique(self.test.unit, return_inverse=True)
        place = np.argsort(order(trials.seed, trials.stream, int(unit.max()) + 1))
        return np.argsort(place[unit], kind="stable")

    def held_out(self, shelf: Shelf) -> Floats:
        """Honest scores of rows that may be looked at beforehand: there are none."""
        return np.zeros(0)

    def answer(self, signal: Signal) -> Signal:
        """Answer rows as for a client: score and decision. What was ruled above CHANGED is not answered."""
        x = np.asarray(signal.values, dtype=np.float64)
        at = [[feature.name for feature in self.features].index(column) for column in self.columns]
        score = (x[:, at] >= np.array(self.cuts)).mean(axis=1)  # a missing value is no point
        values = np.column_stack([score, score >= self.threshold]).astype(np.float64)
        values[signal.rulings > Ruling.CHANGED] = np.nan
        return Signal(values, signal.rulings, signal.last)

    def run(self, trials: Trials, tap: Tap) -> Outcome:
        """Play trials: everything that flows passes the tap, which is the condition and, behind it, the mitigation."""
        rows = self.order(trials)[trials.start : trials.stop]
        asked = tap(INPUT, Signal(self.test.x[rows], np.zeros(len(rows), dtype=np.int8)))
        said = tap(OUTPUT, self.answer(asked))
        values = np.asarray(said.values, dtype=np.float64)
        columns: dict[str, Column] = {
            "truth": self.test.y[rows].astype(np.float64),
            "score": values[:, 0],
            "flagged": values[:, 1],
            "ruling": said.rulings,
            "row": self.test.row[rows],
            "unit": self.test.unit[rows],
            "batch": self.test.batch[rows],
            "x": self.test.x[rows],
            "asked": np.asarray(asked.values, dtype=np.float64),
            **{f"group:{name}": np.asarray(who)[rows] for name, who in self.test.groups.items()},
        }
        return Outcome(columns, np.ones(len(rows)), np.zeros(len(rows), dtype=bool))


def _cases() -> Table:
    """Twelve invented cases, for `keepstone check`."""
    age, pulse = np.linspace(20, 97, 12), np.tile([60.0, 90.0, 120.0], 4)
    who = np.arange(12, dtype=np.int64)
    features = (Feature(name="age", immutable=True), Feature(name="pulse", error_abs=5.0))
    x, y = np.column_stack([age, pulse]), (age > 60).astype(np.int8)
    return Table(features=features, x=x, y=y, row=who, unit=who, groups={}, batch=np.zeros(12, dtype=np.int64), digest="twelve invented cases")


EXAMPLES = [Scorecard(test=_cases(), columns=("age", "pulse"), cuts=(65, 100), points=1)]
