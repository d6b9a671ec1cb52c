"""Everything that was handed over becomes tables, or is refused with all that is wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from keepstone.lifecycle.gathering import Beside, Gathered, gather
from keepstone.map.frame import NOT_KNOWN

FRAME = pd.DataFrame({"lab": [1.0, 2.0, np.nan, 4.0], "sex": ["f", "m", "f", "m"]})
Y = [0, 1, 0, 1]
TRAIN = pd.DataFrame({"sex": ["m", "x"], "lab": [5.0, 60.0]})


def good(rows: object = FRAME, y: object = Y, **beside: Any) -> Gathered:  # noqa: ANN401  what may be handed over
    problems: list[str] = []
    found = gather(rows, y, Beside(**beside), problems)
    assert problems == []
    assert found is not None
    return found


def wrong(rows: object = FRAME, y: object = Y, **beside: Any) -> list[str]:  # noqa: ANN401  what may be handed over
    problems: list[str] = []
    assert gather(rows, y, Beside(**beside), problems) is None
    return problems


def test_cases_alone() -> None:
    found = good()
    assert found.test.y.tolist() == Y
    assert found.test.row.tolist() == [0, 1, 2, 3]
    assert len(set(found.test.unit.tolist())) == 4
    assert found.test.batch.tolist() == [0, 0, 0, 0]
    assert [feature.name for feature in found.test.features] == ["lab", "sex"]
    assert found.train is None
    assert found.guesses == {f"feature.*.{field}" for field in ("lower", "upper", "error_abs", "kind", "immutable")}


def test_everything_beside_them() -> None:
    found = good(
        groups=["sex"],
        unit=["a", "b", "a", "c"],
        batch=["s1", "s2", "s1", "s1"],
        meant=[1, 1, 0, 1],
        forecast=[0.5, np.nan, 0.1, 1.0],
        features=[{"name": "lab", "lower": 0, "upper": 9, "error_abs": 1, "kind": "number", "immutable": False}],
        train={"X": TRAIN, "y": [1, 0], "unit": ["c", "d"], "batch": ["s2", "s3"]},
    )
    test, train = found.test, found.train
    assert train is not None
    assert test.groups == {"sex": ["f", "m", "f", "m"]}
    assert train.groups == {"sex": ["m", "x"]}
    assert train.x[:, 0].tolist() == [5.0, 60.0]
    assert test.unit.tolist() == [0, 1, 0, 2]
    assert train.unit.tolist() == [2, 3]
    assert test.batch.tolist() == [0, 1, 0, 0]
    assert train.batch.tolist() == [1, 2]
    assert test.notes == train.notes == {"batch.0": "s1", "batch.1": "s2", "batch.2": "s3"}
    assert test.meant is not None
    assert test.meant.tolist() == [1, 1, 0, 1]
    assert test.forecast is not None
    assert "feature.sex.immutable" in found.guesses
    assert not any(guess.startswith("feature.lab") for guess in found.guesses)


def test_what_is_not_said_of_training_rows_is_not_known() -> None:
    found = good(groups={"site": ["a", "b", "a", "b"]}, unit=[1, 2, 3, 4], train=(TRAIN, [1, 0]))
    assert found.train is not None
    assert found.train.groups == {"site": [NOT_KNOWN, NOT_KNOWN]}
    assert not set(found.train.unit.tolist()) & set(found.test.unit.tolist())
    assert found.train.file != found.test.file


def test_a_site_that_is_not_said_is_none_of_those_that_are() -> None:
    cases = good(batch=["s1", "s2", "s1", "s1"], train=(TRAIN, [1, 0]))
    train = good(train={"X": TRAIN, "y": [1, 0], "batch": ["s2", "s3"]})
    assert cases.train is not None
    assert cases.train.batch.tolist() == [-1, -1]
    assert train.test.batch.tolist() == [-1] * 4


def test_guesses_are_named() -> None:
    ages = np.arange(60.0).reshape(30, 2)
    found = good(ages, ["a", "b"] * 15, groups={"age": ages[:, 0]})
    assert {"data.positive", "group.age.cuts", "feature.*.lower"} <= found.guesses
    found = good(ages, ["a", "b"] * 15, positive="a", features={"x0": {"lower": 0}})
    assert "data.positive" not in found.guesses
    assert "feature.x1.lower" in found.guesses
    assert "feature.*.upper" in found.guesses


def test_scores_alone_need_no_rows() -> None:
    found = good(None)
    assert found.test.x.shape == (4, 0)
    assert found.guesses == frozenset()


def test_tables_are_named_by_what_they_hold() -> None:
    one = good()
    assert one.test.digest == good(FRAME.copy()).test.digest
    others = [
        good(FRAME.assign(lab=0.5)),
        good(y=[1, 0, 0, 1]),
        good(unit=[1, 1, 2, 2]),
        good(groups=["sex"]),
        good(meant=Y),
        good(forecast=[0.5] * 4),
        good(FRAME.rename(columns={"lab": "bal"})),
    ]
    assert len({one.test.digest, *(other.test.digest for other in others)}) == 1 + len(others)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "lengths": ({"y": [0, 1]}, "The «y» must have a value for each of the 4 rows; got 2."),
    "no labels": ({"y": None}, "The «y» must be one value a row; got shape ()."),
    "one class": ({"y": [1, 1, 1, 1]}, "The «y» must hold two labels; got 1: 1."),
    "no rows": ({"rows": FRAME[:0], "y": []}, "The «X» must have rows; got none."),
    "units": ({"unit": [1, 2]}, "The «unit» must have a value for each of the 4 rows; got 2."),
    "groups within a unit": (
        {"groups": ["sex"], "unit": [1, 1, 2, 3]},
        "The «groups: sex» must be one for all rows of a «unit»; 1 of 3 have several: name what holds for the whole unit.",
    ),
    "batches": ({"batch": [1, 2]}, "The «batch» must have a value for each of the 4 rows; got 2."),
    "training units": ({"train": {"X": TRAIN, "y": [1, 0], "unit": [1]}}, "The «train: unit» must have a value for each of the 2 rows; got 1."),
    "meant": ({"meant": [0, 1, 2, 1]}, "The «meant» must hold the labels of y, 0 and 1; got 2."),
    "training of one class": ({"train": (TRAIN, [1, 1])}, "The «y of train» must hold both labels; got only 1."),
    "training of other labels": ({"train": (TRAIN, ["a", "b"])}, 'The «y» must hold two labels; got 4: 0, 1, "a", "b".'),
    "training of other columns": ({"train": (TRAIN[["lab"]], [1, 0])}, 'The «train» must have the same columns as X; got 1: "lab".'),
    "training alone": ({"train": TRAIN}, "The «train» must be a pair (X, y), or a mapping with X and y; got DataFrame."),
    "training with more": ({"train": {"X": TRAIN, "y": [1, 0], "w": 1}}, "The «train» must hold X and y, and may hold groups, unit, batch; got X, y, w."),
    "columns": ({"groups": ["sex", "race"]}, 'The «groups» must name columns of X; got "race".'),
    "features": ({"features": {"race": {}}}, 'The «features» must name columns of X; got "race".'),
    "forecast": ({"forecast": [0, 1, 2, 0]}, "The «forecast» must be chances in [0, 1]; got values outside."),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_does_not_fit_together_is_refused(what: str) -> None:
    given, sentence = WRONG[what]
    assert wrong(**given) == [sentence]


def test_several_problems_are_told_at_once() -> None:
    assert len(wrong(y=[0, 1], groups=["race"], features={"x": {}})) == 3
