"""A model is asked in its own container and labels, and trained again in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

from keepstone.core.errors import InputError
from keepstone.intake.model import Estimated, Given, Guarded
from keepstone.lifecycle.container import Container, contain
from keepstone.lifecycle.handed import handed, labels_only, scored, scores_of
from keepstone.lifecycle.labels import Classes
from keepstone.lifecycle.opening import Found

FRAME = pd.DataFrame({"lab": np.arange(60.0) % 11, "sex": ["f", "m", "f"] * 20})
WORDS = np.where(FRAME["lab"] > 5, "ill", "well")
Y = (WORDS == "ill").astype(np.int8)
ILL = Classes(negative="well", positive="ill")
NUMBERS = Classes(negative=0, positive=1)


def contained(rows: object) -> tuple[Container, np.ndarray]:
    problems: list[str] = []
    container = contain(rows, [], problems)
    assert container is not None
    x = container.encode(rows, "X", problems)
    assert problems == []
    return container, x


def look(model: object, container: Container, classes: Classes, fit: Callable[..., object] | None = None) -> Found:
    problems: list[str] = []
    found = handed(model, fit, container, classes, problems)
    assert problems == []
    return found


def pipeline() -> Any:  # noqa: ANN401  an estimator
    return make_pipeline(make_column_transformer((OneHotEncoder(), ["sex"]), (StandardScaler(), ["lab"])), LogisticRegression())


def test_a_pipeline_of_a_frame_with_words_is_asked_with_such_a_frame() -> None:
    model = pipeline().fit(FRAME, WORDS)
    container, x = contained(FRAME)
    found = look(model, container, ILL)
    assert isinstance(found.scorer, Estimated)
    column = list(model.classes_).index("ill")
    np.testing.assert_array_equal(found.scorer(x), model.predict_proba(FRAME)[:, column])


def test_it_is_trained_again_in_its_own_container_and_labels() -> None:
    model = pipeline().fit(FRAME, WORDS)
    container, x = contained(FRAME)
    learner = look(model, container, ILL).learner
    assert learner is not None
    again = cast("Estimated", learner.fit(x, Y, seed=3))
    np.testing.assert_allclose(again(x), model.predict_proba(FRAME)[:, 0], atol=1e-12)
    weighted = cast("Estimated", learner.fit(x, Y, seed=3, weight=np.where(Y == 1, 9.0, 1.0)))
    assert weighted(x).mean() > again(x).mean()


def test_every_step_of_a_pipeline_gets_the_seed() -> None:
    model = make_pipeline(StandardScaler(), LogisticRegression(solver="liblinear")).fit(FRAME[["lab"]].to_numpy(), Y)
    container, x = contained(FRAME[["lab"]].to_numpy())
    learner = look(model, container, NUMBERS).learner
    assert learner is not None
    fitted = cast("Estimated", learner.fit(x, Y, seed=11)).estimator
    assert fitted.steps[-1][1].random_state == 11
    assert model.steps[-1][1].random_state is None


def test_an_estimator_that_only_decides_answers_0_and_1() -> None:
    container, x = contained(FRAME[["lab"]].to_numpy())
    model = LinearSVC().fit(x, WORDS)
    found = look(model, container, ILL)
    assert found.scorer is not None
    assert set(cast("Any", found.scorer)(x).tolist()) == {0.0, 1.0}
    assert labels_only(model)
    assert not labels_only(LogisticRegression().fit(x, WORDS))


def test_a_model_of_other_labels_is_refused() -> None:
    container, x = contained(FRAME[["lab"]].to_numpy())
    problems: list[str] = []
    handed(LogisticRegression().fit(x, WORDS), None, container, NUMBERS, problems)
    assert problems == ["The «labels» of y, 0 and 1, must be the two that the model knows; it knows 'ill', 'well'."]


REFUSED = {
    "not fitted": (LogisticRegression(), None, "The «model» must be fitted; this LogisticRegression is not."),
    "no model": ("model.pkl", None, "The «model» must have predict_proba or predict, or be a function of a batch of rows; got str."),
    "nothing": (None, None, "The «model» must be given; or `fit` and `train`, or `predictions`."),
    "fit is none": (None, 3, "The «fit» must be a function fit(X, y); got int."),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_model_is_refused(what: str) -> None:
    model, fit, sentence = REFUSED[what]
    container, _x = contained(FRAME)
    problems: list[str] = []
    handed(model, fit, container, NUMBERS, problems)
    assert problems == [sentence]


# ---- functions ----

ANSWERS = {
    "chances": ([0.2, 0.9], NUMBERS, [0.2, 0.9]),
    "numbers as labels": (np.array([0, 1]), NUMBERS, [0, 1]),
    "truth values": (np.array([False, True]), NUMBERS, [0.0, 1.0]),
    "words": (np.array(["ill", "well"]), ILL, [1.0, 0.0]),
    "a list of words": (["ill", "well"], ILL, [1.0, 0.0]),
    "a series of words": (pd.Series(["ill", "well"]), ILL, [1.0, 0.0]),
    "other numbers as labels": (np.array([1, 2]), Classes(negative=1, positive=2), [0.0, 1.0]),
    "0 matters": (np.array([0, 1]), Classes(negative=1, positive=0), [1.0, 0.0]),
    "two columns": (np.array([[0.8, 0.2]]), NUMBERS, [[0.8, 0.2]]),
    "two columns, the first matters": (np.array([[0.8, 0.2]]), Classes(negative=1, positive=0), [[0.2, 0.8]]),
    "two columns of sorted words": (np.array([[0.8, 0.2]]), ILL, [[0.2, 0.8]]),
    "a chance is no label": (np.array([1.0, 0.4]), Classes(negative=1, positive=2), [1.0, 0.4]),
}


@pytest.mark.parametrize("what", ANSWERS)
def test_answers_in_the_model_s_own_words_become_scores(what: str) -> None:
    answer, classes, wanted = ANSWERS[what]
    assert np.asarray(scores_of(answer, classes)).tolist() == wanted


def test_a_label_that_is_not_known_breaks_the_row() -> None:
    container, x = contained(FRAME)
    found = look(lambda rows: np.where(rows["sex"] == "f", "ill", "maybe"), container, ILL)
    answer = Guarded(cast("Any", found.scorer))(x[:4])
    assert answer.scores[[0, 2, 3]].tolist() == [1.0, 1.0, 1.0]
    assert answer.broken.tolist() == [False, True, False, False]
    assert answer.why[1] == "the model must answer with 'ill' or 'well'; it answered with something else"


def test_a_function_sees_the_container_it_knows() -> None:
    container, x = contained([["f", 1], ["m", 2]])
    seen: list[object] = []

    def model(rows: list[list[object]]) -> list[float]:
        seen.extend(rows)
        return [0.5] * len(rows)

    found = look(model, container, NUMBERS)
    cast("Any", found.scorer)(x)
    assert seen == [["f", 1], ["m", 2]]


def test_a_model_without_classes_is_asked_as_a_function() -> None:
    class Network:
        def predict(self, rows: np.ndarray) -> np.ndarray:
            return np.full((len(rows), 1), 0.25)

    container, x = contained(np.zeros((3, 2)) + np.arange(2))
    found = look(Network(), container, NUMBERS)
    assert Guarded(cast("Any", found.scorer))(x).scores.tolist() == [0.25] * 3
    assert found.learner is None
    assert found.about == "Network"


# ---- training functions ----


def test_a_training_function_gets_what_it_takes() -> None:
    container, x = contained(FRAME)
    got: dict[str, Any] = {}

    def bare(rows: pd.DataFrame, y: np.ndarray) -> Any:  # noqa: ANN401  an estimator
        got["bare"] = (list(rows.columns), sorted(set(y.tolist())))
        return pipeline().fit(rows, y)

    def full(rows: pd.DataFrame, y: np.ndarray, *, seed: int, weight: np.ndarray | None = None) -> Callable[[pd.DataFrame], np.ndarray]:
        got["full"] = (seed, None if weight is None else weight.sum(), len(y))
        return lambda frame: np.full(len(frame), 0.5)

    learner = look(None, container, ILL, bare).learner
    assert learner is not None
    assert cast("Any", learner.fit(x, Y, seed=1))(x).shape == (60,)
    assert got["bare"] == (["lab", "sex"], ["ill", "well"])
    with pytest.raises(InputError, match="must take «weight»"):
        learner.fit(x, Y, seed=1, weight=np.ones(60))
    learner = look(None, container, ILL, full).learner
    assert learner is not None
    assert cast("Any", learner.fit(x, Y, seed=5))(x).tolist() == [0.5] * 60
    assert got["full"] == (5, None, 60)
    learner.fit(x, Y, seed=6, weight=np.ones(60))
    assert got["full"] == (6, 60.0, 60)


def test_training_that_fails_is_told_in_one_line() -> None:
    container, x = contained(FRAME)

    def broken(rows: object, y: object) -> object:
        msg = "no\nmemory"
        raise MemoryError(msg)

    for fit, sentence in (
        (broken, "The «fit» could not train: MemoryError."),
        (lambda rows, y: 3, "The «fit» must give a model; it gave int."),
    ):
        learner = look(None, container, ILL, fit).learner
        assert learner is not None
        with pytest.raises(InputError) as caught:
            learner.fit(x, Y, seed=1)
        assert caught.value.problems == [sentence]


def test_models_are_named_by_what_they_are() -> None:
    container, x = contained(FRAME[["lab"]].to_numpy())
    one, other = LogisticRegression().fit(x, Y), LogisticRegression(C=0.01).fit(x, Y)
    assert look(one, container, NUMBERS).digest == look(LogisticRegression().fit(x, Y), container, NUMBERS).digest
    assert look(one, container, NUMBERS).digest != look(other, container, NUMBERS).digest
    learner = look(one, container, NUMBERS).learner
    assert learner is not None
    assert learner.recipe == learner.recipe


def test_scores_alone_can_t_be_asked() -> None:
    found = scored(np.array([0.1, 0.9]), NUMBERS)
    assert isinstance(found.scorer, Given)
    assert found.learner is None
    assert isinstance(scored(np.array(["ill", "well"]), ILL).scorer, Given)
