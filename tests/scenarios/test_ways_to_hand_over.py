"""The same model and the same people, handed over as one file, as two, and from Python: who was in the training data is told in all or in none."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

import keepstone as ks
from keepstone.ledger.keys import InsecureDevelopmentKey
from keepstone.lifecycle import assess as order
from keepstone.lifecycle.described import described
from keepstone.lifecycle.opening import open_target
from keepstone.measure.shelf import KeptShelf

if TYPE_CHECKING:
    from keepstone.govern.rows import Finding

EACH = 1500
FINDING = "protection.membership-16.rate_at_few_alarms-0p01"
NAMES = ("a", "b", "c")
MODEL = '''
import numpy as np


class ByRote:
    """Sure of the rows it was trained on, and of no other."""

    classes_ = np.array([0, 1])

    def __init__(self, x, y):
        self.known = {row.tobytes(): label for row, label in zip(np.ascontiguousarray(x), y)}

    def predict_proba(self, x):
        sure = np.array([{0: 0.02, 1: 0.98}.get(self.known.get(row.tobytes()), 0.4) for row in np.ascontiguousarray(x)])
        return np.column_stack([1 - sure, sure])


def fit(x, y):
    return ByRote(x, y)
'''
SYSTEM = """
[system]
name = "made up"
purpose = "a test"
domain = "health"
autonomy = "advises"
population = "nobody"

[target]
fit = "model.py:fit"

[data]
test = "{test}"
{more}
label = "y"
positive = "1"
"""
FEATURE = """
[[feature]]
name = "{name}"
lower = -10
upper = 10
"""


def people() -> tuple[np.ndarray, np.ndarray]:
    """The first half of them was trained on."""
    luck = np.random.default_rng(5)
    x = np.round(luck.normal(size=(2 * EACH, len(NAMES))), 6)
    return x, (luck.random(2 * EACH) < 1 / (1 + np.exp(-2 * x[:, 0]))).astype(int)


def written(path: Path, rows: slice, *, part: bool = False) -> None:
    x, y = people()
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow([*NAMES, "y", *(["part"] if part else [])])
        for at in range(2 * EACH)[rows]:
            out.writerow([*(repr(float(value)) for value in x[at]), y[at], *([("train" if at < EACH else "test")] if part else [])])


def from_files(folder: Path, test: str, more: str) -> Finding:
    (folder / "model.py").write_text(MODEL)
    (folder / "system.toml").write_text(SYSTEM.format(test=test, more=more) + "".join(FEATURE.format(name=name) for name in NAMES))
    system, shelf, choice = described(folder / "system.toml"), KeptShelf(), order.Choice(only=frozenset({"protection"}))
    planned = order.prepare(system, open_target(system, folder, seed=7, shelf=shelf), choice, shelf)
    return next(one for one in order.assess(planned, choice, InsecureDevelopmentKey()).document.findings if one.id == FINDING)


def as_one_file(folder: Path) -> Finding:
    written(folder / "all.csv", slice(None), part=True)
    return from_files(folder, "all.csv", 'part = "part"')


def as_two_files(folder: Path) -> Finding:
    written(folder / "train.csv", slice(None, EACH))
    written(folder / "test.csv", slice(EACH, None))
    return from_files(folder, "test.csv", 'train = "train.csv"')


def from_python(fit: Any) -> Finding:  # noqa: ANN401  a function or an estimator
    x, y = people()
    train, handed = (x[:EACH], y[:EACH]), {"fit": fit} if not hasattr(fit, "fit") else {}
    model = fit.fit(*train) if hasattr(fit, "fit") else None
    result = ks.assess(model, x[EACH:], y[EACH:], train=train, threshold=0.5, only="protection", **handed)
    return next(one for one in result.document.findings if one.id == FINDING)


def by_rote(x: np.ndarray, y: np.ndarray) -> object:
    space: dict[str, Any] = {}
    exec(MODEL, space)  # noqa: S102  the text above
    return space["fit"](x, y)


def test_a_model_that_learned_by_rote_is_found_in_whatever_way_it_is_handed_over(tmp_path: Path) -> None:
    found = []
    for name, way in (("one", as_one_file), ("two", as_two_files)):
        (tmp_path / name).mkdir()
        found.append(way(tmp_path / name))
    found.append(from_python(by_rote))
    assert [(one.verdict, one.mean) for one in found] == [("fail", found[0].mean)] * 3
    assert (found[0].mean or 0) > 0.9


@pytest.mark.parametrize(("model", "least", "most"), [(DecisionTreeClassifier(random_state=0), 0.03, 1.0), (LogisticRegression(), 0.0, 0.025)])
def test_a_deep_tree_gives_its_rows_away_and_a_regression_does_not(model: Any, least: float, most: float) -> None:  # noqa: ANN401  an estimator
    assert least <= (from_python(model).mean or 0) <= most
