"""A target whose rates of loss are known exactly, and the condition that sets them: what `keepstone selfcheck` judges the engine by.

Everything between them and the verdict is the real thing: channels, batches, metrics, claims, families, e-BH.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import INPUT, Act, Channel, Signal
from keepstone.core.origin import Hazard
from keepstone.core.trial import Outcome, Trials
from keepstone.stats.chance import uniform

if TYPE_CHECKING:
    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.channel import Floats, Tap
    from keepstone.core.part import Oracle, Target

LUCKS = 12
"""Independent sources of luck; cells with the same one share their items' luck."""
WARDS = 6
SURE = (0.1, 0.9)
"""Scores: every answer is fairly sure of itself, right or wrong."""


@dataclass(frozen=True)
class Simulated:
    """Answers wrongly at a rate that flows to it.

    Attributes:
        trials: How many there are in each stream.
        rows_a_unit: Rows that belong to one person and share their luck.
    """

    trials: int
    rows_a_unit: int = 1

    name: ClassVar[str] = "simulated"
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    @property
    def id(self) -> str:
        """Its name and size."""
        return f"simulated-{self.trials}-{self.rows_a_unit}"

    @property
    def recipe(self) -> str:
        """The same."""
        return self.id

    def size(self, stream: str) -> int:
        """As many trials to search on as to claim on."""
        return self.trials if stream in {"test", "search"} else 0

    def cut(self, trials: Trials, at: int) -> int:
        """The first boundary of a person at or after `at`."""
        del trials
        return min(self.trials, -(-at // self.rows_a_unit) * self.rows_a_unit)

    def run(self, trials: Trials, tap: Tap) -> Outcome:
        """Play the trials: (rate on side a, rate on side b, which luck) flow in, a trial each."""
        n = len(trials)
        told = np.asarray(tap(INPUT, Signal(np.zeros((n, 3)), np.zeros(n, dtype=np.int8))).values, dtype=np.float64)
        at = np.arange(trials.start, trials.stop)
        unit = at // self.rows_a_unit
        luck = self._of_units(trials, unit, "luck", LUCKS)
        first = self._of_units(trials, unit, "who", 3)
        side_a, truth = first[:, 0] < 0.5, first[:, 1] < 0.5
        rate = np.where(side_a, told[:, 0], told[:, 1])
        wrong = luck[np.arange(n), told[:, 2].astype(np.int64)] < rate
        flagged = truth ^ wrong
        columns = {
            "truth": truth.astype(np.float64),
            "flagged": flagged.astype(np.float64),
            "score": np.where(flagged, SURE[1], SURE[0]),
            "ruling": np.zeros(n, dtype=np.int8),
            "row": at,
            "unit": unit,
            "x": np.zeros((n, 1)),
            "asked": told,
            "group:side": np.where(side_a, "a", "b"),
            "group:ward": np.array([f"w{k}" for k in range(WARDS)])[(first[:, 2] * WARDS).astype(np.int64)],
        }
        return Outcome(columns, np.ones(n), np.zeros(n, dtype=bool))

    @staticmethod
    def _of_units(trials: Trials, unit: np.ndarray[tuple[int], np.dtype[np.int64]], purpose: str, k: int) -> Floats:
        """Numbers that all rows of a person share."""
        people = Trials(trials.seed, trials.stream, int(unit[0]), int(unit[-1]) + 1, trials.unit)
        numbers: Floats = uniform(people, purpose, k)[unit - unit[0]]
        return numbers

    def answer(self, signal: Signal) -> Signal:
        """Nobody asks it."""
        return signal


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Ordinary use at known rates of wrong answers.

    Attributes:
        a: The rate among people of side a.
        b: The rate among the others.
        luck: Which luck decides, 0 to `LUCKS` - 1.
        stream: Which trials.
    """

    a: float
    b: float
    luck: int
    stream: str = "test"

    name: ClassVar[str] = "rates"
    strength: ClassVar[float] = 1.0
    origin: ClassVar[Hazard] = Hazard(cause="a known rate")
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    @property
    def id(self) -> str:
        """The rates and the luck."""
        return f"rates-{self.a:.6f}-{self.b:.6f}-{self.luck}-{self.stream}".replace(".", "p")

    @property
    def title(self) -> str:
        """In plain words."""
        return f"wrong at a rate of {self.a:g} and {self.b:g}"

    def unfit(self, target: Target) -> str:
        """It fits the simulated target."""
        return "" if isinstance(target, Simulated) else "the target is not simulated"

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """Nothing."""
        del target
        return ()

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Let the rates flow in."""
        del oracle, shelf, target
        told = np.tile([self.a, self.b, float(self.luck)], (len(trials), 1))
        return Act(lambda channel, signal: Signal(told, signal.rulings) if channel == INPUT else signal)
