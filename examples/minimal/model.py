"""The model of the minimal example: logistic regression on ten measures of cell nuclei."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def fit(x: NDArray[np.float64], y: NDArray[np.int8], *, seed: int, weight: NDArray[np.float64] | None = None) -> Pipeline:
    """Fit the model.

    Args:
        x: Measures, shape (rows, 10).
        y: Diagnosis, shape (rows,), 1 for malignant.
        seed: Named in the model; nothing is drawn with these settings.
        weight: Weight of each row, shape (rows,); all the same if not given.
    """
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, random_state=seed))
    return model.fit(x, y, logisticregression__sample_weight=weight)
