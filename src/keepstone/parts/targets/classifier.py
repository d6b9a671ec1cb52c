"""A binary classifier and its cases: rows go in, a score and a decision come out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.artefact import Alone, key_of
from keepstone.core.channel import INPUT, OUTPUT, PARAMETERS, TRAINING, Channel, Ruling, Signal
from keepstone.core.errors import PartError
from keepstone.core.part import part
from keepstone.core.table import Table
from keepstone.core.trial import Outcome
from keepstone.intake.model import Answer, Estimated, Given, Guarded
from keepstone.intake.parameters import read_parameters, write_parameters
from keepstone.stats.chance import order, seed_of

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Column, Floats, Ints, Tap
    from keepstone.core.part import Learner
    from keepstone.core.table import Feature
    from keepstone.core.trial import Trials

FOLDS = 3


@part("target")
@dataclass(frozen=True, eq=False)
class Classifier:
    """A binary classifier of table rows.

    Streams: "test" (claimed on), "search" (looked at beforehand), "train", "pool" (members and as many others), "records" (all rows as
    delivered, train and test); of the last two the column "member" tells the training rows.

    Attributes:
        label: Its name.
        digest: Digest of the model and how it was made.
        scorer: From rows to scores, guarded.
        threshold: Score from which a case is flagged.
        test: The cases that claims are made on.
        search: Cases that may be looked at beforehand, or None.
        train: The rows it was trained on, or None.
        learner: How to train it again, or None.
        recall: The operating point's rule: the share of outcomes that must be flagged out of fold; None for a fixed threshold.
        clean: The rows on which the operating point is chosen, when `train` was tampered with.
        seed: For training again.
    """

    label: str
    digest: str
    scorer: Guarded
    threshold: float
    test: Table
    search: Table | None = None
    train: Table | None = None
    learner: Learner | None = None
    recall: float | None = None
    clean: Table | None = None
    seed: int = 0
    file: str = ""
    _orders: dict[tuple[int, str, str], Ints] = field(default_factory=dict, compare=False, repr=False)

    name: ClassVar[str] = "classifier"

    @property
    def id(self) -> str:
        """Its name."""
        return self.label

    @property
    def title(self) -> str:
        """Its name."""
        return self.label

    @property
    def recipe(self) -> str:
        """Model, operating point and data."""
        return key_of(self.digest, self.threshold, self.test.digest, self.train.digest if self.train else "", self.seed)

    @property
    def channels(self) -> frozenset[Channel]:
        """Input and output; training data and parameters where they can be reached; only output where scores are all there is."""
        if isinstance(self.scorer.call, Given):
            return frozenset({OUTPUT})
        rest = [TRAINING] if self.learner is not None and self.train is not None else []
        rest += [PARAMETERS] if isinstance(self.scorer.call, Estimated) else []
        return frozenset({INPUT, OUTPUT, *rest})

    @property
    def features(self) -> tuple[Feature, ...]:
        """One a column."""
        return self.test.features

    def table(self, stream: str) -> Table:
        """The rows of a stream, in file order; raises PartError where there are none."""
        found = self._streams().get(stream)
        if found is None:
            msg = f"The target «{self.label}» has no rows for «{stream}»."
            raise PartError(msg)
        return found

    def size(self, stream: str) -> int:
        """How many rows a stream holds; 0 where it has none."""
        found = self._streams().get(stream)
        return 0 if found is None else len(found)

    def cut(self, trials: Trials, at: int) -> int:
        """The first boundary of a unit at or after `at` in the order of the stream, so that no unit is split."""
        table = self.table(trials.stream)
        unit = table.unit[self.order(trials)]
        while 0 < at < len(unit) and unit[at] == unit[at - 1]:
            at += 1
        return at

    def several(self, stream: str) -> bool:
        """Whether some unit of a stream has several rows."""
        unit = self.table(stream).unit
        return len(np.unique(unit)) < len(unit)

    def order(self, trials: Trials) -> Ints:
        """The order in which a stream's rows are played: units at random, the rows of a unit together."""
        table = self.table(trials.stream)
        key = (trials.seed, trials.stream, table.digest)
        if key not in self._orders:
            unit = table.unit
            _names, index = np.unique(unit, return_inverse=True)
            place = np.empty(len(_names), dtype=np.int64)
            place[order(trials.seed, f"items.{trials.stream}", len(_names))] = np.arange(len(_names))
            self._orders[key] = np.argsort(place[index], kind="stable")
        return self._orders[key]

    def run(self, trials: Trials, tap: Tap) -> Outcome:
        """Ask about the trials' rows; input and output pass the tap."""
        table = self._streams()[trials.stream]
        rows = self.order(trials)[trials.start : trials.stop]
        asked = tap(INPUT, Signal(table.x[rows], np.zeros(len(rows), dtype=np.int8)))
        given = self.scorer.call
        answer = given.at(table.row[rows]) if isinstance(given, Given) else self._ask(np.asarray(asked.values, dtype=np.float64), asked.rulings)
        said = tap(OUTPUT, Signal(self._decide(answer), asked.rulings))
        values = np.asarray(said.values, dtype=np.float64)
        columns: dict[str, Column] = {
            "truth": table.y[rows].astype(np.float64),
            "score": values[:, 0],
            "flagged": values[:, 1],
            "ruling": said.rulings,
            **self._known(table, rows),
            "asked": np.asarray(asked.values, dtype=np.float64),
        }
        why = {int(table.row[rows[at]]): reason for at, reason in answer.why.items()}
        return Outcome(columns, np.ones(len(rows)), answer.broken, why)

    def dry(self, stream: str) -> Outcome:
        """What a stream would give if exactly the outcomes were flagged: for counting trials beforehand. Asks nothing."""
        table = self._streams()[stream]
        truth = table.y.astype(np.float64)
        columns: dict[str, Column] = {
            "truth": truth,
            "score": truth,
            "flagged": truth,
            "ruling": np.zeros(len(table), dtype=np.int8),
            **self._known(table, np.arange(len(table))),
            "asked": table.x,
        }
        return Outcome(columns, np.zeros(len(table)), np.zeros(len(table), dtype=bool))

    def answer(self, signal: Signal) -> Signal:
        """Answer rows of INPUT with score and decision; a row that broke is answered with NaN."""
        answer = self._ask(np.asarray(signal.values, dtype=np.float64), signal.rulings)
        return Signal(self._decide(answer), signal.rulings, signal.last)

    def fit(self, tap: Tap, seed: int) -> Classifier:
        """Train again on training data that passed the tap; the operating point stays."""
        learner, train = self._trained_by()
        values = np.column_stack([train.x, train.y.astype(np.float64)])
        passed = tap(TRAINING, Signal(values, np.zeros(len(values), dtype=np.int8)))
        kept = np.asarray(passed.values, dtype=np.float64)[np.asarray(passed.rulings) <= Ruling.CHANGED]
        index = np.flatnonzero(np.asarray(passed.rulings) <= Ruling.CHANGED) if len(passed.rulings) == len(train) else np.zeros(0, dtype=np.int64)
        digest = hashlib.sha256(np.ascontiguousarray(kept).tobytes()).hexdigest()
        tapped = _retold(train, kept, index, digest)
        scorer = learner.fit(tapped.x, tapped.y, seed=seed_of(self.seed, "fit", str(seed)))
        made = key_of(self.digest, "fit", digest, seed)
        return replace(self, digest=made, scorer=Guarded(scorer, self.scorer.seconds), train=tapped, clean=self.clean or train, seed=seed)

    def relearned(self, learner: Learner, shelf: Shelf) -> Classifier:
        """Train another way on the same rows; the operating point is found anew, by the same rule, on the clean rows."""
        _old, train = self._trained_by()
        scorer = learner.fit(train.x, train.y, seed=seed_of(self.seed, "fit", "0"))
        threshold = self.threshold if self.recall is None else operating_point(learner, self.clean or train, self.recall, self.seed, shelf)
        made = key_of(self.digest, "relearned", learner.recipe)
        return replace(self, digest=made, scorer=Guarded(scorer, self.scorer.seconds), threshold=threshold, learner=learner)

    def held_out(self, shelf: Shelf) -> Floats:
        """Honest scores of the rows of "search": out of fold where they were trained on."""
        if self.search is not None:
            return self.scorer(self.search.x).scores
        learner, train = self._trained_by()
        return shelf.get(HeldOut(learner, self.clean or train, self.seed))["scores"]

    def parameters(self) -> Floats:
        """All parameters, flat; raises PartError for a kind of model that is not known."""
        return read_parameters(self._estimated().estimator)

    def altered(self, tap: Tap) -> Classifier:
        """A copy whose parameters passed the tap."""
        old = self._estimated()
        values = self.parameters()
        passed = np.asarray(tap(PARAMETERS, Signal(values, np.zeros(len(values), dtype=np.int8))).values, dtype=np.float64)
        call = replace(old, estimator=write_parameters(old.estimator, passed))
        digest = key_of(self.digest, "altered", hashlib.sha256(passed.tobytes()).hexdigest())
        return replace(self, digest=digest, scorer=Guarded(call, self.scorer.seconds))

    @staticmethod
    def _known(table: Table, rows: Ints) -> dict[str, Column]:
        """The columns that are known whatever the target answers."""
        columns: dict[str, Column] = {"row": table.row[rows], "unit": table.unit[rows], "batch": table.batch[rows], "x": table.x[rows]}
        columns |= {f"group:{name}": np.asarray(who)[rows] for name, who in table.groups.items()}
        columns |= {"meant": table.meant[rows].astype(np.float64)} if table.meant is not None else {}
        columns |= {"forecast": table.forecast[rows]} if table.forecast is not None else {}
        return columns | ({"member": table.member[rows].astype(np.float64)} if table.member is not None else {})

    def _estimated(self) -> Estimated:
        if not isinstance(self.scorer.call, Estimated):
            msg = f"The parameters of «{self.label}» can't be reached: it is a function, not a model."
            raise PartError(msg)
        return self.scorer.call

    def _trained_by(self) -> tuple[Learner, Table]:
        if self.learner is None or self.train is None:
            msg = f"The target «{self.label}» can't be trained again: give «train» and «fit»."
            raise PartError(msg)
        return self.learner, self.train

    def _ask(self, x: Floats, rulings: np.ndarray[tuple[int], np.dtype[np.int8]]) -> Answer:
        """Ask only about rows that were let through; the others are answered with NaN and are not broken."""
        open_ = np.asarray(rulings) <= Ruling.CHANGED
        if open_.all():
            return self.scorer(x)
        scores, broken = np.full(len(x), np.nan), np.zeros(len(x), dtype=bool)
        some = self.scorer(x[open_])
        scores[open_], broken[open_] = some.scores, some.broken
        at = np.flatnonzero(open_)
        return Answer(scores, broken, {int(at[k]): reason for k, reason in some.why.items()})

    def _decide(self, answer: Answer) -> Floats:
        with np.errstate(invalid="ignore"):
            flagged = np.where(np.isnan(answer.scores), np.nan, answer.scores >= self.threshold)
        return np.column_stack([answer.scores, flagged])

    def _streams(self) -> Mapping[str, Table]:
        """The rows of each stream. Made once."""
        if not hasattr(self, "_made"):
            object.__setattr__(self, "_made", self._make_streams())
        made: Mapping[str, Table] = self.__dict__["_made"]
        return made

    def _make_streams(self) -> dict[str, Table]:
        streams = {"test": self.test}
        train = self.clean or self.train
        if self.search is not None or train is not None:
            streams["search"] = self.search if self.search is not None else _present(train)
        if train is None:
            return streams | {"records": self.test}
        some = min(len(train), len(self.test))
        members = train.take(np.sort(order(self.seed, "items.members", len(train))[:some]))
        others = self.test.take(np.sort(order(self.seed, "items.others", len(self.test))[:some]))
        return streams | {"train": train, "pool": _joined(members, others), "records": _delivered(train, self.test)}


def _present(table: Table | None) -> Table:
    if table is None:
        msg = "There are no rows to search on."
        raise PartError(msg)
    return table


def _delivered(train: Table, test: Table) -> Table:
    """All rows in the order of the file; of two files, one after the other."""
    whole = _joined(train, test)
    return whole.take(np.argsort(whole.row, kind="stable")) if train.file == test.file else whole


def _joined(train: Table, test: Table) -> Table:
    """The rows of both, each with whether it was trained on."""
    groups = {name: [*train.groups[name], *test.groups[name]] for name in train.groups if name in test.groups}
    meant = None if train.meant is None or test.meant is None else np.r_[train.meant, test.meant]
    forecast = None if train.forecast is None or test.forecast is None else np.r_[train.forecast, test.forecast]
    return replace(
        train,
        x=np.vstack([train.x, test.x]),
        y=np.r_[train.y, test.y],
        row=np.r_[train.row, test.row],
        unit=np.r_[train.unit, test.unit],
        batch=np.r_[train.batch, test.batch],
        groups=groups,
        digest=key_of("joined", train.digest, test.digest),
        meant=meant,
        forecast=forecast,
        member=np.arange(len(train) + len(test)) < len(train),
        file=train.file if train.file == test.file else "",
    )


def _retold(table: Table, values: Floats, index: Ints, digest: str) -> Table:
    """The table with other rows and labels; row numbers are kept where rows were only changed or dropped."""
    x, y = np.ascontiguousarray(values[:, :-1]), np.rint(values[:, -1]).astype(np.int8)
    if len(index) == len(x):
        return replace(table.take(index), x=x, y=y, digest=digest)
    fresh = np.arange(len(x), dtype=np.int64)
    groups: Mapping[str, Sequence[str]] = {name: [""] * len(x) for name in table.groups}
    return replace(table, x=x, y=y, row=fresh, unit=fresh, batch=np.zeros(len(x), dtype=np.int64), groups=groups, digest=digest, meant=None, forecast=None)


@dataclass(frozen=True, eq=False)
class HeldOut(Alone):
    """Out-of-fold scores of a table's rows, by units, stratified by outcome."""

    learner: Learner
    table: Table
    seed: int

    @property
    def key(self) -> str:
        """Learner, rows and seed."""
        return key_of("held out", self.learner.recipe, self.table.digest, self.seed, FOLDS)

    def make(self, shelf: Shelf) -> dict[str, Floats]:
        """Train on the other folds, score this one."""
        del shelf
        table = self.table
        names, index = np.unique(table.unit, return_inverse=True)
        worst = np.zeros(len(names), dtype=np.int64)
        np.maximum.at(worst, index, table.y.astype(np.int64))
        place = order(self.seed, "folds", len(names))
        fold = np.empty(len(names), dtype=np.int64)
        for outcome in (0, 1):
            mine = place[worst[place] == outcome]
            fold[mine] = np.arange(len(mine)) % FOLDS
        scores = np.full(len(table), np.nan)
        for k in range(FOLDS):
            inside = fold[index] == k
            scorer = self.learner.fit(table.x[~inside], table.y[~inside], seed=seed_of(self.seed, "fold", str(k)))
            scores[inside] = Guarded(scorer)(table.x[inside]).scores
        return {"scores": scores}


def operating_point(learner: Learner, table: Table, recall: float, seed: int, shelf: Shelf) -> float:
    """The largest threshold that flags at least the share `recall` of outcomes, out of fold."""
    scores = shelf.get(HeldOut(learner, table, seed))["scores"][table.y == 1]
    ranked = np.sort(scores[np.isfinite(scores)])[::-1]
    if len(ranked) == 0:
        msg = "No outcome is left to choose an operating point on."
        raise PartError(msg)
    return float(ranked[min(len(ranked) - 1, int(np.ceil(recall * len(ranked))) - 1)])
