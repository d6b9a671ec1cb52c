"""Digit preference: people write round numbers (Hessel 1986, *Terminal digit preference in blood pressure measurements*)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import INPUT, Act, Channel
from keepstone.core.errors import InputError
from keepstone.core.origin import Hazard
from keepstone.core.part import Tabular, part
from keepstone.stats.chance import uniform
from keepstone.stats.perturb import errors, settle, size
from keepstone.stats.pursuit import submitted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.channel import Floats
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True)
class DigitPreference:
    """A measured value is written down as the nearest round number.

    Law: each value with a measurement error is, with chance `share` and independently, moved to the nearest multiple of `grid` measurement errors.

    Attributes:
        share: Share of the values that are rounded, in percent, 0 to 100.
        grid: Distance of round numbers, in measurement errors.
    """

    share: int = 50
    grid: int = 4

    name: ClassVar[str] = "digit_preference"
    stream: ClassVar[str] = "test"
    origin: ClassVar[Hazard] = Hazard(cause="values are written as round numbers")
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        if not (0 <= self.share <= 100 and self.grid >= 1):
            raise InputError(f"The «share» must be 0 to 100 and the «grid» at least 1; got {self.share} and {self.grid}.")

    @property
    def id(self) -> str:
        """The name, with what tells two of them apart: letters, digits, _ and - only."""
        return f"{self.name}-{self.share}-{self.grid}e"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"{self.share} % of values rounded to {self.grid} measurement errors"

    @property
    def strength(self) -> float:
        """At 0 nothing is changed."""
        return self.share / 100

    def unfit(self, target: Target) -> str:
        """Say why it can't act on a target, naming what would change that."""
        if not isinstance(target, Tabular) or INPUT not in target.channels:
            return "the target is not a classifier of a table"
        return "" if any(feature.noisy for feature in target.features) else "give `error_abs` or `error_rel` of the features that are measured"

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """Nothing is made ahead."""
        return ()

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Sit on the input. Randomness is a function of the trial's address, so that splitting a batch changes nothing."""
        features = target.features if isinstance(target, Tabular) else ()

        def written(x: Floats) -> Floats:
            step = self.grid * errors(x, features)  # 0 where a value is missing, fixed or exact
            near = np.where(step > 0, np.rint(x / np.where(step > 0, step, 1.0)) * step, x)
            chosen = uniform(trials, self.name, len(features)) < self.strength
            return settle(np.where(chosen, near, x), x, features)

        return submitted(INPUT, written, lambda asked, x: size(asked, x, features))
