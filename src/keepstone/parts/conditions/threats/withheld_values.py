"""Withheld values: what speaks against the wanted answer is held back, and nothing that is said is false.

Adversary (NIST AI 100-2 E2025, evasion, black-box queries; no value is falsified, so no check of plausibility can see it):
    goal        integrity violation of a chosen case: an outcome that is not flagged ("missed"), a false alarm ("alarm"), or the other decision ("any")
    knowledge   which columns may be missing; nothing of the model or its training data
    capability  leaves out up to so many values of a case that may be missing, and sees so many scores (or decisions only) for it

Guided by scores it is greedy: the value whose absence helps most, then the next beside it. What is left of the budget goes to sets that turn many other
cases (`keepstone.stats.rehearsal`), then to further ones: all of them where the budget allows, else random ones. With decisions only, and for a case
whose answers all look alike, there is nothing to be greedy about, so the sets are tried at once; that hiding the score does not protect against this
is the point of the comparison (Athalye, Carlini & Wagner 2018, *Obfuscated gradients give a false sense of security*).

Missing values as an attack: Globerson & Roweis 2006, *Nightmare at test time: robust learning by feature deletion*.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import comb
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import INPUT, Act, Channel
from keepstone.core.errors import InputError
from keepstone.core.origin import Adversary
from keepstone.core.part import Tabular, part
from keepstone.core.screened import allowed
from keepstone.core.usual import Unprepared
from keepstone.parts.conditions.hazards.missing_values import MissingValues
from keepstone.stats.chance import order, uniform
from keepstone.stats.pursuit import Pursuit, at_stake, check_goal, check_positive, submitted
from keepstone.stats.rehearsal import all_sets, rehearsed_sets, without

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Floats, Ints
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials

    Flags = NDArray[np.bool_]

WORDS = {"missed": "no flag", "alarm": "a flag", "any": "another decision"}
LOOKS = 4
"""Answers after which a case whose answers were all alike is searched otherwise."""
CHUNK = 8
"""Most sets that are asked about at once."""
SIGHTS = ("scores", "labels")


@part("condition")
@dataclass(frozen=True)
class WithheldValues(Unprepared):
    """Values held back by choice.

    Attributes:
        count: Most values held back of a case, at least 0.
        queries: Answers seen for each case, at least 1.
        sees: "scores" or "labels".
        goal: "missed", "alarm" or "any".

    Raises:
        InputError: If a number is out of range or a word is another.

    Example:
        >>> WithheldValues(count=3).id
        'withheld_values-3-50q'
    """

    count: int = 1
    queries: int = 50
    sees: str = "scores"
    goal: str = "missed"

    name: ClassVar[str] = "withheld_values"
    stream: ClassVar[str] = "test"
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        check_goal(self.goal, self.name)
        check_positive(self.queries, "queries", self.name)
        check_positive(self.count + 1, "count", self.name)
        if self.sees not in SIGHTS:
            raise InputError(f"The «sees» of «{self.name}» must be one of {', '.join(SIGHTS)}; got {self.sees!r}.")

    @property
    def id(self) -> str:
        """The name, the count, the queries, and what is not as usual."""
        told = f"{self.name}-{self.count}-{self.queries}q" + ("-labels" if self.sees == "labels" else "")
        return told if self.goal == "missed" else f"{told}-{self.goal}"

    @property
    def title(self) -> str:
        """In plain words."""
        values = "1 value" if self.count == 1 else f"up to {self.count} values"
        seen = "guided by the score" if self.sees == "scores" else "seeing decisions only"
        return f"{values} withheld for {WORDS[self.goal]}, {seen} ({self.queries} queries)"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return f"{self.count} withheld" + (" by labels" if self.sees == "labels" else "")

    @property
    def origin(self) -> Adversary:
        """Somebody who leaves things out."""
        access, knowledge = frozenset({"inputs", self.sees}), frozenset({"features"})
        goal = "this case is judged as I want, and nothing that I say is false"
        return Adversary(goal=goal, queries=self.queries, access=access, knowledge=knowledge)

    @property
    def strength(self) -> float:
        """The number of values."""
        return float(self.count)

    @property
    def counterpart(self) -> MissingValues:
        """As many values missing, whichever they are."""
        return MissingValues(count=self.count, goal=self.goal) if self.count else MissingValues(share=0.0, goal=self.goal)

    @property
    def retried(self) -> MissingValues:
        """The worst of as many draws as there are queries."""
        return replace(self.counterpart, tries=self.queries)

    def unfit(self, target: Target) -> str:
        """It needs a table with a column that may be missing."""
        if not isinstance(target, Tabular) or INPUT not in target.channels:
            return "the target is not a classifier of a table"
        return "" if _hideable(target) else "give `missing = true` of the features that may be missing"

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Search for each case."""
        columns = _hideable(target) if isinstance(target, Tabular) else ()

        def attack(x: Floats) -> Floats:
            if not self.count or not columns:
                return x
            search = _Search(trials, Pursuit(oracle, target, x, goal=self.goal, queries=self.queries, stake=at_stake(target, trials, self.goal)), columns)
            if self.sees == "scores":
                search.greedy(self.count)
            if len(search.pursuit.open()):
                search.listed(rehearsed_sets(target, shelf, self.goal, trials.seed, columns=columns, count=self.count))
                search.rest(self.count, allowed(target, self.queries))
            return search.pursuit.best

        return submitted(INPUT, attack, lambda asked, x: (np.isnan(asked) & ~np.isnan(x)).sum(axis=1).astype(np.float64))


def _hideable(target: Tabular) -> tuple[int, ...]:
    return tuple(column for column, feature in enumerate(target.features) if feature.missing and not feature.immutable)


class _Search:
    """The search for a batch of cases."""

    def __init__(self, trials: Trials, pursuit: Pursuit, columns: tuple[int, ...]) -> None:
        self.trials, self.pursuit, self.columns = trials, pursuit, columns
        self.known = ~np.isnan(pursuit.x[:, columns])
        self.tried: set[bytes] = set()

    def greedy(self, count: int) -> None:
        """Hide the value whose absence helps most, then the next beside it; leave it where the first answers are all alike."""
        width = len(self.columns)
        chance = uniform(self.trials, "withheld.turn", width)
        hidden, blind = np.zeros(self.known.shape, dtype=bool), np.zeros(len(self.known), dtype=bool)
        for _ in range(count):
            best, value = np.full(len(hidden), -1), np.full(len(hidden), np.inf)
            turn = np.argsort(np.where(self.known & ~hidden, chance, 2.0), axis=1, kind="stable")
            for places in (range(min(LOOKS, width)), range(LOOKS, width)):
                of = self.pursuit.open()
                of = of[~blind[of]]
                which = [turn[of, place] for place in places]
                fresh = [(self.known & ~hidden)[of, one] for one in which]
                worth = self._all([hidden[of] | (np.arange(width) == one[:, None]) for one in which], of, fresh)
                alike = np.all([told == self.pursuit.first[of] for told in worth], axis=0) if len(worth) == LOOKS else np.zeros(len(of), dtype=bool)
                blind[of] |= alike & ~hidden[of].any(axis=1)
                for one, new, told in zip(which, fresh, worth, strict=False):
                    better = new & (told < value[of])
                    best[of[better]], value[of[better]] = one[better], told[better]
            chosen = np.flatnonzero(best >= 0)
            hidden[chosen, best[chosen]] = True

    def _all(self, tries: Sequence[Flags], of: Ints, use: Sequence[Flags] = ()) -> list[Floats]:
        """Ask about sets, several at once; what each is worth."""
        if not len(of) or not tries:
            return []
        said = self.pursuit.ask_all([without(self.pursuit.x[of], self.columns, hidden) for hidden in tries], of, use)
        return [np.where(told.handed, -np.inf, told.value) for told in said]

    def listed(self, sets: Flags) -> None:
        """Try sets in turn, some at once, for all open cases; a set is tried once."""
        new = [hidden for hidden in sets if hidden.tobytes() not in self.tried]
        self.tried.update(hidden.tobytes() for hidden in new)
        for start in range(0, len(new), CHUNK):
            of, some = self.pursuit.open(), new[start : start + CHUNK]
            tries = [np.broadcast_to(hidden, (len(of), len(hidden))) for hidden in some]
            self._all(tries, of, [np.asarray(self.known[of][:, hidden].all(axis=1)) for hidden in some])

    def rest(self, count: int, queries: int) -> None:
        """Try every further set where the budget allows, the largest first; else random ones of the full size."""
        width, spent = len(self.columns), 0
        sizes = range(min(count, width), 0, -1)
        if sum(comb(width, some) for some in sizes) <= queries:
            for some in sizes:
                every = all_sets(width, some)
                self.listed(every[order(self.trials.seed, f"withheld.{some}", len(every))])
            return
        while len(of := self.pursuit.open()) and spent < queries:
            chance = uniform(self.trials, f"withheld.{spent}", width * CHUNK)[of].reshape(len(of), CHUNK, width)
            luck = np.where(self.known[of][:, None, :], chance, 2.0)
            rank = np.argsort(np.argsort(luck, axis=2, kind="stable"), axis=2, kind="stable")
            hidden = (rank < count) & self.known[of][:, None, :]
            self._all([hidden[:, turn] for turn in range(CHUNK)], of)
            spent += CHUNK
