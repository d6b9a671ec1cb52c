"""A model that was handed over in Python: how it is asked, how it is trained again, and what names it.

It keeps its own ways: it is asked with the container that it was trained on, and answers with its own labels. A model is

- an estimator in scikit-learn's manner (`predict_proba`, or `predict`; a pipeline),
- a function from a batch to probabilities of the label that matters, to two columns of probabilities in the order of the sorted labels, or to labels,
- or scores alone, one a case.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from keepstone.core.errors import InputError, MissingExtra
from keepstone.intake.fingerprint import fingerprint
from keepstone.intake.model import Estimated, Given
from keepstone.intake.outside import TRAINING, Training, Unusable
from keepstone.lifecycle.opening import Found

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.channel import Floats
    from keepstone.core.part import Learner, Scorer
    from keepstone.lifecycle.container import Container
    from keepstone.lifecycle.labels import Classes, Values


@dataclass(frozen=True, eq=False)
class Called:
    """Asks a function in its own words.

    Attributes:
        function: From a batch of rows to probabilities or labels.
        container: What it takes.
        classes: Its labels.
    """

    function: Callable[[Any], object]
    container: Container
    classes: Classes

    def __call__(self, x: Floats) -> object:
        """Score rows; an answer in labels becomes 1 and 0."""
        return scores_of(self.function(self.container.decode(x)), self.classes)


def scores_of(answer: object, classes: Classes) -> object:
    """Turn labels into 1 (matters) and 0, and put the probability of the label that matters last; leave other answers as they are.

    Raises:
        Unusable: If the answer holds a label that is not known.
    """
    values = np.asarray(answer) if isinstance(answer, list | tuple) or hasattr(answer, "to_numpy") else answer
    if not isinstance(values, np.ndarray):
        return values
    if values.ndim == 2 and values.shape[1] == 2 and values.dtype.kind == "f":
        return values[:, ::-1] if _last(classes) == classes.negative else values
    worded = values.dtype.kind in "OUSTb" or (values.dtype.kind in "iu" and classes.positive != 1)
    if not worded or values.ndim != 1:
        return values
    found = values.tolist()
    if any(one not in (classes.positive, classes.negative) for one in found):
        msg = f"the model must answer with {classes.positive!r} or {classes.negative!r}; it answered with something else"
        raise Unusable(msg)
    return np.fromiter((one == classes.positive for one in found), dtype=np.float64, count=len(found))


def _last(classes: Classes) -> object:
    """The label whose column comes last where columns are in the order of the sorted labels."""
    try:
        return max(cast("Any", classes.negative), cast("Any", classes.positive))
    except TypeError:
        return classes.positive


@dataclass(frozen=True, eq=False)
class Again:
    """Trains by a caller's function, or a fresh copy of an estimator, on rows in their own container and labels.

    Attributes:
        source: A function `fit(X, y)`, which may also take `seed` and `weight`, or an estimator in scikit-learn's manner.
        container: What it takes.
        classes: Its labels.
        training: How long it may take.
    """

    source: Any
    container: Container
    classes: Classes
    training: Training = field(default_factory=Training)

    @cached_property
    def recipe(self) -> str:
        """Named by what it is made of."""
        return fingerprint(self.source)

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Scorer:
        """Train on rows.

        Raises:
            InputError: If that fails, whatever was raised, or gives no model.
        """
        labels = np.empty(2, dtype=object)
        labels[:] = [self.classes.negative, self.classes.positive]
        told = np.asarray(labels[np.asarray(y, dtype=np.int64)].tolist())
        rows = self.container.decode(x)
        fitted = self._copied(rows, told, seed, weight) if hasattr(self.source, "fit") else self._called(rows, told, seed, weight)
        if not (callable(fitted) or hasattr(fitted, "predict_proba") or hasattr(fitted, "predict")):
            raise InputError(f"The «fit» must give a model; it gave {type(fitted).__name__}.")
        return scorer_of(fitted, self.container, self.classes)

    def _copied(self, rows: object, y: Values, seed: int, weight: Floats | None) -> object:
        try:
            from sklearn.base import clone
        except ImportError as error:
            raise MissingExtra("scikit-learn", "tabular") from error
        fresh = clone(self.source)
        fresh.set_params(**{name: seed for name in fresh.get_params(deep=True) if name == "random_state" or name.endswith("__random_state")})
        last = f"{fresh.steps[-1][0]}__" if hasattr(fresh, "steps") else ""
        named = {} if weight is None else {f"{last}sample_weight": weight}
        return self.training.run(lambda: fresh.fit(rows, y, **named), "The «fit»")

    def _called(self, rows: object, y: Values, seed: int, weight: Floats | None) -> object:
        taken = _parameters(self.source)
        if weight is not None and not taken & {"weight", "**"}:
            raise InputError("The «fit» must take «weight» for this: it trains with weights on the rows.")
        more = {"seed": seed, "weight": weight}
        named = {name: value for name, value in more.items() if taken & {name, "**"} and not (name == "weight" and value is None)}
        return self.training.run(lambda: self.source(rows, y, **named), "The «fit»")


def _parameters(function: Callable[..., object]) -> frozenset[str]:
    """The names of the parameters of a function; "**" where it takes any."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return frozenset()
    return frozenset("**" if one.kind is one.VAR_KEYWORD else one.name for one in found)


def scorer_of(model: object, container: Container, classes: Classes) -> Scorer:
    """Say how a fitted model or a function is asked."""
    if hasattr(model, "classes_") and (hasattr(model, "predict_proba") or hasattr(model, "predict")):
        return Estimated(model, classes.positive, None if container.plain else container.decode)
    function = next((getattr(model, name) for name in ("predict_proba", "predict") if hasattr(model, name)), model)
    return cast("Scorer", Called(cast("Callable[[Any], object]", function), container, classes))


def handed(model: object, fit: object, container: Container, classes: Classes, problems: list[str], *, fit_seconds: float = TRAINING) -> Found:
    """Look at a model that was handed over.

    Args:
        model: An estimator or a function, or None where `fit` trains one.
        fit: A function that trains one, or None: then an estimator is copied.
        container: What it takes.
        classes: Its labels.
        problems: Where sentences go.
        fit_seconds: Longest time that one training may take.
    """
    asked = hasattr(model, "predict_proba") or hasattr(model, "predict")
    if fit is not None and not callable(fit):
        problems.append(f"The «fit» must be a function fit(X, y); got {type(fit).__name__}.")
    if model is not None and not asked and not callable(model):
        problems.append(f"The «model» must have predict_proba or predict, or be a function of a batch of rows; got {type(model).__name__}.")
    if model is None and fit is None:
        problems.append("The «model» must be given; or `fit` and `train`, or `predictions`.")
    if hasattr(model, "classes_"):
        problems += _strange(cast("Any", model), classes)
    elif asked and hasattr(model, "predict_proba") and hasattr(model, "get_params"):
        problems.append(f"The «model» must be fitted; this {type(model).__name__} is not.")
    source = fit if fit is not None else model if hasattr(model, "get_params") and hasattr(model, "classes_") else None
    learner: Learner | None = None if source is None else Again(source, container, classes, Training(fit_seconds))
    scorer = None if model is None or problems else scorer_of(model, container, classes)
    name = type(model).__name__ if asked else f"function {getattr(model, '__name__', type(model).__name__)}" if model is not None else "trained by a function"
    return Found(scorer, learner, f"sha256:{fingerprint(model if model is not None else fit)}", name)


def _strange(model: Any, classes: Classes) -> list[str]:  # noqa: ANN401  an estimator
    known = list(model.classes_)
    if classes.positive in known and (classes.negative in known) and len(known) == 2:
        return []
    told = ", ".join(repr(one.item() if isinstance(one, np.generic) else one) for one in known[:6])
    return [f"The «labels» of y, {classes.negative!r} and {classes.positive!r}, must be the two that the model knows; it knows {told}."]


def scored(predictions: Values, classes: Classes) -> Found:
    """Scores alone, one a case in the order of X."""
    values = np.asarray(scores_of(predictions, classes), dtype=np.float64)
    return Found(Given(values), None, f"sha256:{fingerprint(values)}", "scores alone")


def labels_only(model: object) -> bool:
    """Whether a model is sure to answer with labels, so that no threshold is to be chosen."""
    return hasattr(model, "classes_") and hasattr(model, "predict") and not hasattr(model, "predict_proba")
