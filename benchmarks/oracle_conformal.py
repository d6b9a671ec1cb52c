"""Conformal sets of the mitigation `abstention` against those of MAPIE, label by label: they must be the same sets.

Oracle: MAPIE's split conformal classifier with the score "lac", calibrated on the rows of one label for the membership of that label. Where a label has
too few rows for the level MAPIE refuses; there the label must never be ruled out.
"""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING

import numpy as np
from mapie.classification import SplitConformalClassifier
from printing import show, verdict
from sklearn.base import BaseEstimator, ClassifierMixin

from keepstone.parts.mitigations.abstention import cuts_of, only_no, only_yes
from keepstone.stats.chance import Address, uniform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.channel import Floats, Ints

LEVELS = (0.02, 0.05, 0.1, 0.2, 0.3)
FRESH = 2000


class Score(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """An estimator whose score is its only feature."""

    classes_ = np.array([0, 1])
    n_features_in_ = 1
    fitted_ = True

    def fit(self, x: Floats, y: Ints) -> Score:
        """Learn nothing."""
        del x, y
        return self

    def predict_proba(self, x: Floats) -> Floats:
        """Both probabilities."""
        return np.column_stack([1 - x[:, 0], x[:, 0]])

    def predict(self, x: Floats) -> Ints:
        """The label from a half on."""
        return (x[:, 0] >= 0.5).astype(np.int64)


def members(scores: Floats, y: Ints, fresh: Floats, error: float, label: int) -> NDArray[np.bool_]:
    """Tell with MAPIE whose set holds a label, calibrated on the rows of that label."""
    mine = y == label
    if error < 1 / (mine.sum() + 1):
        return np.ones(len(fresh), dtype=bool)
    oracle = SplitConformalClassifier(Score(), confidence_level=1 - error, conformity_score="lac", prefit=True)
    oracle.conformalize(scores[mine, None], y[mine])
    return np.asarray(oracle.predict_set(fresh[:, None])[1][:, label, 0], dtype=np.bool_)


def main() -> int:
    """Compare on scores with and without ties."""
    warnings.simplefilter("ignore")
    rows, differing = [], 0
    for n in (40, 200, 1000, 5000):
        for digits in (2, 15):
            luck = uniform(Address(0, f"oracle.{n}.{digits}", 0, n), "rows", 2)
            y = (luck[:, 0] < 0.3).astype(np.int64)
            scores = np.asarray(np.round(np.where(y == 1, luck[:, 1] ** 0.6, luck[:, 1] ** 2), digits), dtype=np.float64)
            fresh = np.round(uniform(Address(1, "oracle.fresh", 0, FRESH), "rows", 1)[:, 0], digits)
            worst = 0
            for error in LEVELS:
                cuts = cuts_of(scores, y == 1, error)
                no, yes = (members(scores, y, fresh, error, label) for label in (0, 1))
                worst += int(((only_yes(fresh, cuts) != (yes & ~no)) | (only_no(fresh, cuts) != (no & ~yes))).sum())
            differing += worst
            rows.append((n, digits, len(LEVELS) * FRESH, worst))
    show("sets that name one label, ours against MAPIE's", ("calibration rows", "digits", "sets", "differing"), rows)
    return 0 if verdict("differing sets", differing, 0) else 1


if __name__ == "__main__":
    sys.exit(main())
