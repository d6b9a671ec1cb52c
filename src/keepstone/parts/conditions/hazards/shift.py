"""Other places, other people, other times: what it was trained on is not what it meets (Quinonero-Candela et al. 2009, dataset shift)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import TRAINING, Act, Channel, Ruling, Signal
from keepstone.core.errors import InputError
from keepstone.core.origin import Hazard
from keepstone.core.part import Tabular, part
from keepstone.core.usual import Unprepared
from keepstone.intake.slug import number, slug
from keepstone.stats.chance import uniform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Floats
    from keepstone.core.part import Oracle, Target
    from keepstone.core.table import Table
    from keepstone.core.trial import Trials


PREVALENCE, BATCH = "prevalence", "batch"


@part("condition")
@dataclass(frozen=True, kw_only=True)
class Shift(Unprepared):
    """A site, period or group that the model has not seen; or the same people at another prevalence.

    Law, where `of` is "batch" or an attribute of people: the target is trained without the rows of that batch or group (the operating point stays), and what
    is asked is how it does on them: read it with `within` by the column "batch" or "group:ATTRIBUTE".

    Law, where `of` is "prevalence": each case is kept with a chance that depends on its outcome alone, so that the outcome has the prevalence `to`: read it
    with `within` by the note "kept". The target is as it is, and rates among those with or without the outcome do not change; errors, alerts and scores do.

    Attributes:
        of: "batch", "prevalence", or an attribute of people.
        value: The batch's number or the group's name; not used for the prevalence.
        to: The prevalence, in (0, 1); not used otherwise.

    Raises:
        InputError: If the prevalence is not in (0, 1).

    Example:
        >>> Shift(of="batch", value="5").id, Shift(of="prevalence", to=0.5).id
        ('shift-batch-5', 'shift-prevalence-0p5')
    """

    of: str
    value: str = ""
    to: float = 0.5

    name: ClassVar[str] = "shift"
    stream: ClassVar[str] = "test"
    strength: ClassVar[float] = 1.0

    def __post_init__(self) -> None:
        """Refuse a prevalence that is none."""
        if not 0 < self.to < 1:
            raise InputError(f"The «to» of «shift» must be in (0, 1); got {self.to:g}.")

    @property
    def origin(self) -> Hazard:
        """What has shifted."""
        return Hazard(cause="another prevalence" if self.of == PREVALENCE else "a site, period or group that it has not seen")

    @property
    def channels(self) -> frozenset[Channel]:
        """Training, where rows are left out of it."""
        return frozenset() if self.of == PREVALENCE else frozenset({TRAINING})

    @property
    def id(self) -> str:
        """The name, and what has shifted to where."""
        return f"{self.name}-{slug(self.of)}-{number(self.to) if self.of == PREVALENCE else slug(self.value)}"

    @property
    def title(self) -> str:
        """In plain words."""
        if self.of == PREVALENCE:
            return f"the outcome in {self.to:.0%} of the cases"
        return f"trained without {self.of} {self.value}"

    def unfit(self, target: Target) -> str:
        """It needs the batches or groups, and a target that can be trained again."""
        if not isinstance(target, Tabular):
            return "the target is not a classifier of a table"
        if self.of == PREVALENCE:
            return ""
        if TRAINING not in target.channels:
            return "give `train` and `fit`: the target can't be trained again"
        if not _mine(target.table("train"), self).any() or not _mine(target.table(self.stream), self).any():
            return f"give `{self.of}`: nobody in the training data or the cases is of «{self.value}»"
        return ""

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Leave rows out of the training, or say which cases are kept."""
        del oracle, shelf
        if not isinstance(target, Tabular):
            return Act()
        if self.of == PREVALENCE:
            return Act(notes=lambda: {"kept": _kept(trials, target.table(trials.stream), self.to)})

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != TRAINING:
                return signal
            left_out = _mine(target.table("train"), self)
            return Signal(signal.values, np.where(left_out, np.int8(Ruling.BLOCKED), signal.rulings), signal.last)

        return Act(tap)


def _mine(table: Table, shift: Shift) -> NDArray[np.bool_]:
    """Tell which rows are of the batch or group."""
    if shift.of == BATCH:
        return np.array([str(number) == shift.value for number in table.batch.tolist()], dtype=bool)
    return np.array([name == shift.value for name in table.groups.get(shift.of, [""] * len(table))], dtype=bool)


def _kept(trials: Trials, table: Table, to: float) -> Floats:
    """Whether a trial is kept if its outcome is 0, and if it is 1, float64 (trials, 2)."""
    now = float(np.clip(table.y.mean(), 1e-9, 1 - 1e-9))
    chance = np.array([(1 - to) / (1 - now), to / now])
    return np.where(uniform(trials, "shift", 1) < chance / chance.max(), 1.0, 0.0)
