"""Extraction: the model is copied from its answers.

Adversary (NIST AI 100-2 E2025, privacy, model extraction, black-box):
    goal        confidentiality of the model: a copy that decides as it does
    knowledge   the columns, and cases like those that it was made for (the rows of "search"), without their outcome
    capability  asks so many questions in all, as one client, and trains on the answers

Two copies are tried (trees on the score, or on the decision where that is all there is; and a linear one), and the one that agrees best on a held-back
fifth of the answers is trained on all of them (Tramer et al. 2016, *Stealing machine learning models via prediction APIs*; Jagielski et al. 2020, *High
accuracy and high fidelity extraction of neural networks*). A fifth of the values of each question are exchanged with another case's; where there are
fewer cases than questions, or none, the rest are made up column by column. Beside the copy stands what a constant answer would reach (`constant`).

The copy is one artefact, made through the mitigated target: the number speaks of this copy. There is no accidental counterpart: nobody copies a model by
chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.artefact import Alone, key_of
from keepstone.core.channel import OUTPUT, Act, Channel, Ruling, Signal
from keepstone.core.errors import InputError
from keepstone.core.origin import Adversary
from keepstone.core.part import Tabular, part
from keepstone.core.screened import allowed
from keepstone.intake.threads import one_thread
from keepstone.stats.chance import Address, order, uniform

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.channel import Column, Floats
    from keepstone.core.part import Oracle, Target
    from keepstone.core.table import Feature
    from keepstone.core.trial import Trials

    Decide = Callable[[Floats], Floats]
    Train = Callable[[Floats, Floats, Floats], Decide]

CLIP = 1e-4
RIDGE = 1.0
EXCHANGED = 0.2
"""Share of the values of a question that are another case's: rows that a model was trained on are answered too well to learn from."""
SIDE = 0.2
"""Least distance of a log-odds from the operating point that a copy is trained on."""
HELD_BACK = 0.2
MOST_LEVELS = 200
"""A column with more codes than this is treated as a number."""


@part("condition")
@dataclass(frozen=True, kw_only=True)
class Extraction:
    """A copy of the model, made from its answers.

    Attributes:
        queries: Questions in all, at least 1.

    Raises:
        InputError: If there is no question.

    Example:
        >>> Extraction(queries=100).id
        'extraction-100q'
    """

    queries: int = 1000

    name: ClassVar[str] = "extraction"
    stream: ClassVar[str] = "test"
    strength: ClassVar[float] = 1.0
    counterpart: ClassVar[str] = "nothing happens by chance: nobody copies a model by accident"
    retried: ClassVar[None] = None
    channels: ClassVar[frozenset[Channel]] = frozenset({OUTPUT})

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        if self.queries < 1:
            raise InputError(f"The «queries» of «extraction» must be 1 or more; got {self.queries}.")

    @property
    def id(self) -> str:
        """The name and the queries."""
        return f"{self.name}-{self.queries}q"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"copied from {self.queries} of its answers"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return f"copy by {self.queries} queries"

    @property
    def origin(self) -> Adversary:
        """Somebody who wants the model for nothing."""
        access, knowledge = frozenset({"inputs", "scores"}), frozenset({"public data", "features"})
        return Adversary(goal="to own the model without having paid for it", queries=self.queries, access=access, knowledge=knowledge)

    def unfit(self, target: Target) -> str:
        """It needs a table with columns that a copy could learn from."""
        if not isinstance(target, Tabular):
            return "the target is not a classifier of a table"
        return "" if target.features else "give the columns that the model sees: a copy learns from them"

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """Nothing that does not depend on the run's seed."""
        del target
        return ()

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Let the copy decide on the cases of the trials."""
        del oracle
        if not isinstance(target, Tabular):
            return Act()
        copy = shelf.get(StolenCopy(target, self.queries, trials.stream, trials.seed, trials.unit))
        at = target.order(trials)[trials.start : trials.stop]
        told: dict[str, Column] = {"copied": copy["copied"][at], "constant": np.full(len(at), copy["constant"][0])}

        def notes() -> Mapping[str, Column]:
            return told

        return Act(notes=notes)


@dataclass(frozen=True, eq=False)
class StolenCopy(Alone):
    """Decisions of a copy of the mitigated target on the rows of a stream, and the decision it gives most.

    Attributes:
        target: The mitigated target.
        queries: Questions in all.
        stream: Whose rows the copy is asked about.
        seed: The run's seed.
        unit: Which copy.
    """

    target: Tabular
    queries: int
    stream: str
    seed: int
    unit: int

    @property
    def key(self) -> str:
        """Target, queries, rows and seed."""
        return key_of("stolen copy", self.target.recipe, self.queries, self.stream, self.seed, self.unit)

    @property
    def home(self) -> str:
        """With the target."""
        return self.target.recipe

    def make(self, shelf: Shelf) -> dict[str, Floats]:
        """Ask, train, decide."""
        del shelf
        x = self._questions(allowed(self.target, self.queries))
        said = self.target.answer(Signal(x, np.zeros(len(x), dtype=np.int8)))
        values = np.asarray(said.values, dtype=np.float64)
        known = (np.asarray(said.rulings) <= Ruling.CHANGED) & np.isfinite(values[:, 0]) & np.isfinite(values[:, 1])
        rows = self.target.table(self.stream).x
        constant = float(np.mean(values[known, 1]) > 0.5) if known.any() else 0.0
        if len(np.unique(values[known, 1])) < 2:
            return {"copied": np.full(len(rows), constant), "constant": np.array([constant])}
        decide = _copied(x[known], values[known, 0], values[known, 1], self.target.features)
        return {"copied": decide(rows), "constant": np.array([constant])}

    def _questions(self, count: int) -> Floats:
        """Cases of "search" in an order of chance, with values exchanged; made up where they run out."""
        features = self.target.features
        known = self.target.table("search").x if self.target.size("search") else np.zeros((0, len(features)))
        real = known[order(self.seed, f"extraction.{self.unit}", len(known))[:count]]
        luck = uniform(Address(self.seed, "extraction", 0, count, self.unit), "rows", len(features))
        other = real[order(self.seed, f"extraction.exchange.{self.unit}", len(real))]
        mixed = np.where(luck[: len(real)] < EXCHANGED, other, real)
        columns = [_made_up(feature, known[:, at], luck[len(real) :, at]) for at, feature in enumerate(features)]
        return np.vstack([mixed, np.column_stack(columns)])


def _made_up(feature: Feature, known: Floats, luck: Floats) -> Floats:
    """Values for a column: those of real cases, each equally likely; else any plausible one."""
    if len(known):
        return known[(luck * len(known)).astype(np.int64)]
    if feature.levels or feature.kind in ("binary", "category"):
        return np.floor(luck * max(len(feature.levels), 2))
    lower = feature.lower if np.isfinite(feature.lower) else min(0.0, feature.upper - 1.0) if np.isfinite(feature.upper) else 0.0
    upper = feature.upper if np.isfinite(feature.upper) else lower + 1.0
    value: Floats = lower + luck * (upper - lower)
    return np.rint(value) if feature.kind == "integer" else value


# ---- copies ----


def _copied(x: Floats, score: Floats, decision: Floats, features: Sequence[Feature]) -> Decide:
    """Train each kind of copy on most of the answers, keep the kind that agrees best on the rest, train it on all."""
    cut = _cut(score, decision)
    codes = [at for at, feature in enumerate(features) if feature.kind == "category" and len(feature.levels) <= MOST_LEVELS]
    kinds: list[Train] = [lambda rows, odds, flag: _linear(rows, odds, flag, codes), *_trees(codes, bare=len(np.unique(score)) <= 2)]
    odds = _log_odds(score) - cut
    odds = np.where(decision == 1, np.maximum(odds, SIDE), np.minimum(odds, -SIDE))  # a coarse score does not tell the side, the decision does
    some = max(1, int(HELD_BACK * len(x)))
    first, last = slice(some, None), slice(0, some)
    if len(np.unique(decision[first])) < 2:
        return kinds[0](x, odds, decision)
    agreed = [float(np.mean(train(x[first], odds[first], decision[first])(x[last]) == decision[last])) for train in kinds]
    return kinds[int(np.argmax(agreed))](x, odds, decision)


def _log_odds(score: Floats) -> Floats:
    least = float(np.min(np.minimum(score, 1 - score), where=(score > 0) & (score < 1), initial=0.5)) / 2
    clipped = np.clip(score, max(least, CLIP), 1 - max(least, CLIP))
    odds: Floats = np.log(clipped / (1 - clipped))
    return odds


def _cut(score: Floats, decision: Floats) -> float:
    """The log-odds between those that are flagged and those that are not, as far as one number tells them apart."""
    odds = _log_odds(score)
    return float((np.quantile(odds[decision == 1], 0.02) + np.quantile(odds[decision == 0], 0.98)) / 2)


def _trees(codes: list[int], *, bare: bool) -> list[Train]:
    """Boosted trees, on the score, or on the decision where it is all there is; none where scikit-learn is not installed."""
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    except ImportError:
        return []
    how = {"max_iter": 100, "max_leaf_nodes": 15, "early_stopping": False, "random_state": 0, "categorical_features": codes or None}

    def on_score(x: Floats, odds: Floats, decision: Floats) -> Decide:
        del decision
        with one_thread():
            model = HistGradientBoostingRegressor(**how).fit(_filled(x), odds)
        return lambda rows: (model.predict(rows) >= 0).astype(np.float64)

    def on_decision(x: Floats, odds: Floats, decision: Floats) -> Decide:
        del odds
        with one_thread():
            model = HistGradientBoostingClassifier(**how).fit(_filled(x), decision)
        return lambda rows: np.asarray(model.predict(rows), dtype=np.float64)

    return [on_decision if bare else on_score]


def _filled(x: Floats) -> Floats:
    """A column without any value plays no part; scikit-learn's histograms need one."""
    return np.where(np.isnan(x).all(axis=0), 0.0, x)


def _linear(x: Floats, odds: Floats, decision: Floats, codes: Sequence[int]) -> Decide:
    """Ridge regression of the log-odds on standardised columns, on what is missing, and on each code."""
    del decision
    known = ~np.isnan(x)
    count = np.maximum(known.sum(axis=0), 1)
    middle = np.where(known, x, 0.0).sum(axis=0) / count
    spread = np.sqrt(np.where(known, (x - middle) ** 2, 0.0).sum(axis=0) / count)
    spread = np.where(spread > 0, spread, 1.0)
    levels = [(column, value) for column in codes for value in np.unique(x[known[:, column], column])]

    def design(rows: Floats) -> Floats:
        plain = np.where(np.isnan(rows), 0.0, (rows - middle) / spread)
        named = [rows[:, column] == value for column, value in levels]
        return np.column_stack([np.ones(len(rows)), plain, np.isnan(rows), *named]).astype(np.float64)

    table = design(x)
    weights = np.linalg.solve(table.T @ table + RIDGE * np.eye(table.shape[1]), table.T @ odds)
    return lambda rows: (design(rows) @ weights >= 0).astype(np.float64)
