"""Evasion by decisions: values are moved within measurement error until the answer turns, seeing no more than the decision.

Adversary (NIST AI 100-2 E2025, evasion, black-box, decision-based queries):
    goal        integrity violation of a chosen case: an outcome that is not flagged ("missed"), a false alarm ("alarm"), or the other decision ("any")
    knowledge   the columns, their measurement errors and bounds; nothing of the model or its training data
    capability  writes values of the columns that can be changed, within so many measurement errors of what is true, and sees so many decisions for a case

Moves that turn many other cases (`keepstone.stats.rehearsal`) are tried until one turns the decision; then the direction is searched along which it turns
nearest, asking further out than the case may be moved, since only there a decision tells anything (`keepstone.stats.rays`). With `shrink`, what is left
of the budget brings a turned case back towards the truth by halving, as the boundary attacks do (Brendel, Rauber & Bethge 2018, *Decision-based
adversarial attacks*; Chen, Jordan & Wainwright 2020, *HopSkipJumpAttack*), so that it is harder to see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import INPUT, Act, Channel
from keepstone.core.origin import Adversary
from keepstone.core.part import Tabular, part
from keepstone.core.screened import allowed
from keepstone.core.usual import Unprepared
from keepstone.intake.slug import number
from keepstone.parts.conditions.hazards.random_change import RandomChange
from keepstone.stats.perturb import Room, settle, size
from keepstone.stats.pursuit import Pursuit, at_stake, check_goal, check_positive, submitted
from keepstone.stats.rays import pursue
from keepstone.stats.rehearsal import rehearsed

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Floats
    from keepstone.core.part import Oracle, Target
    from keepstone.core.table import Feature
    from keepstone.core.trial import Trials

WORDS = {"missed": "no flag", "alarm": "a flag", "any": "another decision"}


@part("condition")
@dataclass(frozen=True)
class EvasionLabels(Unprepared):
    """Values moved within measurement error, seeing decisions only.

    Attributes:
        errors: How far a value may be moved, in measurement errors of the column (divided by the column's cost), at least 0.
        queries: Decisions seen for each case, at least 1.
        goal: "missed", "alarm" or "any".
        shrink: Most halvings towards the truth once the decision has turned; they count towards the queries.

    Raises:
        InputError: If a number is out of range or the goal is another word.

    Example:
        >>> EvasionLabels(errors=2.0, queries=100).id
        'evasion_labels-2e-100q'
    """

    errors: float = 1.0
    queries: int = 50
    goal: str = "missed"
    shrink: int = 0

    name: ClassVar[str] = "evasion_labels"
    stream: ClassVar[str] = "test"
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        check_goal(self.goal, self.name)
        check_positive(self.queries, "queries", self.name)
        check_positive(self.errors + 1, "errors", self.name)
        check_positive(self.shrink + 1, "shrink", self.name)

    @property
    def id(self) -> str:
        """The name, the errors, the queries, and what is not as usual."""
        told = f"{self.name}-{number(self.errors)}e-{self.queries}q"
        told = told if self.goal == "missed" else f"{told}-{self.goal}"
        return f"{told}-shrink{self.shrink}" if self.shrink else told

    @property
    def title(self) -> str:
        """In plain words."""
        far = f"{self.errors:g} measurement error{'' if self.errors == 1 else 's'}"
        return f"values moved by at most {far} for {WORDS[self.goal]}, seeing decisions only ({self.queries} queries)"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return f"evasion ±{self.errors:g} by labels"

    @property
    def origin(self) -> Adversary:
        """Somebody who sees decisions."""
        access, knowledge = frozenset({"inputs", "labels"}), frozenset({"features"})
        return Adversary(goal="this case is judged as I want", queries=self.queries, access=access, knowledge=knowledge)

    @property
    def strength(self) -> float:
        """The errors."""
        return self.errors

    @property
    def counterpart(self) -> RandomChange:
        """As large a change in random directions."""
        return RandomChange(errors=self.errors, goal=self.goal)

    @property
    def retried(self) -> RandomChange:
        """The worst of as many random changes as there are queries."""
        return RandomChange(errors=self.errors, tries=self.queries, goal=self.goal)

    def unfit(self, target: Target) -> str:
        """It needs a table with a column that has a measurement error and can be changed."""
        if not isinstance(target, Tabular) or INPUT not in target.channels:
            return "the target is not a classifier of a table"
        return "" if any(feature.noisy for feature in target.features) else "give `error_abs` or `error_rel` of the features that can be changed"

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Search for each case."""
        features = target.features if isinstance(target, Tabular) else ()

        def attack(x: Floats) -> Floats:
            room = Room(x, features, self.errors)
            if not room.slots:
                return x
            pursuit = Pursuit(oracle, target, x, goal=self.goal, queries=self.queries, stake=at_stake(target, trials, self.goal))
            pursue(trials, pursuit, room, rehearsed(target, shelf, self.goal, trials.seed, errors=self.errors), allowed(target, self.queries))
            return self._shrunk(pursuit, features)

        return submitted(INPUT, attack, lambda asked, x: size(asked, x, features))

    def _shrunk(self, pursuit: Pursuit, features: tuple[Feature, ...]) -> Floats:
        """Halve the way between the truth and what turned the decision, keeping what still turns it."""
        best, near, far = pursuit.best.copy(), np.zeros(len(pursuit.x)), np.ones(len(pursuit.x))
        moved = ~((best == pursuit.x) | np.isnan(best)).all(axis=1)
        for _ in range(self.shrink):
            of = np.flatnonzero(pursuit.reached & moved & (pursuit.left > 0))
            if not len(of):
                break
            middle, x = (near[of] + far[of]) / 2, pursuit.x[of]
            rows = settle(x + (pursuit.best[of] - x) * middle[:, None], x, features)
            turned = pursuit.probe(rows, of).reached
            best[of[turned]] = rows[turned]
            far[of[turned]], near[of[~turned]] = middle[turned], middle[~turned]
        return best
