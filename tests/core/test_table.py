"""Rows, and the rules that choose among them."""

from __future__ import annotations

import numpy as np

from keepstone.core.table import Feature, Rule, Table

X = np.array([[70.0, 1.0], [80.0, np.nan], [90.0, 2.0]])


def table() -> Table:
    index = np.arange(3, dtype=np.int64)
    features = (Feature(name="age"), Feature(name="alb", missing=True))
    return Table(features, X, np.array([0, 1, 1], dtype=np.int8), index, index, {"sex": ["f", "m", "f"]}, np.zeros(3, dtype=np.int64), "sha256:x")


def test_a_rule_holds_where_all_of_its_tests_do() -> None:
    assert Rule(((0, "age", ">", 75.0),)).holds(X).tolist() == [False, True, True]
    assert Rule(((0, "age", ">", 75.0), (1, "alb", "missing", 0.0))).holds(X).tolist() == [False, True, False]
    assert Rule(((1, "alb", "<=", 1.0),)).holds(X).tolist() == [True, False, False]
    assert Rule(((1, "alb", "is", 2.0),)).holds(X).tolist() == [False, False, True]
    assert Rule(()).holds(X).all()


def test_rows_are_taken_with_everything_that_is_known_of_them() -> None:
    taken = table().take(np.array([2, 0]))
    assert taken.x[:, 0].tolist() == [90.0, 70.0]
    assert taken.groups["sex"] == ["f", "f"]
    assert taken.row.tolist() == [2, 0]
    assert taken.digest != table().take(np.array([0, 2])).digest


def test_a_feature_is_noisy_if_it_can_be_moved_by_a_known_error() -> None:
    assert Feature(name="a", error_abs=1.0).noisy
    assert not Feature(name="a", error_abs=1.0, immutable=True).noisy
    assert not Feature(name="a").noisy
