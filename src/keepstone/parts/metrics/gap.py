"""The largest gap between a group and the rest, in missed outcomes, false alarms or wrong decisions (equalised odds: Hardt, Price and Srebro 2016).

It belongs to no half: the risk that it is read for has one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import Ruling
from keepstone.core.errors import InputError
from keepstone.core.part import Tabular, part
from keepstone.intake.slug import slug
from keepstone.stats.claims import Gap

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.core.channel import Floats
    from keepstone.core.claim import Claim
    from keepstone.core.part import Target
    from keepstone.core.trial import Outcome

WORDS = {"missed": "outcomes not flagged", "alarms": "false alarms", "error": "wrong decisions"}
OTHERS = "all others"


@part("metric")
@dataclass(frozen=True, kw_only=True)
class GroupGap:
    """Each group against all who are not in it, both ways; the largest gap is held against the limit.

    The loss is 1 for a wrong decision of the kind asked, counted in the part of the trial's own group; a decision left to a person is not wrong.

    Attributes:
        of: "missed" (counted where the outcome came), "alarms" (where it did not) or "error" (everywhere).
        attribute: Which attribute of people.
        groups: The groups that are held against the rest, fixed beforehand.
        others: Whether there are people in none of these groups; they belong to the rest.

    Raises:
        InputError: If `of` is another word, or nothing is left to compare.

    Example:
        >>> metric = GroupGap(of="missed", attribute="sex", groups=("female", "male"))
        >>> metric.id, metric.parts
        ('gap-missed-sex', ('female', 'male'))
    """

    of: str
    attribute: str
    groups: tuple[str, ...]
    others: bool = False

    name: ClassVar[str] = "gap"

    def __post_init__(self) -> None:
        """Refuse what can't be compared."""
        if self.of not in WORDS:
            raise InputError(f"The «of» of «gap» must be one of {', '.join(WORDS)}; got {self.of!r}.")
        if len(self.parts) < 2:
            raise InputError(f"The «groups» of «gap» must be two at least, or one against others; got {len(self.groups)}.")

    @property
    def id(self) -> str:
        """Name, what is counted, and the attribute."""
        return f"{self.name}-{self.of}-{slug(self.attribute)}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"largest gap by {self.attribute} in {WORDS[self.of]}"

    @property
    def parts(self) -> tuple[str, ...]:
        """The groups, and all others where there are any."""
        return (*self.groups, OTHERS) if self.others else self.groups

    @property
    def claim(self) -> Claim:
        """Groups are held against the rest; of two parts both are, which is one comparison."""
        held = 2 if len(self.parts) == 2 else len(self.groups)
        return Gap(groups=tuple(range(held)))

    def unfit(self, target: Target) -> str:
        """It needs the attribute."""
        known = not isinstance(target, Tabular) or self.attribute in target.table("test").groups
        return "" if known else f"give `groups` with «{self.attribute}»: the group that each case belongs to"

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, groups)."""
        del calm
        truth = np.asarray(outcome.columns["truth"], dtype=np.float64)
        flagged = np.asarray(outcome.columns["flagged"], dtype=np.float64)
        answered = np.asarray(outcome.columns["ruling"]) <= Ruling.CHANGED
        counts = {"missed": truth == 1, "alarms": truth == 0, "error": np.ones(len(truth), dtype=bool)}[self.of]
        wrong = answered & (flagged != truth)
        names = np.asarray(outcome.columns[f"group:{self.attribute}"])
        mine = names[:, None] == np.asarray(self.groups)
        inside = np.column_stack([mine, ~mine.any(axis=1)]) if self.others else mine
        return np.where(inside & counts[:, None], wrong[:, None], np.nan).astype(np.float64)
