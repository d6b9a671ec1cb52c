"""Tampered join: somebody attaches another person's values to a record, the person being chosen so that the answer turns.

Adversary (NIST AI 100-2 E2025, evasion through the operational data):
    goal        integrity violation of a chosen case: an outcome that is not flagged ("missed"), a false alarm ("alarm"), or the other decision ("any")
    knowledge   records of others (the rows of "search") and nothing of the model
    capability  replaces a block of a record's values by that of another record, whole; sees so many answers

Every value is some person's true value and all values of the block belong together, so no check of plausibility or of consistency within the block
sees it. Donors whose values turn many other cases (`keepstone.stats.rehearsal`) are tried first, then random ones, until one turns the answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.artefact import key_of
from keepstone.core.channel import INPUT, Act, Channel
from keepstone.core.origin import Adversary
from keepstone.core.part import Tabular, part
from keepstone.core.usual import Unprepared
from keepstone.parts.conditions.hazards.swapped_block import SwappedBlock
from keepstone.stats.chance import integers
from keepstone.stats.perturb import size
from keepstone.stats.pursuit import Pursuit, at_stake, check_goal, check_positive, submitted
from keepstone.stats.rehearsal import Donors, attached

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Floats
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials

WORDS = {"missed": "there is no flag", "alarm": "there is a flag", "any": "the decision is another"}


@part("condition")
@dataclass(frozen=True, kw_only=True)
class TamperedJoin(Unprepared):
    """A block of values comes from a chosen other record.

    Attributes:
        columns: Names of the block's columns; empty for all that are not fixed facts.
        queries: Answers seen for each case, at least 1.
        goal: "missed", "alarm" or "any".

    Raises:
        InputError: If the queries are less than 1 or the goal is another word.

    Example:
        >>> TamperedJoin().id
        'tampered_join-10q'
    """

    columns: tuple[str, ...] = ()
    queries: int = 10
    goal: str = "missed"

    name: ClassVar[str] = "tampered_join"
    stream: ClassVar[str] = "test"
    strength: ClassVar[float] = 1.0
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        check_goal(self.goal, self.name)
        check_positive(self.queries, "queries", self.name)

    @property
    def id(self) -> str:
        """The name, the columns where they are told, the queries, and the goal where it is not the usual one."""
        told = self.name + ("" if not self.columns else f"-{key_of(self.columns)[:8]}") + f"-{self.queries}q"
        return told if self.goal == "missed" else f"{told}-{self.goal}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"values of another person attached so that {WORDS[self.goal]} (the best of {self.queries} queries)"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return "records exchanged"

    @property
    def origin(self) -> Adversary:
        """Somebody who can write to the place where records are joined."""
        access, knowledge = frozenset({"records", "inputs", "labels"}), frozenset({"public data"})
        return Adversary(goal="this case is judged as I want, and every value is somebody's", queries=self.queries, access=access, knowledge=knowledge)

    @property
    def counterpart(self) -> SwappedBlock:
        """The block of a random other record."""
        return SwappedBlock(columns=self.columns, goal=self.goal)

    @property
    def retried(self) -> SwappedBlock:
        """The worst of as many random records as there are queries."""
        return replace(self.counterpart, tries=self.queries)

    def unfit(self, target: Target) -> str:
        """It needs a block of columns that are not fixed, and other records."""
        if isinstance(target, Tabular) and not target.size("search"):
            return "give `train` or `search`: there are no other records"
        return self.counterpart.unfit(target)

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Try donors for each case."""
        if not isinstance(target, Tabular):
            return Act()
        features, donors = target.features, target.table("search").x
        block = tuple(at for at, feature in enumerate(features) if (feature.name in self.columns if self.columns else not feature.immutable))
        learned = shelf.get(Donors(target, self.goal, trials.seed, block))["donors"]

        def attack(x: Floats) -> Floats:
            pursuit = Pursuit(oracle, target, x, goal=self.goal, queries=self.queries, stake=at_stake(target, trials, self.goal))
            for step in range(self.queries - 1):
                of = pursuit.open()
                if not len(of):
                    break
                who = integers(trials, f"tampered_join.{step}", 1, len(donors))[of, 0]
                who = np.full(len(of), learned[step]) if step < len(learned) else who
                pursuit.ask(attached(x[of], donors[who], block), of)
            return pursuit.best

        return submitted(INPUT, attack, lambda asked, x: size(asked, x, features))
