"""Several models as one: the mean of their scores. Their parameters stay within reach where all of them are estimators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from keepstone.intake.model import Estimated

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from keepstone.core.channel import Floats
    from keepstone.core.part import Scorer


@dataclass(eq=False)
class Averaged:
    """An estimator that answers with the mean of several, under the name that scikit-learn's ensembles use for them.

    Attributes:
        estimators_: The members.
        hows: Of each, its positive class, and how rows are put before it is asked.
        classes_: Both labels.
    """

    estimators_: list[object]
    hows: tuple[tuple[object, Callable[[Floats], object] | None], ...]
    classes_: tuple[int, int] = (0, 1)

    def predict_proba(self, x: Floats) -> Floats:
        """Both probabilities, float64 (rows, 2)."""
        asked = zip(self.estimators_, self.hows, strict=True)
        score = _mean([Estimated(estimator, positive, wrap)(x) for estimator, (positive, wrap) in asked])
        return np.column_stack([1 - score, score])


@dataclass(frozen=True, eq=False)
class Mean:
    """The mean of functions.

    Attributes:
        scorers: The members.
    """

    scorers: tuple[Scorer, ...]

    def __call__(self, x: Floats) -> Floats:
        """Score rows."""
        return _mean([scorer(x) for scorer in self.scorers])


def averaged(scorers: Sequence[Scorer]) -> Scorer:
    """Make one scorer of several.

    Args:
        scorers: At least one.

    Returns:
        Their mean: an `Estimated` over `Averaged` where all are `Estimated`, so that it can be altered; else a function.

    Example:
        >>> averaged([lambda x: x[:, 0], lambda x: x[:, 1]])(np.array([[0.25, 0.75], [0.0, 1.0]])).tolist()
        [0.5, 0.5]
    """
    known = [scorer for scorer in scorers if isinstance(scorer, Estimated)]
    if len(known) < len(scorers):
        return Mean(tuple(scorers))
    return Estimated(Averaged([one.estimator for one in known], tuple((one.positive, one.wrap) for one in known)))


def _mean(scores: Sequence[Floats]) -> Floats:
    total: Floats = np.mean([np.asarray(one, dtype=np.float64) for one in scores], axis=0)
    return total
