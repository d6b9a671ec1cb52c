"""Reweighing: training rows weigh as if the outcome did not depend on the group.

Kamiran & Calders 2012, *Data preprocessing techniques for classification without discrimination*, section 4: a row of group g with label l weighs
P(g) P(l) / P(g, l), so that rare pairs count more. It moves what the model learns, not its threshold, and it treats a true difference between groups
(the old die more often) as one that should not be there: whether that helps is for the cells to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.artefact import key_of
from keepstone.core.channel import TRAINING, Channel
from keepstone.core.part import Trainable, part
from keepstone.core.usual import Relearned
from keepstone.intake.slug import number, slug
from keepstone.stats.strata import strata

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.channel import Floats
    from keepstone.core.part import Learner, Scorer, Target


@part("mitigation")
@dataclass(frozen=True)
class Reweighing(Relearned):
    """Weights by group and label.

    Attributes:
        feature: The feature that tells the group: a category, or a number with cut points.
        cuts: Ascending cut points of a number.

    Example:
        >>> Reweighing("age", cuts=(65.0,)).id
        'reweighing-age-65'
    """

    feature: str = ""
    cuts: tuple[float, ...] = ()

    name: ClassVar[str] = "reweighing"
    channels: ClassVar[frozenset[Channel]] = frozenset({TRAINING})

    @property
    def id(self) -> str:
        """The name, the feature and the cuts."""
        return "-".join([self.name, slug(self.feature), *(number(cut) for cut in self.cuts)])

    @property
    def title(self) -> str:
        """In plain words."""
        return f"training rows weighed so that the outcome does not depend on {self.feature}"

    def unfit(self, target: Target) -> str:
        """It needs a target that can be trained again, and the feature."""
        if super().unfit(target) or not isinstance(target, Trainable):
            return super().unfit(target)
        if not self.feature:
            return "give `feature`: the feature that tells the group, with `cuts` where it is a number"
        found = [feature for feature in target.features if feature.name == self.feature]
        if not found:
            return f"there is no feature «{self.feature}» that tells the group"
        return f"give cut points: the feature «{self.feature}» is a number" if found[0].kind in {"number", "integer"} and not self.cuts else ""

    def learner(self, target: Trainable) -> Learner:
        """Train it again, with weights."""
        column = [feature.name for feature in target.features].index(self.feature)
        return Weighed(target.learner, column, self.cuts)


@dataclass(frozen=True)
class Weighed:
    """Trains with weights by group and label, on top of weights that are given."""

    inner: Learner
    column: int
    cuts: tuple[float, ...]

    @property
    def recipe(self) -> str:
        """Column, cuts and what is underneath."""
        return key_of("reweighing", self.column, self.cuts, self.inner.recipe)

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Scorer:
        """Train on the rows, weighed."""
        fair = weights(strata(x[:, self.column], self.cuts), y)
        return self.inner.fit(x, y, seed=seed, weight=fair if weight is None else fair * weight)


def weights(group: NDArray[np.int64], y: NDArray[np.int8]) -> Floats:
    """Give P(g) P(l) / P(g, l) of each row.

    Example:
        >>> weights(np.array([0, 0, 0, 1]), np.array([1, 1, 0, 0], dtype=np.int8)).tolist()
        [0.75, 0.75, 1.5, 0.5]
    """
    _groups, index = np.unique(group, return_inverse=True)
    pairs = np.zeros((len(_groups), 2))
    np.add.at(pairs, (index, y.astype(np.int64)), 1.0)
    expected = pairs.sum(axis=1, keepdims=True) * pairs.sum(axis=0, keepdims=True) / max(len(y), 1)
    fair: Floats = (expected / np.maximum(pairs, 1.0))[index, y.astype(np.int64)]
    return fair
