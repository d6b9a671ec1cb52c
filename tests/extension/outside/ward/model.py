"""Who will be worse within two days? A logistic regression on what is known on the first day."""

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler


def fit(x: np.ndarray, y: np.ndarray, *, seed: int = 0, weight: np.ndarray | None = None) -> Pipeline:
    """Train on rows of numbers, NaN where a value is missing; words arrive as codes."""
    model = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression(random_state=seed))
    return model.fit(x, y, logisticregression__sample_weight=weight)
