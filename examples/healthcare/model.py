# ruff: noqa: N803 the name that scikit-learn gives to features
"""The models of the healthcare example: who will die in hospital, told on the third day of the study.

Three recipes for the same 24 features: the careful one (gradient boosting), one that fits its training data too closely (a fault to be found), and
a plain one (logistic regression). Each ``fit`` takes features and outcome and returns a fitted scikit-learn classifier; equal arguments give equal
predictions, to the last bit, whatever the number of processor cores.
"""

from __future__ import annotations

import csv
import gzip
import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FEATURES: Final = (
    *("age", "sex", "dzgroup", "ca", "diabetes", "dementia", "num_co", "hday", "scoma", "adlsc"),
    *("meanbp", "hrt", "resp", "temp", "wblc", "pafi", "alb", "bili", "crea", "sod", "ph", "glucose", "bun", "urine"),
)
"""Columns of ``X``, in this order."""
LEVELS: Final = {
    "sex": ("female", "male"),
    "dzgroup": ("ARF/MOSF w/Sepsis", "CHF", "COPD", "Cirrhosis", "Colon Cancer", "Coma", "Lung Cancer", "MOSF w/Malig"),
    "ca": ("no", "yes", "metastatic"),
}
"""The words of the columns that hold words; the code in ``X`` is the position, from 0."""
LARGE: Final = ("dzgroup", "ca")
"""The columns with more than two levels: the models treat them as sets, not as sizes."""
OUTCOME: Final = "hospdead"


class Table(NamedTuple):
    """A part of an extract: ``X`` of shape (rows, 24), ``y`` of shape (rows,) with 1 for died in hospital, and every column as text."""

    X: NDArray[np.float64]
    y: NDArray[np.int64]
    columns: dict[str, list[str]]


def read(path: Path, part: str = "") -> Table:
    """Return an extract, or only its ``train`` or ``test`` part, ready for the models."""
    with gzip.open(path, "rt", encoding="ascii", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if part in {"", row["part"]}]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return Table(np.array([coded(name, columns[name]) for name in FEATURES]).T.copy(), np.array(columns[OUTCOME], dtype=np.int64), columns)


def coded(name: str, values: list[str]) -> list[float]:
    """Return a column as numbers: words by their position in ``LEVELS``, empty as NaN.

    Example:
        >>> coded("ca", ["no", "metastatic"]), coded("bun", ["23.5"])
        ([0.0, 2.0], [23.5])
    """
    codes = {level: float(code) for code, level in enumerate(LEVELS.get(name, ()))}
    return [codes[value] if codes else float(value or math.nan) for value in values]


def fit(X: NDArray[np.float64], y: NDArray[np.int64], *, seed: int, weight: NDArray[np.float64] | None = None) -> HistGradientBoostingClassifier:
    """Fit the careful model: gradient boosting of 120 small trees.

    Args:
        X: Features, shape (rows, 24), in the order of ``FEATURES``; NaN for missing. A column without any value plays no part.
        y: Outcome, shape (rows,), 1 for died in hospital.
        seed: Named in the model; with these settings nothing is drawn, so it does not change the predictions.
        weight: Weight of each row, shape (rows,); all the same if not given.
    """
    return _boosted(X, y, seed=seed, weight=weight, trees=120, leaves=15)


def fit_faulty(X: NDArray[np.float64], y: NDArray[np.int64], *, seed: int, weight: NDArray[np.float64] | None = None) -> HistGradientBoostingClassifier:
    """Fit a model that is too large for its data: it ranks its training rows without a mistake. Arguments as for :func:`fit`."""
    return _boosted(X, y, seed=seed, weight=weight, trees=150, leaves=63)


def fit_logistic(X: NDArray[np.float64], y: NDArray[np.int64], *, seed: int, weight: NDArray[np.float64] | None = None) -> Pipeline:
    """Fit a plain model: logistic regression on standardised features, medians in place of missing values. Arguments as for :func:`fit`."""
    words = [FEATURES.index(name) for name in LARGE]
    numbers = [column for column in range(len(FEATURES)) if column not in words]
    scaled = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler())
    columns = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), words), (scaled, numbers))
    model = make_pipeline(columns, LogisticRegression(max_iter=1000, random_state=seed))
    with threadpool_limits(limits=1):
        return model.fit(X, y, logisticregression__sample_weight=weight)


def _boosted(
    X: NDArray[np.float64], y: NDArray[np.int64], *, seed: int, weight: NDArray[np.float64] | None, trees: int, leaves: int
) -> HistGradientBoostingClassifier:
    """Fit a boosted classifier on one thread: sums over threads would depend on how many there are."""
    words = [FEATURES.index(name) for name in LARGE]
    model = HistGradientBoostingClassifier(max_iter=trees, max_leaf_nodes=leaves, categorical_features=words, early_stopping=False, random_state=seed)
    empty = np.isnan(X).all(axis=0)
    with threadpool_limits(limits=1):
        return model.fit(np.where(empty, 0.0, X), y, sample_weight=weight)
