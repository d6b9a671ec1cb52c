"""Ensembling: several models, each trained on rows drawn with replacement, and the mean of their scores.

Bagging (Breiman 1996, *Bagging predictors*): less variance, so fewer decisions that hang on which patients happened to be in the training data. With
`logistic`, a logistic regression is a further member of another kind, and the ensemble inherits some of its weaknesses with its strengths. Every query
costs as many answers as there are members.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from keepstone.core.artefact import key_of
from keepstone.core.channel import TRAINING, Channel
from keepstone.core.errors import InputError, MissingExtra
from keepstone.core.part import Trainable, part
from keepstone.core.usual import Relearned
from keepstone.intake.average import averaged
from keepstone.intake.model import Estimated
from keepstone.intake.threads import one_thread
from keepstone.stats.chance import Address, integers, seed_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.channel import Floats, Ints
    from keepstone.core.part import Learner, Scorer
    from keepstone.core.table import Feature


@part("mitigation")
@dataclass(frozen=True)
class Ensembling(Relearned):
    """The mean of several models.

    Attributes:
        members: Models trained on redrawn rows, at least 2.
        logistic: Whether a logistic regression (medians for missing values, codes as indicators) is one more; needs scikit-learn.

    Raises:
        InputError: If there are fewer than two members.

    Example:
        >>> Ensembling(members=5, logistic=True).id
        'ensembling-5-logistic'
    """

    members: int = 5
    logistic: bool = False

    name: ClassVar[str] = "ensembling"
    channels: ClassVar[frozenset[Channel]] = frozenset({TRAINING})

    def __post_init__(self) -> None:
        """Refuse an ensemble of one."""
        if self.members < 2:
            raise InputError(f"The «members» of ensembling must be at least 2; got {self.members}.")

    @property
    def id(self) -> str:
        """The name and the members."""
        return f"{self.name}-{self.members}" + ("-logistic" if self.logistic else "")

    @property
    def title(self) -> str:
        """In plain words."""
        return f"mean of {self.members} models trained on redrawn rows" + (" and a logistic regression" if self.logistic else "")

    def learner(self, target: Trainable) -> Learner:
        """Train the members."""
        return Several(target.learner, target.features, self)


@dataclass(frozen=True)
class Several:
    """Trains several models and averages them."""

    inner: Learner
    features: tuple[Feature, ...]
    how: Ensembling

    @property
    def recipe(self) -> str:
        """Members and what is underneath."""
        return key_of("ensembling", self.how, self.features, self.inner.recipe)

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Scorer:
        """Train each member on rows redrawn within each outcome, so that none goes without one."""
        members = []
        for k in range(self.how.members):
            rows = redrawn(y, seed_of(seed, self.recipe, k))
            members.append(self.inner.fit(x[rows], y[rows], seed=seed_of(seed, "member", k), weight=None if weight is None else weight[rows]))
        return averaged([*members, *([logistic(x, y, self.features, weight)] if self.how.logistic else [])])


def redrawn(y: NDArray[np.int8], seed: int) -> Ints:
    """Draw as many rows with replacement as there are of each label, in order."""
    drawn = []
    for label in (0, 1):
        places = np.flatnonzero(y == label)
        if len(places):
            drawn.append(places[integers(Address(seed, "redrawn", 0, len(places), label), "row", 1, len(places))[:, 0]])
    return np.sort(np.concatenate(drawn))


def logistic(x: Floats, y: NDArray[np.int8], features: tuple[Feature, ...], weight: Floats | None) -> Estimated:
    """Train a plain logistic regression.

    Raises:
        MissingExtra: If scikit-learn is not installed.
    """
    try:
        from sklearn.compose import make_column_transformer
        from sklearn.impute import SimpleImputer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import OneHotEncoder, StandardScaler
    except ImportError as error:
        raise MissingExtra("scikit-learn", "tabular") from error
    coded = [column for column, feature in enumerate(features) if feature.kind == "category"]
    rest = [column for column in range(x.shape[1]) if column not in coded]
    scaled = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler())
    columns = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), coded), (scaled, rest))
    model: Any = make_pipeline(columns, LogisticRegression(max_iter=1000))
    with one_thread():
        model.fit(x, y.astype(np.int64), logisticregression__sample_weight=weight)
    return Estimated(model)
