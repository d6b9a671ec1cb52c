"""Chosen unit: one value is reported in the unit that turns the answer, and it looks like a slip.

Adversary (NIST AI 100-2 E2025, evasion, black-box, score-based queries):
    goal        integrity violation of a chosen case: an outcome that is not flagged ("missed"), a false alarm ("alarm"), or the other decision ("any")
    knowledge   the units that each column is mixed up with; nothing of the model or its training data
    capability  writes one value of a case in another unit, and sees the score of each way to do so

There are few ways, so all are tried and the worst is kept. The slip itself is old: wrong units are among the commonest errors of medication and
laboratory data (Cohen 2007, *Medication errors*, chapter 4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import INPUT, Act, Channel
from keepstone.core.origin import Adversary
from keepstone.core.part import Tabular, part
from keepstone.core.usual import Unprepared
from keepstone.parts.conditions.hazards.unit_mixup import UnitMixup
from keepstone.stats.chance import uniform
from keepstone.stats.perturb import changed
from keepstone.stats.pursuit import Pursuit, at_stake, check_goal, check_positive, submitted

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Floats
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials

WORDS = {"missed": "no flag", "alarm": "a flag", "any": "another decision"}


@part("condition")
@dataclass(frozen=True)
class ChosenUnit(Unprepared):
    """The worst of the possible mix-ups of units, for each case.

    Attributes:
        queries: Answers seen for each case, at least 1; more than there are ways to mix up are not used.
        goal: "missed", "alarm" or "any".

    Raises:
        InputError: If the queries are less than 1 or the goal is another word.

    Example:
        >>> ChosenUnit().id
        'chosen_unit-50q'
    """

    queries: int = 50
    goal: str = "missed"

    name: ClassVar[str] = "chosen_unit"
    stream: ClassVar[str] = "test"
    strength: ClassVar[float] = 1.0
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        check_goal(self.goal, self.name)
        check_positive(self.queries, "queries", self.name)

    @property
    def id(self) -> str:
        """The name, the queries, and the goal where it is not the usual one."""
        told = f"{self.name}-{self.queries}q"
        return told if self.goal == "missed" else f"{told}-{self.goal}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"one value reported in the unit that leads to {WORDS[self.goal]}"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return "unit chosen"

    @property
    def origin(self) -> Adversary:
        """Somebody whose lie looks like a slip."""
        access, knowledge = frozenset({"inputs", "scores"}), frozenset({"features"})
        return Adversary(goal="this case is judged as I want, and it looks like a slip", queries=self.queries, access=access, knowledge=knowledge)

    @property
    def counterpart(self) -> UnitMixup:
        """A random one of the mix-ups."""
        return UnitMixup(goal=self.goal)

    @property
    def retried(self) -> UnitMixup:
        """The worst of as many random mix-ups as there are queries."""
        return UnitMixup(tries=self.queries, goal=self.goal)

    def unfit(self, target: Target) -> str:
        """It needs a table with a column that is mixed up with another unit."""
        if not isinstance(target, Tabular) or INPUT not in target.channels:
            return "the target is not a classifier of a table"
        return "" if _ways(target) else "give `units` of the features: the other units that each is written in by mistake"

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Try every way, in an order of chance, until one turns the answer."""
        del shelf
        ways = _ways(target) if isinstance(target, Tabular) else ()

        def attack(x: Floats) -> Floats:
            pursuit = Pursuit(oracle, target, x, goal=self.goal, queries=self.queries, stake=at_stake(target, trials, self.goal))
            turn = np.argsort(uniform(trials, "unit.turn", len(ways)), axis=1, kind="stable")
            column, factor, offset = (np.array(part) for part in zip(*ways, strict=True))
            for step in range(len(ways)):
                of = pursuit.open()
                way = turn[of, step]
                known = ~np.isnan(x[of, column[way]])
                of, way = of[known], way[known]
                rows = x[of].copy()
                here = np.arange(len(of))
                rows[here, column[way]] = rows[here, column[way]] * factor[way] + offset[way]
                pursuit.ask(rows, of)
            return pursuit.best

        return submitted(INPUT, attack, changed)


def _ways(target: Tabular) -> tuple[tuple[int, float, float], ...]:
    """Column, factor and offset of each mix-up."""
    return tuple((column, unit.factor, unit.offset) for column, feature in enumerate(target.features) if not feature.immutable for unit in feature.units)
