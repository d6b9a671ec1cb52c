"""Honest measurement error: no measurement is exact, and the next one of the same thing differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import INPUT, Act, Channel
from keepstone.core.errors import InputError
from keepstone.core.origin import Hazard
from keepstone.core.part import Tabular, part
from keepstone.core.usual import Unprepared
from keepstone.intake.slug import number
from keepstone.stats.chance import normal
from keepstone.stats.perturb import errors, settle, size
from keepstone.stats.pursuit import submitted

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Floats
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True, kw_only=True)
class SensorNoise(Unprepared):
    """Every measured value is off by a normal error.

    Law: each number or integer that can change and has a measurement error e (the larger of its absolute and relative one) gets e * errors * N(0, 1),
    independent for every value. Integers stay whole, nothing goes further out of its plausible range than it was, missing values stay missing.

    Attributes:
        errors: Standard deviation, in measurement errors. A declared error is a limit that honest laboratories stay within, so a half is ordinary.

    Raises:
        InputError: If `errors` is below 0.

    Example:
        >>> SensorNoise(errors=0.5).id
        'sensor_noise-0p5'
    """

    errors: float = 0.5

    name: ClassVar[str] = "sensor_noise"
    stream: ClassVar[str] = "test"
    origin: ClassVar[Hazard] = Hazard(cause="measurement error")
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse less than no noise."""
        if not self.errors >= 0:
            raise InputError(f"The «errors» of «sensor_noise» must be 0 or more; got {self.errors:g}.")

    @property
    def id(self) -> str:
        """The name, and the size in measurement errors."""
        return f"{self.name}-{number(self.errors)}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"noise of {self.errors:g} measurement errors"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return f"noise of {self.errors:g} errors"

    @property
    def strength(self) -> float:
        """The size."""
        return self.errors

    def unfit(self, target: Target) -> str:
        """It needs a column with a measurement error."""
        if not isinstance(target, Tabular) or INPUT not in target.channels:
            return "the target is not a classifier of a table"
        return "" if any(feature.noisy for feature in target.features) else "give `error_abs` or `error_rel` of the features that are measured"

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Measure every row once more."""
        del oracle, shelf
        features = target.features if isinstance(target, Tabular) else ()
        measured = np.array([feature.kind in ("number", "integer") and not feature.one_hot for feature in features])

        def noise(x: Floats) -> Floats:
            off = normal(trials, "sensor_noise", len(features)) * errors(x, features) * (self.errors * measured)
            return np.where(off == 0, x, settle(x + off, x, features))

        return submitted(INPUT, noise, lambda asked, x: size(asked, x, features))
