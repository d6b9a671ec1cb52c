"""Sanitising: training rows whose label looks wrong are dropped, or given the other label, before the model is trained.

Two ways to tell:

    confident    confident learning (Northcutt, Jiang & Chuang 2021): out of fold, a row is suspected where the model gives the other label at least the
                 mean score that rows of that label get
    neighbours   edited nearest neighbours (Wilson 1972), with votes weighed so that both labels count the same: a row is suspected where its nearest
                 rows speak for the other label

The most suspicious come first, at most the share `most`, and no label loses more than half of its rows. It acts on the training data as they are, so on
poisoned ones too. What it can't tell is a wrong label from a rare truth: the death that nobody saw coming looks like a flipped label, and labels
flipped where the model is unsure look like ordinary ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.artefact import key_of
from keepstone.core.channel import TRAINING, Channel
from keepstone.core.errors import InputError
from keepstone.core.part import Trainable, part
from keepstone.core.usual import Relearned
from keepstone.intake.slug import number
from keepstone.intake.threads import one_thread
from keepstone.stats.chance import order, seed_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.channel import Floats, Ints
    from keepstone.core.part import Learner, Scorer
    from keepstone.core.table import Feature

FOLDS = 3
NEIGHBOURS = 10
BLOCK = 512
"""Rows whose distances to all others are held at once."""


@part("mitigation")
@dataclass(frozen=True)
class Sanitising(Relearned):
    """Drop or relabel training rows with suspicious labels.

    Attributes:
        by: "confident" or "neighbours".
        act: "drop" or "relabel".
        most: Largest share of the training rows that may be touched, in (0, 0.5].

    Raises:
        InputError: If a word is another or the share is out of range.

    Example:
        >>> Sanitising(act="relabel").id
        'sanitising-confident-relabel-0p05'
    """

    by: str = "confident"
    act: str = "drop"
    most: float = 0.05

    name: ClassVar[str] = "sanitising"
    channels: ClassVar[frozenset[Channel]] = frozenset({TRAINING})

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        for field, value, words in (("by", self.by, ("confident", "neighbours")), ("act", self.act, ("drop", "relabel"))):
            if value not in words:
                raise InputError(f"The «{field}» of sanitising must be one of {', '.join(words)}; got {value!r}.")
        if not 0 < self.most <= 0.5:
            raise InputError(f"The «most» of sanitising must be in (0, 0.5]; got {self.most}.")

    @property
    def id(self) -> str:
        """The name, how, what is done, and how much at most."""
        return f"{self.name}-{self.by}-{self.act}-{number(self.most)}"

    @property
    def title(self) -> str:
        """In plain words."""
        done = "dropped" if self.act == "drop" else "turned round"
        return f"at most {self.most:.0%} of the training rows {done}, whose label looks wrong ({self.by})"

    def learner(self, target: Trainable) -> Learner:
        """Train it again on what is left of its training data."""
        return Sanitised(target.learner, target.features, self)


@dataclass(frozen=True)
class Sanitised:
    """Trains on the rows whose labels look right."""

    inner: Learner
    features: tuple[Feature, ...]
    how: Sanitising

    @property
    def recipe(self) -> str:
        """How, and what is underneath."""
        return key_of("sanitising", self.how, self.features, self.inner.recipe)

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Scorer:
        """Look for suspicious rows, drop or relabel them, train."""
        suspicion = self._confident(x, y, seed) if self.how.by == "confident" else neighbours(x, y, self.features)
        suspects = chosen(suspicion, y, self.how.most)
        told, kept = y.copy(), np.ones(len(y), dtype=bool)
        if self.how.act == "relabel":
            told[suspects] = 1 - told[suspects]
        else:
            kept[suspects] = False
        return self.inner.fit(x[kept], told[kept], seed=seed, weight=None if weight is None else weight[kept])

    def _confident(self, x: Floats, y: NDArray[np.int8], seed: int) -> Floats:
        """By how much the other label is favoured out of fold, above what its own rows get; 0 or less is no suspicion."""
        fold = np.zeros(len(y), dtype=np.int64)
        for label in (0, 1):
            places = np.flatnonzero(y == label)
            fold[places[order(seed, f"sanitising.{label}", len(places))]] = np.arange(len(places)) % FOLDS
        score = np.full(len(y), np.nan)
        for k in range(FOLDS):
            inside = fold == k
            score[inside] = self.inner.fit(x[~inside], y[~inside], seed=seed_of(seed, "fold", k))(x[inside])
        own = np.where(y == 1, score, 1 - score)
        usual = np.array([own[y == label].mean() if (y == label).any() else 1.0 for label in (0, 1)])
        suspicion: Floats = (1 - own) - usual[1 - y]
        return suspicion


def chosen(suspicion: Floats, y: NDArray[np.int8], most: float) -> Ints:
    """Give the most suspicious rows: at most a share of all, at most half of each label."""
    ranked = np.argsort(-suspicion, kind="stable")
    ranked = ranked[suspicion[ranked] > 0]
    kept = []
    for label in (0, 1):
        mine = ranked[y[ranked] == label]
        kept.append(mine[: int((y == label).sum()) // 2])
    both = np.concatenate(kept)
    return both[np.argsort(-suspicion[both], kind="stable")][: int(most * len(y))]


def neighbours(x: Floats, y: NDArray[np.int8], features: tuple[Feature, ...]) -> Floats:
    """By how much the nearest rows speak for the other label, beyond an even vote; 0 or less is no suspicion."""
    points, share = _points(x, features), np.zeros(len(x))
    length, count = (points**2).sum(axis=1), min(NEIGHBOURS, len(x) - 1)
    with one_thread():
        for start in range(0, len(x), BLOCK):
            some = points[start : start + BLOCK]
            far = length[None, :] - 2 * some @ points.T
            far[np.arange(len(some)), np.arange(start, start + len(some))] = np.inf
            near = far <= np.partition(far, count - 1, axis=1)[:, count - 1 : count]  # with all that are as near as the last
            share[start : start + BLOCK] = (near @ y.astype(np.float64)) / near.sum(axis=1)
    rate = np.clip(y.mean(), 1e-9, 1 - 1e-9)
    vote = share / rate / (share / rate + (1 - share) / (1 - rate))
    against: Floats = np.where(y == 1, 1 - vote, vote)
    return against - 0.5


def _points(x: Floats, features: tuple[Feature, ...]) -> Floats:
    """Put rows where distances mean something: numbers by their spread, medians for missing values, codes as indicators."""
    columns = []
    for column, feature in enumerate(features):
        values = x[:, column]
        known = values[np.isfinite(values)]
        filled = np.where(np.isfinite(values), values, np.median(known) if len(known) else 0.0)
        if feature.kind == "category":
            columns += [np.sqrt(0.5) * (filled == code) for code in np.unique(filled)]
        else:
            columns.append((filled - filled.mean()) / (filled.std() or 1.0))
    return np.column_stack(columns)
