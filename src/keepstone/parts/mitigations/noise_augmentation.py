"""Noise augmentation: the model also learns from rows as another measurement would have given them.

Every training row comes twice: as it is, and moved by normal noise of so many measurement errors, within what a row may be. For small noise this is a
penalty on the slope (Bishop 1995, *Training with noise is equivalent to Tikhonov regularization*). It answers chance; intent picks its direction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.artefact import key_of
from keepstone.core.channel import TRAINING, Channel
from keepstone.core.errors import InputError
from keepstone.core.part import Trainable, part
from keepstone.core.usual import Relearned
from keepstone.intake.slug import number
from keepstone.stats.chance import Address, normal
from keepstone.stats.perturb import errors, settle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.channel import Floats
    from keepstone.core.part import Learner, Scorer, Target
    from keepstone.core.table import Feature


@part("mitigation")
@dataclass(frozen=True)
class NoiseAugmentation(Relearned):
    """Train also on rows with noise.

    Attributes:
        errors: Standard deviation of the noise, in measurement errors, above 0.

    Raises:
        InputError: If it is not above 0.

    Example:
        >>> NoiseAugmentation(errors=0.5).id
        'noise_augmentation-0p5e'
    """

    errors: float = 1.0

    name: ClassVar[str] = "noise_augmentation"
    channels: ClassVar[frozenset[Channel]] = frozenset({TRAINING})

    def __post_init__(self) -> None:
        """Refuse noise that is none."""
        if not self.errors > 0:
            raise InputError(f"The «errors» of noise_augmentation must be above 0; got {self.errors}.")

    @property
    def id(self) -> str:
        """The name and the errors."""
        return f"{self.name}-{number(self.errors)}e"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"trained also with noise of {self.errors:g} measurement errors"

    def unfit(self, target: Target) -> str:
        """It needs a target that can be trained again, with measured values."""
        if super().unfit(target) or not isinstance(target, Trainable):
            return super().unfit(target)
        return "" if any(feature.noisy for feature in target.features) else "no feature has a measurement error: give `error_abs` or `error_rel`"

    def learner(self, target: Trainable) -> Learner:
        """Train it again, on twice the rows."""
        return Shaken(target.learner, target.features, self.errors)


@dataclass(frozen=True)
class Shaken:
    """Trains on the rows and on a copy with noise."""

    inner: Learner
    features: tuple[Feature, ...]
    errors: float

    @property
    def recipe(self) -> str:
        """Features, noise and what is underneath."""
        return key_of("noise_augmentation", self.features, self.errors, self.inner.recipe)

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Scorer:
        """Train on twice the rows."""
        noise = normal(Address(seed, self.recipe, 0, len(x)), "noise", x.shape[1])
        shaken = settle(x + self.errors * errors(x, self.features) * noise, x, self.features)
        twice = None if weight is None else np.r_[weight, weight]
        return self.inner.fit(np.vstack([x, shaken]), np.r_[y, y], seed=seed, weight=twice)
