"""Missing-value augmentation: the model also learns from rows with values removed, so that a missing value says less.

Every training row comes twice: as it is, and with each value that may be missing removed by chance. What is absent then stops being a sign of health or
illness beyond what it is by chance, whether it was lost or withheld (the idea of dropout on inputs: Vincent et al. 2008, *Extracting and composing
robust features with denoising autoencoders*).
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
from keepstone.stats.chance import Address, uniform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.channel import Floats
    from keepstone.core.part import Learner, Scorer, Target


@part("mitigation")
@dataclass(frozen=True)
class MissingAugmentation(Relearned):
    """Train also on rows with values removed.

    Attributes:
        share: Chance that a value of the second copy is removed, in (0, 1).

    Raises:
        InputError: If the share is not in (0, 1).

    Example:
        >>> MissingAugmentation(share=0.25).id
        'missing_augmentation-0p25'
    """

    share: float = 0.3

    name: ClassVar[str] = "missing_augmentation"
    channels: ClassVar[frozenset[Channel]] = frozenset({TRAINING})

    def __post_init__(self) -> None:
        """Refuse a share that is none."""
        if not 0 < self.share < 1:
            raise InputError(f"The «share» of missing_augmentation must be between 0 and 1; got {self.share}.")

    @property
    def id(self) -> str:
        """The name and the share."""
        return f"{self.name}-{number(self.share)}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"trained also with {self.share:.0%} of the values missing"

    def unfit(self, target: Target) -> str:
        """It needs a target that can be trained again, with values that may be missing."""
        if super().unfit(target) or not isinstance(target, Trainable):
            return super().unfit(target)
        return "" if any(feature.missing for feature in target.features) else "no feature may be missing: mark those that may be with `missing = true`"

    def learner(self, target: Trainable) -> Learner:
        """Train it again, on twice the rows."""
        columns = tuple(column for column, feature in enumerate(target.features) if feature.missing)
        return Riddled(target.learner, columns, self.share)


@dataclass(frozen=True)
class Riddled:
    """Trains on the rows and on a copy with holes."""

    inner: Learner
    columns: tuple[int, ...]
    share: float

    @property
    def recipe(self) -> str:
        """Columns, share and what is underneath."""
        return key_of("missing_augmentation", self.columns, self.share, self.inner.recipe)

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Scorer:
        """Train on twice the rows."""
        gone = uniform(Address(seed, self.recipe, 0, len(x)), "gone", len(self.columns)) < self.share
        holed = x.copy()
        holed[:, self.columns] = np.where(gone, np.nan, x[:, self.columns])
        twice = None if weight is None else np.r_[weight, weight]
        return self.inner.fit(np.vstack([x, holed]), np.r_[y, y], seed=seed, weight=twice)
