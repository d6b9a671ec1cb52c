# ruff: noqa: N803 the name that scikit-learn gives to features
"""Print the example's own table: how the models do, what present practice does, and whom they miss.

Nothing of Keepstone is used here, so the figures are an independent check of a report. Run it from anywhere::

    python measure.py
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import model
import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from numpy.typing import NDArray

    Fit = Callable[..., Any]

DATA: Final = Path(__file__).with_name("data")
RECALL: Final = 0.82
SEED: Final = 0


def risk(fitted: Any, X: NDArray[np.float64]) -> NDArray[np.float64]:  # noqa: ANN401 any classifier
    """Return the predicted chance of death, shape (rows,)."""
    return np.asarray(fitted.predict_proba(X)[:, 1])


def operating_point(fit: Fit, train: model.Table) -> float:
    """Return the largest threshold that flags 82 per cent of the deaths out of fold (5 folds of the training part)."""
    held = np.empty(len(train.y))
    for rest, fold in StratifiedKFold(5, shuffle=True, random_state=SEED).split(train.X, train.y):
        held[fold] = risk(fit(train.X[rest], train.y[rest], seed=SEED), train.X[fold])
    deaths = np.sort(held[train.y == 1])
    return float(deaths[int((1 - RECALL) * len(deaths))])


def counts(flagged: NDArray[np.bool_], y: NDArray[np.int64]) -> str:
    """Return missed deaths and alarms, as people and as shares."""
    deaths, others = int((y == 1).sum()), int((y == 0).sum())
    missed, alarms = int((~flagged & (y == 1)).sum()), int((flagged & (y == 0)).sum())
    return f"missed {missed:3d} of {deaths:3d} ({missed / max(deaths, 1):.3f}), alarms {alarms:3d} of {others:4d} ({alarms / max(others, 1):.3f})"


def by_group(flagged: NDArray[np.bool_], test: model.Table) -> str:
    """Return one line per group of the test part."""
    lines = []
    for column in ("sex", "age_band", "race", "dzgroup"):
        values = np.array(test.columns[column])
        lines += [f"    {column} {level or '(not known)'}: {counts(flagged[values == level], test.y[values == level])}" for level in np.unique(values)]
    return "\n".join(lines)


def practice(test: model.Table, predicted: NDArray[np.float64]) -> str:
    """Return how well the doctors' own forecast ranks the deaths, and the model on the same patients: those for whom there is a forecast."""
    known = np.array([value != "" for value in test.columns["prg2m"]])
    forecast = np.array([1 - float(value) for value in test.columns["prg2m"] if value])
    ends = {"death in hospital": test.y[known], "death within two months": np.array(test.columns["meant"], dtype=np.int64)[known]}
    areas = [f"{end} {roc_auc_score(y, forecast):.3f} (model {roc_auc_score(y, predicted[known]):.3f})" for end, y in ends.items()]
    return f"doctors' forecast, {known.sum()} of {len(known)} test patients, AUC: {', '.join(areas)}"


def report(fit: Fit, table: str, test: model.Table) -> str:
    """Return what one model, trained on one table, does on the test part."""
    train, own = model.read(DATA / f"{table}.csv.gz", "train"), model.read(DATA / f"{table}.csv.gz", "test")
    fitted, threshold = fit(train.X, train.y, seed=SEED), operating_point(fit, train)
    flagged = risk(fitted, test.X) >= threshold
    proxy = int(((flagged == test.y) & (flagged != np.array(test.columns["meant"], dtype=np.int64))).sum())
    areas = f"AUC {roc_auc_score(test.y, risk(fitted, test.X)):.3f} ({roc_auc_score(own.y, risk(fitted, own.X)):.3f} on its own table's test part)"
    end = f"right for the label and wrong for what was meant {proxy} of {len(test.y)}"
    return f"{getattr(fit, '__name__', fit)} on {table}: threshold {threshold:.4f}, {areas}, {counts(flagged, test.y)}, {end}\n{by_group(flagged, test)}\n"


def main() -> None:
    """Fit the models on both tables and print what they do on the careful test part."""
    test, train = (model.read(DATA / "careful.csv.gz", part) for part in ("test", "train"))
    for table in ("careful", "published"):
        for fit in (model.fit, model.fit_faulty, model.fit_logistic):
            sys.stdout.write(report(fit, table, test))
    sys.stdout.write(practice(test, risk(model.fit(train.X, train.y, seed=SEED), test.X)) + "\n")


if __name__ == "__main__":
    main()
