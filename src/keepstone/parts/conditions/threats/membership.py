"""Membership inference: it is told from the answer who was in the training data.

Adversary (NIST AI 100-2 E2025, privacy, membership inference, black-box, score-based):
    goal        confidentiality: was this person's record among the training rows
    knowledge   how the target is trained, and records of people of whom some were in and some were not, without knowing which
    capability  asks the target once about each record

The likelihood-ratio attack LiRA (Carlini et al. 2022, *Membership inference attacks from first principles*): shadow models are trained on random shares
of the records, as large as the target's; for each record the log-odds of the shadows that had it and of those that had not give two normal
distributions, with means of its own and variances pooled over records (there are few shadows), and the guess is the log of their ratio at the
target's answer. An answer that takes few values (rounded, or the decision alone) is an interval, and the guess the ratio of the chances of it.
Ties are broken by addressed chance.

Shadows are shared: mitigations that leave the training as it is are attacked with the same ones, through their own output; those that train another way
are attacked with shadows trained that way. The thresholds of the metric `rate_at_few_alarms` are set on two fifths of the people; the guesses of the
others are counted. Shadows, parts and ties follow from the data alone, so another seed of the run changes nothing.

There is no accidental counterpart: nobody finds out by chance who was in the training data.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

import numpy as np
from scipy.special import betaln, gammaln, ndtr

from keepstone.core.artefact import Alone, key_of
from keepstone.core.channel import OUTPUT, TRAINING, Act, Channel, Ruling, Signal
from keepstone.core.errors import InputError, PartError
from keepstone.core.origin import Adversary
from keepstone.core.part import Trainable, part
from keepstone.intake.model import Guarded
from keepstone.stats.chance import Address, order, seed_of, uniform
from keepstone.stats.exact import binomial_fail, binomial_pass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.channel import Column, Floats, Ints
    from keepstone.core.part import Learner, Oracle, Target
    from keepstone.core.table import Table
    from keepstone.core.trial import Trials

LEAST, MOST = 0.5, 0.75
"""Bounds of the share of the records that a shadow is trained on."""
CLIP = 1e-6
FEW = 50
"""Up to so many different answers, each is an interval."""
SPREAD = 1e-3
"""Least standard deviation of a log-odds."""
SEARCHED = 0.4
"""Share of the people on whom the thresholds are set; the others are counted."""
LEVEL = 0.005
SURE, LIKELY = 0.8, 0.75
"""Chance that the higher false-alarm rate, and the lower one, will be shown."""
TIE = 1e-6
"""How far addressed chance moves a guess, to break ties."""
SILENT = -1e9
"""The guess about a record that was not answered."""


@part("condition")
@dataclass(frozen=True, kw_only=True)
class Membership:
    """Who was in the training data, by shadow models.

    Attributes:
        shadows: How many shadow models are trained, at least 4.
        alarms: The false-alarm rate that the thresholds are set for.

    Raises:
        InputError: If there are too few shadows or the rate is not between 0 and 1.

    Example:
        >>> Membership().id
        'membership-16'
    """

    shadows: int = 16
    alarms: float = 0.01

    name: ClassVar[str] = "membership"
    stream: ClassVar[str] = "pool"
    strength: ClassVar[float] = 1.0
    counterpart: ClassVar[str] = "nothing happens by chance: nobody finds out by accident who was in the training data"
    retried: ClassVar[None] = None
    channels: ClassVar[frozenset[Channel]] = frozenset({OUTPUT})

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        if self.shadows < 4:
            raise InputError(f"The «shadows» of «membership» must be 4 or more; got {self.shadows}.")
        if not 0 < self.alarms < 1:
            raise InputError(f"The «alarms» of «membership» must be between 0 and 1; got {self.alarms:g}.")

    @property
    def id(self) -> str:
        """The name and the shadows."""
        return f"{self.name}-{self.shadows}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"told from its answer who was in the training data ({self.shadows} shadow models)"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return "membership inference"

    @property
    def origin(self) -> Adversary:
        """Somebody who asks once about each person."""
        goal = "to learn whether this person was a patient there"
        return Adversary(goal=goal, queries=1, access=frozenset({"scores"}), knowledge=frozenset({"public data", "features"}))

    def unfit(self, target: Target) -> str:
        """It needs training rows, others, and how the target is trained."""
        if not _shadowed(target):
            return "give `train` and `fit`: shadow models can't be trained"
        return (
            ""
            if cast("Trainable", target).table("pool").member is not None
            else "the rows of «pool» don't say which of them were trained on: give its table a «member»"
        )

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """The shadows."""
        return _shadows(cast("Trainable", target), self.shadows) if _shadowed(target) else ()

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Ask once about each record."""
        if not isinstance(target, Trainable):
            return Act()
        lira = _Lira.of(target, shelf, self.shadows)
        thresholds = shelf.get(Thresholds(target, self.shadows, self.alarms))
        at = target.order(trials)[trials.start : trials.stop]

        def notes() -> Mapping[str, Column]:
            return told

        said = oracle.ask(Signal(lira.pool.x[at], np.zeros(len(at), dtype=np.int8)), np.arange(len(at), dtype=np.int64))
        guess, counted = lira.guess(said, at, thresholds["levels"]), lira.counted[at]
        told = {
            "guess": np.where(counted, guess, np.nan),
            "counted": counted.astype(np.float64),
            **{name: np.full(len(at), cut) for name, cut in zip(("t0", "t1", "t2"), thresholds["cuts"], strict=True)},
        }
        return Act(notes=notes)


# ---- shadows ----


def _shadowed(target: Target) -> bool:
    """Whether shadow models can be trained: the way of training is known, and there are records to train on."""
    return isinstance(target, Trainable) and TRAINING in target.channels and target.size("pool") > 0


def _shadows(target: Trainable, count: int) -> tuple[Shadow, ...]:
    records, rows = target.table("records"), target.table("pool")
    share = min(max(len(target.table("train")) / len(records), LEAST), MOST)
    inside = max(2, min(count - 2, round(share * count)))
    return tuple(Shadow(target.learner, records, rows, inside, count, index) for index in range(count))


@dataclass(frozen=True, eq=False)
class Shadow(Alone):
    """One shadow model: its scores of the rows of "pool", and which of them it was trained on.

    Attributes:
        learner: How it is trained.
        records: All records, of which it gets a share.
        pool: The rows that are asked about.
        inside: In how many of the shadows each record is.
        count: Of how many.
        index: Which of them this is.
    """

    learner: Learner
    records: Table
    pool: Table
    inside: int
    count: int
    index: int

    @property
    def key(self) -> str:
        """Learner, records and place in the row of shadows."""
        return key_of("shadow", self.learner.recipe, self.records.digest, self.pool.digest, self.inside, self.count, self.index)

    def make(self, shelf: Shelf) -> dict[str, Floats]:
        """Train on its share of the people, score the pool."""
        del shelf
        people, person = np.unique(self.records.unit, return_inverse=True)
        luck = uniform(Address(0, f"shadow.{self.records.digest}", 0, len(people)), "inside", self.count)
        rank = np.argsort(np.argsort(luck, axis=1, kind="stable"), axis=1, kind="stable")[:, self.index]
        drawn = rank < self.inside
        mine = drawn[person]
        scorer = self.learner.fit(self.records.x[mine], self.records.y[mine], seed=seed_of(0, "shadow", self.index))
        had = np.isin(self.pool.unit, people[drawn])  # the rows of a person come in together, and those of the pool are among the records
        return {"scores": Guarded(scorer)(self.pool.x).scores, "inside": had.astype(np.float64)}


# ---- the likelihood ratio ----


def _log_odds(score: Floats) -> Floats:
    clipped = np.clip(score, CLIP, 1 - CLIP)
    odds: Floats = np.log(clipped / (1 - clipped))
    return odds


@dataclass(frozen=True, eq=False)
class _Lira:
    """What the shadows say of each row of "pool".

    Attributes:
        pool: The rows.
        had: Mean log-odds of the shadows that had the row, float64 (rows,).
        not_had: Of those that had not.
        spread: Standard deviation of either kind, pooled over the rows.
        threshold: The target's operating point.
        luck: Breaks ties, float64 (rows,).
        counted: bool (rows,), the part that is counted; thresholds are set on the other.
    """

    pool: Table
    had: Floats
    not_had: Floats
    spread: tuple[float, float]
    threshold: float
    luck: Floats
    counted: NDArray[np.bool_]

    @staticmethod
    def of(target: Trainable, shelf: Shelf, count: int) -> _Lira:
        """Gather the shadows."""
        made = [shelf.get(shadow) for shadow in _shadows(target, count)]
        odds, inside = _log_odds(np.array([one["scores"] for one in made])), np.array([one["inside"] for one in made]) == 1
        known = np.isfinite(odds)
        (had, in_spread), (not_had, out_spread) = _moments(odds, inside & known), _moments(odds, ~inside & known)
        pool = target.table("pool")
        counted = _counted(pool, _members(pool))
        luck = uniform(Address(0, f"pool.{pool.digest}", 0, len(pool)), "membership.ties", 1)[:, 0]
        return _Lira(pool, had, not_had, (in_spread, out_spread), target.threshold, luck, counted)

    def guess(self, said: Signal, at: Ints, levels: Floats) -> Floats:
        """The log likelihood ratio of answers about some rows; 0 where the shadows tell nothing.

        Args:
            said: The answers.
            at: Places of the rows in the pool.
            levels: The different scores that the target gives, where they are few; else empty.
        """
        values = np.asarray(said.values, dtype=np.float64)
        density = _cell(values[:, 0], levels, self.threshold) if len(levels) else _point(values[:, 0])
        ratio = density(self.had[at], self.spread[0]) - density(self.not_had[at], self.spread[1])
        ratio = np.where(np.isfinite(ratio), ratio, 0.0) + TIE * self.luck[at]
        answered = (np.asarray(said.rulings) <= Ruling.CHANGED) & np.isfinite(values[:, 0])
        return np.where(answered, ratio, SILENT + self.luck[at])


def _members(pool: Table) -> NDArray[np.bool_]:
    if pool.member is None:
        msg = "The rows of «pool» must say which of them were trained on."
        raise PartError(msg)
    return pool.member


def _counted(pool: Table, member: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Draw the people whose guesses are counted: the same share of those who were in and of those who were not."""
    people, person = np.unique(pool.unit, return_inverse=True)
    was_in = np.zeros(len(people), dtype=bool)
    was_in[person[member]] = True
    place, counted = np.argsort(order(0, f"membership.{pool.digest}", len(people))), np.zeros(len(people), dtype=bool)
    for kind in (was_in, ~was_in):
        mine = np.flatnonzero(kind)
        counted[mine[np.argsort(place[mine])][int(SEARCHED * len(mine)) :]] = True
    return counted[person]


def _moments(odds: Floats, which: NDArray[np.bool_]) -> tuple[Floats, float]:
    """Per row the mean over the shadows named; and the standard deviation around it, pooled over the rows."""
    number = which.sum(axis=0)
    mean = np.where(which, odds, 0.0).sum(axis=0) / np.where(number > 0, number, np.nan)
    off = np.where(which, odds - mean, 0.0)
    freedom = np.maximum(number - 1, 0).sum()
    return mean, max(float(np.sqrt((off**2).sum() / max(freedom, 1))), SPREAD)


def _point(score: Floats) -> Callable[[Floats, float], Floats]:
    """Log density of a score."""
    odds = _log_odds(score)
    return lambda mean, spread: -np.log(spread) - ((odds - mean) / spread) ** 2 / 2


def _cell(score: Floats, levels: Floats, threshold: float) -> Callable[[Floats, float], Floats]:
    """Log chance of the interval that a coarse score stands for: up to half way to its neighbours, or to the operating point of a bare decision."""
    bare = np.isin(levels, (0.0, 1.0)).all()
    edges = np.array([threshold]) if bare else (levels[1:] + levels[:-1]) / 2
    bounds = np.r_[-np.inf, _log_odds(edges), np.inf]
    place = np.searchsorted(edges, score, side="right")

    def density(mean: Floats, spread: float) -> Floats:
        chance = ndtr((bounds[place + 1] - mean) / spread) - ndtr((bounds[place] - mean) / spread)
        log: Floats = np.log(np.maximum(chance, 1e-12))
        return log

    return density


# ---- thresholds ----


@dataclass(frozen=True, eq=False)
class Thresholds:
    """Set on one part of the people, through the mitigated target; and the different scores that it gives, where they are few.

    Attributes:
        target: The mitigated target.
        shadows: How many.
        alarms: The false-alarm rate.
    """

    target: Trainable
    shadows: int
    alarms: float

    @property
    def key(self) -> str:
        """Target, shadows and rate."""
        return key_of("membership thresholds", self.target.recipe, self.shadows, self.alarms)

    @property
    def needs(self) -> Sequence[Artefact[object]]:
        """The shadows."""
        return _shadows(self.target, self.shadows)

    @property
    def home(self) -> str:
        """With the target."""
        return self.target.recipe

    @property
    def lasting(self) -> bool:
        """A few numbers."""
        return True

    def make(self, shelf: Shelf) -> dict[str, Floats]:
        """Ask about the part that may be looked at."""
        lira = _Lira.of(self.target, shelf, self.shadows)
        at = np.flatnonzero(~lira.counted)
        said = self.target.answer(Signal(lira.pool.x[at], np.zeros(len(at), dtype=np.int8)))
        scores = np.asarray(said.values, dtype=np.float64)[:, 0]
        levels = np.unique(scores[np.isfinite(scores)])
        levels = levels if len(levels) <= FEW else levels[:0]
        others = ~_members(lira.pool)
        guess = lira.guess(said, at, levels)[others[at]]
        return {"levels": levels, "cuts": np.array(cuts(guess, int((others & lira.counted).sum()), self.alarms))}


def cuts(others: Floats, count: int, alarms: float) -> tuple[float, float, float]:
    """Choose three thresholds from guesses about people who were not in.

    Args:
        others: Guesses about people of the part that is looked at, who were not in, float64 (n,).
        count: How many such people are in the part that is counted.
        alarms: The false-alarm rate that is held.

    Returns:
        t0 accuses the share `alarms` of the others; t1 so many more that this will likely be shown, t2 so few that this will likely be shown.

    Example:
        >>> t0, t1, t2 = cuts(np.arange(1000.0), 1000, 0.01)
        >>> t1 < t0 < t2, t0
        (True, 990.0)
    """
    if not len(others) or not count:
        return np.inf, -np.inf, np.inf
    number, ranked = np.arange(count + 1), np.sort(others)[::-1]
    above = np.flatnonzero(binomial_fail(number, count, alarms) <= LEVEL)
    below = np.flatnonzero(binomial_pass(number, count, alarms) <= LEVEL)
    seen = len(ranked)
    high = bisect_left(range(1, seen), x=True, key=lambda rank: len(above) > 0 and 1 - _at_most(int(above[0]) - 1, count, rank, seen) >= SURE) + 1
    low = bisect_left(range(1, seen + 1), x=True, key=lambda rank: not len(below) or _at_most(int(below[-1]), count, rank, seen) < LIKELY)

    def at(accused: int) -> float:
        return float(ranked[min(accused, len(ranked)) - 1] if accused else ranked[0] + 2 * TIE)

    return at(int(alarms * len(ranked))), at(high), at(low)


def _at_most(most: int, count: int, rank: int, seen: int) -> float:
    """The chance that at most so many of `count` further people lie at or above the `rank`-th highest of `seen`: exact where all are exchangeable."""
    number = np.arange(most + 1)
    ways = gammaln(count + 1) - gammaln(number + 1) - gammaln(count - number + 1)
    return float(np.exp(ways + betaln(number + rank, count - number + seen + 1 - rank) - betaln(rank, seen + 1 - rank)).sum())
