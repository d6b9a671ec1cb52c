"""Regularisation: a model that leans less on single training rows.

Labels are flipped for a small share of rows, drawn by chance, so that no row can be learned by heart (label noise; in the mean, the label smoothing of
Szegedy et al. 2016), and the settings of the model are held tighter where its kind is known:

    histogram gradient boosting   at most 7 leaves, at least 60 rows in each, penalty at least 10
    gradient boosting             depth at most 2, at least 60 rows in each leaf, half of the rows for each tree
    logistic regression           a tenth of C
    multi-layer perceptron        100 times alpha, at least 1
    trees and forests             at least 20 rows in each leaf
    any other                     mean of 5 models, each trained on half of the rows

For a model that a function of the user trains, the fitted model is taken apart for its settings and trained afresh with the tighter ones; what the
function did to the rows beforehand is then not repeated, but for columns without any value, which play no part.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, cast

import numpy as np

from keepstone.core.artefact import key_of
from keepstone.core.channel import TRAINING, Channel
from keepstone.core.errors import InputError
from keepstone.core.part import Trainable, part
from keepstone.core.usual import Relearned
from keepstone.intake.average import averaged
from keepstone.intake.model import Estimated, settings_of
from keepstone.intake.outside import Training
from keepstone.intake.slug import number
from keepstone.stats.chance import Address, order, seed_of, uniform

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from keepstone.core.channel import Floats
    from keepstone.core.part import Learner, Scorer

HALVES = 5

TIGHTER: Mapping[str, Mapping[str, Callable[[Any], Any]]] = {
    "HistGradientBoostingClassifier": {
        "max_leaf_nodes": lambda now: min(now or 7, 7),
        "min_samples_leaf": lambda now: max(now, 60),
        "l2_regularization": lambda now: max(now, 10.0),
    },
    "GradientBoostingClassifier": {
        "max_depth": lambda now: min(now or 2, 2),
        "min_samples_leaf": lambda now: max(now, 60) if isinstance(now, int) else now,
        "subsample": lambda now: min(now, 0.5),
    },
    "LogisticRegression": {"C": lambda now: now / 10},
    "MLPClassifier": {"alpha": lambda now: max(now * 100, 1.0)},
    "RandomForestClassifier": {"min_samples_leaf": lambda now: max(now, 20) if isinstance(now, int) else now},
    "ExtraTreesClassifier": {"min_samples_leaf": lambda now: max(now, 20) if isinstance(now, int) else now},
    "DecisionTreeClassifier": {"min_samples_leaf": lambda now: max(now, 20) if isinstance(now, int) else now},
}
"""By kind of model and setting, from the value now to the tighter one."""


@part("mitigation")
@dataclass(frozen=True)
class Regularisation(Relearned):
    """Label noise and tighter settings.

    Attributes:
        noise: Share of the training labels that are flipped by chance, in [0, 0.5).

    Raises:
        InputError: If the share is not in [0, 0.5).

    Example:
        >>> Regularisation().id
        'regularisation-0p05'
    """

    noise: float = 0.05

    name: ClassVar[str] = "regularisation"
    channels: ClassVar[frozenset[Channel]] = frozenset({TRAINING})

    def __post_init__(self) -> None:
        """Refuse a share that is none."""
        if not 0 <= self.noise < 0.5:
            raise InputError(f"The «noise» of regularisation must be at least 0 and less than 0.5; got {self.noise}.")

    @property
    def id(self) -> str:
        """The name and the noise."""
        return f"{self.name}-{number(self.noise)}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"regularised: tighter settings, {self.noise:.0%} of the training labels flipped by chance"

    def learner(self, target: Trainable) -> Learner:
        """Train it again."""
        return Regularised(target.learner, self.noise)


@dataclass(frozen=True)
class Regularised:
    """Trains on labels with noise, with tighter settings or else on halves."""

    inner: Learner
    noise: float

    @property
    def recipe(self) -> str:
        """Noise and what is underneath."""
        return key_of("regularisation", self.noise, self.inner.recipe)

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Scorer:
        """Train to learn the kind of model, then train again."""
        flipped = uniform(Address(seed, self.recipe, 0, len(y)), "flipped", 1)[:, 0] < self.noise
        told = np.where(flipped, 1 - y, y).astype(np.int8)
        if len(np.unique(told)) < len(np.unique(y)):
            told = y
        scorer = self.inner.fit(x, told, seed=seed, weight=weight)
        tighter = _tighter(scorer)
        if tighter is not None:
            return _based_on(self.inner, tighter).fit(x, told, seed=seed, weight=weight)
        halves = [_half(told, seed_of(seed, self.recipe, k)) for k in range(HALVES)]
        fits = [self.inner.fit(x[rows], told[rows], seed=seed_of(seed, "half", k), weight=_of(weight, rows)) for k, rows in enumerate(halves)]
        return averaged(fits)


def _of(weight: Floats | None, rows: NDArray[np.int64]) -> Floats | None:
    return None if weight is None else weight[rows]


def _half(y: NDArray[np.int8], seed: int) -> NDArray[np.int64]:
    """Half of the rows of each label, drawn without replacement, in order."""
    drawn = []
    for label in (0, 1):
        places = np.flatnonzero(y == label)
        drawn.append(places[order(seed, f"half.{label}", len(places))[: (len(places) + 1) // 2]])
    return np.sort(np.concatenate(drawn))


def _tighter(scorer: Scorer) -> Again | None:
    """The same model with tighter settings, not fitted; None where its kind is not known."""
    if not isinstance(scorer, Estimated):
        return None
    last = scorer.estimator.steps[-1][1] if hasattr(scorer.estimator, "steps") else scorer.estimator
    rules = TIGHTER.get(type(last).__name__)
    if rules is None or not hasattr(last, "get_params"):
        return None
    now = last.get_params(deep=False)
    return Again(scorer, tuple((name, rule(now[name])) for name, rule in rules.items() if name in now))


def _based_on(learner: Learner, base: Again) -> Learner:
    """The learner with another one at its bottom: what other mitigations do to the rows is kept."""
    inner = getattr(learner, "inner", None)
    wrapper = cast("Any", learner)  # wrappers are dataclasses with the learner that they wrap in «inner»
    base = replace(base, training=getattr(learner, "training", base.training))
    return base if inner is None else replace(wrapper, inner=_based_on(inner, base))


@dataclass(frozen=True)
class Again:
    """Trains a fresh copy of a fitted estimator with other settings."""

    scorer: Estimated
    settings: tuple[tuple[str, object], ...]
    training: Training = field(default_factory=Training, compare=False)

    @property
    def recipe(self) -> str:
        """Kind and settings."""
        return key_of("again", settings_of(self.scorer.estimator), self.settings)

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Scorer:
        """Train on rows; a column without any value plays no part."""
        from sklearn.base import clone

        fresh: Any = clone(self.scorer.estimator)
        step = f"{fresh.steps[-1][0]}__" if hasattr(fresh, "steps") else ""
        settings = dict(self.settings) | ({"random_state": seed} if "random_state" in fresh.get_params() or f"{step}random_state" in fresh.get_params() else {})
        fresh.set_params(**{f"{step}{name}": value for name, value in settings.items()})
        rows = np.where(np.isnan(x).all(axis=0), 0.0, x)
        classes = [one for one in getattr(self.scorer.estimator, "classes_", (0, 1)) if one != self.scorer.positive]
        labels = np.array([classes[0], self.scorer.positive])[y.astype(np.int64)]
        told, named = rows if self.scorer.wrap is None else self.scorer.wrap(rows), {} if weight is None else {f"{step}sample_weight": weight}
        self.training.run(lambda: fresh.fit(told, labels, **named), f"the model «{type(fresh).__name__}»")
        return Estimated(fresh, self.scorer.positive, self.scorer.wrap)
