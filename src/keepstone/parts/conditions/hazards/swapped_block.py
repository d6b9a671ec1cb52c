"""A block of values that belongs to somebody else: a record joined to the wrong person by mistake, the accidental counterpart of a tampered join."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.artefact import key_of
from keepstone.core.channel import INPUT, Act, Channel
from keepstone.core.errors import InputError
from keepstone.core.origin import Hazard
from keepstone.core.part import Tabular, part
from keepstone.core.usual import Unprepared
from keepstone.stats.chance import integers
from keepstone.stats.perturb import size
from keepstone.stats.pursuit import check_goal, submitted
from keepstone.stats.retry import decisions, luckiest

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Floats, Ints
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True, kw_only=True)
class SwappedBlock(Unprepared):
    """A block of every row's values comes from another row, picked at random.

    Law: the donor is drawn from the rows of "search" (those of the stream where there are none), each equally likely, whoever it is; all values of the
    block come from it together, missing ones too.

    Attributes:
        columns: Names of the block's columns; empty for all that are not fixed facts.
        tries: 1 is pure chance. More is blind retry: the worst of so many donors, the row as it is being the first, chosen by the bare decision and never
            guided by it. The oracle is not asked.
        goal: What is the worst, where there are tries to choose from: "missed", "alarm" or "any".

    Raises:
        InputError: If there is no try, or the goal is another word.

    Example:
        >>> SwappedBlock().id, SwappedBlock(tries=50).id
        ('swapped_block', 'swapped_block-50t')
    """

    columns: tuple[str, ...] = ()
    tries: int = 1
    goal: str = "missed"

    name: ClassVar[str] = "swapped_block"
    stream: ClassVar[str] = "test"
    origin: ClassVar[Hazard] = Hazard(cause="a record joined to the wrong person")
    strength: ClassVar[float] = 1.0
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        check_goal(self.goal, self.name)
        if self.tries < 1:
            raise InputError(f"The «tries» of «swapped_block» must be 1 or more; got {self.tries}.")

    @property
    def id(self) -> str:
        """The name, the columns where they are told, and the tries and goal where there are several."""
        told = self.name + ("" if not self.columns else f"-{key_of(self.columns)[:8]}")
        return told if self.tries == 1 else f"{told}-{self.tries}t" + ("" if self.goal == "missed" else f"-{self.goal}")

    @property
    def title(self) -> str:
        """In plain words."""
        told = "a block of values that belongs to somebody else"
        return told if self.tries == 1 else f"{told}, the worst of {self.tries} blind tries"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return "records swapped" if self.tries == 1 else "records swapped, retried"

    def unfit(self, target: Target) -> str:
        """It needs a block of columns that are not fixed."""
        if not isinstance(target, Tabular) or INPUT not in target.channels:
            return "the target is not a classifier of a table"
        names = {feature.name for feature in target.features}
        if not names.issuperset(self.columns):
            return f"the target has no feature «{min(set(self.columns) - names)}»"
        return "" if self.columns or any(not feature.immutable for feature in target.features) else "every feature is immutable: no block can be another's"

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Join the wrong person's values."""
        del oracle, shelf
        if not isinstance(target, Tabular):
            return Act()
        features = target.features
        block = np.array([feature.name in self.columns if self.columns else not feature.immutable for feature in features])
        donors = target.table("search" if target.size("search") else trials.stream).x

        def join(x: Floats) -> Floats:
            def draw(k: int, at: Ints) -> Floats:
                return np.where(block, donors[integers(trials, f"swapped_block.{k}", 1, len(donors))[at, 0]], x[at])

            return luckiest(x, draw, self.tries, lambda rows: decisions(target, rows), self.goal)

        return submitted(INPUT, join, lambda asked, x: size(asked, x, features))
