from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from keepstone.core.errors import InputError
from keepstone.intake.average import Averaged
from keepstone.intake.model import CloneLearner, Estimated
from keepstone.intake.outside import Training
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.mitigations.missing_augmentation import MissingAugmentation
from keepstone.parts.mitigations.regularisation import Again, Regularisation, Regularised, _based_on
from keepstone.stats.chance import Address, normal, uniform

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from keepstone.core.channel import Floats
    from keepstone.core.part import Target
    from keepstone.parts.targets.classifier import Classifier


def rows() -> tuple[Floats, NDArray[np.int8]]:
    at = Address(1, "rows", 0, 300)
    x = normal(at, "x", 3)
    return x, (x[:, 0] + normal(at, "e", 1)[:, 0] > 0).astype(np.int8)


def fitted(estimator: object, noise: float = 0.0) -> Any:  # noqa: ANN401  an estimator of any kind
    x, y = rows()
    scorer = Regularised(CloneLearner(estimator), noise).fit(x, y, seed=3)
    assert isinstance(scorer, Estimated)
    return scorer.estimator


def test_it_is_sound_on_a_kind_it_does_not_know(sound: Callable[..., Target]) -> None:
    sound(Regularisation())


@pytest.mark.parametrize(
    ("estimator", "settings"),
    [
        (HistGradientBoostingClassifier(max_iter=5), {"max_leaf_nodes": 7, "min_samples_leaf": 60, "l2_regularization": 10.0}),
        (HistGradientBoostingClassifier(max_iter=5, max_leaf_nodes=4, min_samples_leaf=90), {"max_leaf_nodes": 4, "min_samples_leaf": 90}),
        (LogisticRegression(C=2.0), {"C": 0.2}),
        (MLPClassifier((4,), max_iter=2000, alpha=0.1), {"alpha": 10.0}),
        (RandomForestClassifier(5), {"min_samples_leaf": 20}),
    ],
)
def test_a_known_kind_gets_tighter_settings_never_looser(estimator: object, settings: dict[str, float]) -> None:
    now = fitted(estimator).get_params()
    assert {name: now[name] for name in settings} == settings
    assert now.get("random_state", 3) == 3


def test_the_last_step_of_a_pipeline_is_tightened_and_weights_reach_it() -> None:
    x, y = rows()
    inner = Piped()
    scorer = Regularised(inner, 0.0).fit(x, y, seed=0, weight=np.where(y == 1, 5.0, 1.0))
    assert isinstance(scorer, Estimated)
    assert scorer.estimator.steps[-1][1].C == 0.1
    assert scorer(x).mean() > Regularised(inner, 0.0).fit(x, y, seed=0)(x).mean() + 0.05


class Piped:
    """A user's way to train a pipeline."""

    recipe = "piped"

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Estimated:
        return Estimated(make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y, logisticregression__sample_weight=weight))


def test_another_kind_becomes_a_mean_of_halves() -> None:
    model = fitted(GaussianNB())
    assert isinstance(model, Averaged)
    assert len(model.estimators_) == 5


def test_a_column_without_any_value_plays_no_part() -> None:
    x, y = rows()
    x[:, 2] = np.nan
    scorer = Regularised(Filled(), 0.0).fit(x, y, seed=0)
    assert np.isfinite(scorer(x)).all()


class Filled:
    """A user's way to train that puts zeros where a column is empty."""

    recipe = "filled"

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Estimated:
        return Estimated(HistGradientBoostingClassifier(max_iter=5).fit(np.where(np.isnan(x).all(axis=0), 0.0, x), y))


def test_what_another_mitigation_does_to_the_rows_is_kept(ward: Classifier) -> None:
    trees = replace(ward, learner=CloneLearner(HistGradientBoostingClassifier(max_iter=10)), _orders={})
    both = Regularisation(noise=0.0).wrap(MissingAugmentation().wrap(trees, KeptShelf()), KeptShelf())
    alone = Regularisation(noise=0.0).wrap(trees, KeptShelf())
    x = trees.test.x.copy()
    x[:, 4:] = np.nan
    assert not np.array_equal(both.scorer(x).scores, alone.scorer(x).scores)  # type: ignore[attr-defined]


def test_labels_stay_as_they_are_where_flips_would_leave_one_of_them_alone() -> None:
    learner = Regularised(CloneLearner(LogisticRegression()), 0.4)
    flipped = uniform(Address(0, learner.recipe, 0, 6), "flipped", 1)[:, 0] < 0.4
    assert 0 < flipped.sum() < 6
    scorer = learner.fit(np.arange(12.0).reshape(6, 2), flipped.astype(np.int8), seed=0)  # all would become 0
    assert np.isfinite(scorer(np.zeros((2, 2)))).all()


def test_noise_makes_the_model_less_sure() -> None:
    x, _y = rows()
    plain, noisy = fitted(LogisticRegression(), 0.0), fitted(LogisticRegression(), 0.2)
    assert np.abs(noisy.predict_proba(x)[:, 1] - 0.5).mean() < np.abs(plain.predict_proba(x)[:, 1] - 0.5).mean()


def test_a_share_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="«noise»"):
        Regularisation(noise=0.5)


def test_tighter_training_has_the_time_limit_of_the_learner_that_it_stands_for() -> None:
    x, y = rows()
    training = Training(0.2)
    learner = CloneLearner(Slow(), training)
    with pytest.raises(InputError, match=r"could not train: it took longer than 0\.2 s"):
        _based_on(learner, Again(Estimated(Slow().fit(x[:5], y[:5])), ())).fit(x, y, seed=1)
    assert training.hung


class Slow(LogisticRegression):  # type: ignore[misc]
    """Takes long where there are many rows."""

    def fit(self, x: Floats, y: NDArray[np.int8]) -> Slow:
        """Wait, but for a few rows."""
        if len(x) > 5:
            threading.Event().wait(5)
        return self
