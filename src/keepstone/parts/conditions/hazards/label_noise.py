"""Training labels that are wrong by mistake: the accidental counterpart of chosen label flips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import TRAINING, Act, Channel, Signal
from keepstone.core.errors import InputError
from keepstone.core.origin import Hazard
from keepstone.core.part import part
from keepstone.core.usual import Unprepared
from keepstone.intake.slug import number
from keepstone.stats.chance import order

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


WORDS = {"all": "training labels wrong at random", "outcomes": "of the training labels wrong, all of them outcomes written down as none"}


@part("condition")
@dataclass(frozen=True, kw_only=True)
class LabelNoise(Unprepared):
    """A share of the training labels is the other one.

    Law: round(share * rows) labels are flipped, every choice among the eligible rows equally likely: all rows, or those with the outcome only (all of them
    where they are fewer). The operating point stays, as it was chosen on clean rows.

    Attributes:
        share: Share of all training rows.
        among: "all" or "outcomes".

    Raises:
        InputError: If the share is not in 0 .. 1, or `among` is another word.

    Example:
        >>> LabelNoise(share=0.05).id, LabelNoise(share=0.05, among="outcomes").id
        ('label_noise-0p05', 'label_noise-0p05-outcomes')
    """

    share: float = 0.05
    among: str = "all"

    name: ClassVar[str] = "label_noise"
    stream: ClassVar[str] = "test"
    origin: ClassVar[Hazard] = Hazard(cause="labels written down wrongly")
    channels: ClassVar[frozenset[Channel]] = frozenset({TRAINING})

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        if not 0 <= self.share <= 1:
            raise InputError(f"The «share» of «label_noise» must be in 0 .. 1; got {self.share:g}.")
        if self.among not in WORDS:
            raise InputError(f"The «among» of «label_noise» must be one of {', '.join(WORDS)}; got {self.among!r}.")

    @property
    def id(self) -> str:
        """The name, the share, and among which where it is not all."""
        return f"{self.name}-{number(self.share)}" + ("" if self.among == "all" else f"-{self.among}")

    @property
    def title(self) -> str:
        """In plain words."""
        return f"{self.share:.0%} {WORDS[self.among]}"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return f"{self.share:.0%} labels wrong"

    @property
    def strength(self) -> float:
        """The share."""
        return self.share

    def unfit(self, target: Target) -> str:
        """It needs a target that can be trained again."""
        return "" if TRAINING in target.channels else "give `train` and `fit`: the target can't be trained again"

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Write labels down wrongly."""
        del oracle, shelf, target

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != TRAINING:
                return signal
            values = np.array(signal.values, dtype=np.float64)
            eligible = np.flatnonzero(values[:, -1] == 1) if self.among == "outcomes" else np.arange(len(values))
            picked = eligible[order(trials.seed, f"label_noise.{trials.unit}", len(eligible))[: round(self.share * len(values))]]
            values[picked, -1] = 1 - values[picked, -1]
            return Signal(values, signal.rulings, signal.last)

        return Act(tap)
