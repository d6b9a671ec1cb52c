"""The luck of training: another sample of the same people, another seed, and another decision about a person (Marx et al. 2020, predictive multiplicity)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.artefact import Alone, key_of
from keepstone.core.channel import INPUT, OUTPUT, TRAINING, Act, Channel, Ruling, Signal
from keepstone.core.errors import InputError
from keepstone.core.origin import Hazard
from keepstone.core.part import Trainable, part
from keepstone.intake.model import Guarded
from keepstone.stats.chance import Address, integers, seed_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.channel import Floats
    from keepstone.core.part import Learner, Oracle, Target
    from keepstone.core.table import Table
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True, kw_only=True)
class Retraining:
    """A model trained again answers in place of the target.

    Law: `copies` models are trained by the target's own learner, each on a bootstrap sample of the units of "train" (as many units, drawn with replacement,
    all rows of each) and with another seed; the operating point stays. Each trial is answered by one of them, each equally likely. So the mean is that over
    these copies, and with `flips` the share of people whose decision is the luck of training.

    It sits on OUTPUT, next to the model and before every screen, so that the same trials of the target as it is are what it is held against.

    Attributes:
        copies: How many models are trained.

    Raises:
        InputError: If there is none.

    Example:
        >>> Retraining(copies=3).id
        'retraining-3'
    """

    copies: int = 3

    name: ClassVar[str] = "retraining"
    title: ClassVar[str] = "trained again on another sample of the same people"
    brief: ClassVar[str] = "trained again"
    stream: ClassVar[str] = "test"
    origin: ClassVar[Hazard] = Hazard(cause="another sample or another seed at training")
    strength: ClassVar[float] = 1.0
    channels: ClassVar[frozenset[Channel]] = frozenset({OUTPUT})

    def __post_init__(self) -> None:
        """Refuse no copy."""
        if self.copies < 1:
            raise InputError(f"The «copies» of «retraining» must be 1 or more; got {self.copies}.")

    @property
    def id(self) -> str:
        """The name and the copies."""
        return f"{self.name}-{self.copies}"

    def unfit(self, target: Target) -> str:
        """It needs a target that can be trained again."""
        fit = TRAINING in target.channels and isinstance(target, Trainable)
        return "" if fit else "give `train` and `fit`: the target can't be trained again"

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """The copies, for whatever seed the run has; they are made where they are first asked for."""
        del target
        return ()

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Let a copy answer."""
        del oracle
        if not isinstance(target, Trainable):
            return Act()
        learner, table, threshold = target.learner, target.table("train"), target.threshold
        chosen = integers(trials, "retraining", 1, self.copies)[:, 0]
        asked: list[Floats] = []

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel == INPUT:
                asked[:] = [np.asarray(signal.values, dtype=np.float64)]
            if channel != OUTPUT:
                return signal
            values = np.array(signal.values, dtype=np.float64)
            open_ = (np.asarray(signal.rulings) <= Ruling.CHANGED) & ~np.isnan(values[:, 0])
            for copy in range(self.copies):
                mine = np.flatnonzero(open_ & (chosen == copy))
                scores = shelf.get(_Copy(learner, table, trials.seed, copy))(asked[0][mine]).scores
                values[mine, 0], values[mine, 1] = scores, scores >= threshold
            return Signal(values, signal.rulings, signal.last)

        return Act(tap)


@dataclass(frozen=True, eq=False)
class _Copy(Alone):
    """A model trained again."""

    learner: Learner
    table: Table
    seed: int
    copy: int

    @property
    def key(self) -> str:
        """Learner, rows, seed and number."""
        return key_of("retrained", self.learner.recipe, self.table.digest, self.seed, self.copy)

    @property
    def lasting(self) -> bool:
        """A model is not kept on disk."""
        return False

    def make(self, shelf: Shelf) -> Guarded:
        """Draw units with replacement, and train on all of their rows."""
        del shelf
        names, index = np.unique(self.table.unit, return_inverse=True)
        drawn = integers(Address(self.seed, "retraining", 0, len(names), self.copy), "units", 1, len(names))[:, 0]
        times = np.bincount(drawn, minlength=len(names))[index]
        rows = np.repeat(np.arange(len(index)), times)
        return Guarded(self.learner.fit(self.table.x[rows], self.table.y[rows], seed=seed_of(self.seed, "retraining", str(self.copy))))
