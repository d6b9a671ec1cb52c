"""Training rows are found in what keeps them, whole, and in nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from keepstone.areas import controls
from keepstone.core.table import Rule
from keepstone.intake.model import Estimated, Guarded
from keepstone.measure.checks.conditions import problems
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.conditions.threats.rows_in_model import RowsInModel, arrays, standing
from keepstone.parts.metrics.found import Found
from keepstone.parts.mitigations.none import Nothing

if TYPE_CHECKING:
    from keepstone.core.part import AnyCondition
    from keepstone.parts.targets.classifier import Classifier

    Parts = Callable[..., list[float]]


def kept_by(model: Any) -> Classifier:  # noqa: ANN401  an outside model
    base = controls.linear()
    x = np.nan_to_num(base.table("train").x, nan=10.0)
    train, test = replace(base.table("train"), x=x), replace(base.test, x=np.nan_to_num(base.test.x, nan=10.0))
    scorer = Guarded(Estimated(model.fit(x, train.y)))
    return replace(base, digest=repr(model), scorer=scorer, train=train, test=test, _orders={})


def test_rows_are_found_in_what_keeps_them(parts: Parts) -> None:
    assert parts(RowsInModel(), Found(), controls.memorising()) == [1.0, 0.0]
    assert parts(RowsInModel(), Found(), controls.linear()) == [0.0, 0.0]


def test_rows_are_found_in_models_of_scikit_learn(parts: Parts) -> None:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    for model, share in (
        (KNeighborsClassifier(algorithm="kd_tree"), 1.0),
        (make_pipeline(StandardScaler(), KNeighborsClassifier()), 1.0),
        (make_pipeline(StandardScaler(), SVC()), 0.2),
    ):
        members, others = parts(RowsInModel(), Found(), kept_by(model))
        assert members >= share
        assert others == 0
    for clean in (LogisticRegression(max_iter=2000), HistGradientBoostingClassifier(max_iter=5)):
        assert parts(RowsInModel(), Found(), kept_by(clean)) == [0.0, 0.0]


def test_a_background_sample_left_in_an_object_is_found(parts: Parts) -> None:
    from sklearn.linear_model import LogisticRegression

    target = kept_by(LogisticRegression(max_iter=2000))
    call = target.scorer.call
    assert isinstance(call, Estimated)
    call.estimator.explainer_ = {"background": [target.table("train").x[:60].astype(np.float32)]}
    members, others = parts(RowsInModel(), Found(), replace(target, digest="explained", _orders={}))
    assert members == 0.1
    assert others == 0


def test_a_row_is_found_with_or_without_its_label_and_only_whole() -> None:
    x = np.array([[1.0, np.nan, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])
    assert standing(x, np.array([[1.0, 99.0, 3.0, 1.0], [4.0, 5.0, 6.5, 0.0]])).tolist() == [True, False, False]
    assert standing(x, np.zeros((0, 3))).tolist() == [False] * 3
    assert standing(x, np.zeros((4, 7))).tolist() == [False] * 3
    assert standing(x, x.astype(np.float32)).tolist() == [True] * 3


def test_what_goes_round_in_circles_is_walked_once() -> None:
    ring: list[object] = [np.ones((2, 2))]
    ring.append(ring)
    assert len(list(arrays(ring))) == 1
    deep: object = np.ones((2, 2))
    for _ in range(40):
        deep = [deep]
    assert list(arrays(deep)) == []


@pytest.mark.parametrize("threat", [RowsInModel()])
def test_it_keeps_the_contract_of_a_condition(threat: AnyCondition) -> None:
    assert list(problems(threat, controls.memorising(), Nothing(), KeptShelf())) == []


def test_what_can_t_act_says_what_would_change_that() -> None:
    bare = controls.sliced(Rule(((0, "a", ">", 1.0),)), 3, weak=False)
    assert "train" in RowsInModel().unfit(bare)
    assert "model itself" in RowsInModel().unfit(controls.scrambled())
