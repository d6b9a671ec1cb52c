"""Values that were not measured, or were lost on the way: missing completely at random (Rubin 1976)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import INPUT, Act, Channel
from keepstone.core.errors import InputError
from keepstone.core.origin import Hazard
from keepstone.core.part import Tabular, part
from keepstone.core.usual import Unprepared
from keepstone.intake.slug import number
from keepstone.stats.chance import uniform
from keepstone.stats.pursuit import check_goal, submitted
from keepstone.stats.retry import decisions, luckiest

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Floats, Ints
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True, kw_only=True)
class MissingValues(Unprepared):
    """Values that may be missing are missing, whichever they are.

    Law: each present value that may be missing and is not a fixed fact is hidden with chance `share`, independently; or, where `count` is given, that many
    of them are hidden in every row, each choice equally likely (all of them where there are fewer). The size is the number of hidden values.

    Attributes:
        share: Chance of each value; not used where `count` is given.
        count: How many values of each row, or 0.
        tries: 1 is pure chance. More is blind retry: the worst of so many tries, the row as it is being the first, chosen by the bare decision and never
            guided by it. The oracle is not asked.
        goal: What is the worst, where there are tries to choose from: "missed", "alarm" or "any".

    Raises:
        InputError: If a number is out of range, or the goal is another word.

    Example:
        >>> MissingValues(share=0.2).id, MissingValues(count=3, tries=40).id
        ('missing_values-0p2', 'missing_values-3k-40t')
    """

    share: float = 0.2
    count: int = 0
    tries: int = 1
    goal: str = "missed"

    name: ClassVar[str] = "missing_values"
    stream: ClassVar[str] = "test"
    origin: ClassVar[Hazard] = Hazard(cause="values missing at random")
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        check_goal(self.goal, self.name)
        if not (0 <= self.share <= 1 and self.count >= 0 and self.tries >= 1):
            told = f"{self.share:g}, {self.count} and {self.tries}"
            raise InputError(f"The «share» of «missing_values» must be in 0 .. 1, its «count» 0 or more and its «tries» 1 or more; got {told}.")

    @property
    def id(self) -> str:
        """The name, the share or count, and the tries and goal where there are several."""
        told = f"{self.name}-{self.count}k" if self.count else f"{self.name}-{number(self.share)}"
        return told if self.tries == 1 else f"{told}-{self.tries}t" + ("" if self.goal == "missed" else f"-{self.goal}")

    @property
    def title(self) -> str:
        """In plain words."""
        told = f"{self.count} of a row's values missing at random" if self.count else f"{self.share:.0%} of the values missing at random"
        return told if self.tries == 1 else f"{told}, the worst of {self.tries} blind tries"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return (f"{self.count} missing" if self.count else f"{self.share:.0%} missing") + ("" if self.tries == 1 else ", retried")

    @property
    def strength(self) -> float:
        """The count, or the share."""
        return float(self.count or self.share)

    def unfit(self, target: Target) -> str:
        """It needs a column whose values may be missing."""
        if not isinstance(target, Tabular) or INPUT not in target.channels:
            return "the target is not a classifier of a table"
        known = any(feature.missing and not feature.immutable for feature in target.features)
        return "" if known else "give `missing` of the features: whether their values may be missing"

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Lose values."""
        del oracle, shelf
        features = target.features if isinstance(target, Tabular) else ()
        open_ = np.array([feature.missing and not feature.immutable for feature in features])

        def lose(x: Floats) -> Floats:
            there = open_ & ~np.isnan(x)

            def draw(k: int, at: Ints) -> Floats:
                luck = np.where(there[at], uniform(trials, f"missing_values.{k}", len(features))[at], 2.0)
                rank = np.argsort(np.argsort(luck, axis=1, kind="stable"), axis=1, kind="stable")
                hidden = (rank < self.count) & there[at] if self.count else luck < self.share
                return np.where(hidden, np.nan, x[at])

            return luckiest(x, draw, self.tries, lambda rows: decisions(target, rows), self.goal)

        return submitted(INPUT, lose, lambda asked, x: (np.isnan(asked) & ~np.isnan(x)).sum(axis=1).astype(np.float64))
