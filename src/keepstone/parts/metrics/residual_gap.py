"""The largest gap between a group and the rest in what the score is off on average: whether a score means the same chance for everybody.

Calibration within groups (Kleinberg, Mullainathan and Raghavan 2017), reduced to its first moment, which can be measured without bins.
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

OTHERS = "all others"


@part("metric")
@dataclass(frozen=True, kw_only=True)
class ResidualGap:
    """Each group's mean residual (outcome minus score) against that of all who are not in it, both ways.

    A residual lies in [-1, 1]; the loss is (1 + residual) / 2, so **the number is half of the gap in risk**: a limit of 0.05 allows a group's risk to be
    put 10 points too low or too high against the rest. Cases left to a person are not counted.

    Attributes:
        attribute: Which attribute of people.
        groups: The groups that are held against the rest, fixed beforehand.
        others: Whether there are people in none of these groups; they belong to the rest.

    Raises:
        InputError: If nothing is left to compare.

    Example:
        >>> ResidualGap(attribute="sex", groups=("female", "male")).id
        'residual_gap-sex'
    """

    attribute: str
    groups: tuple[str, ...]
    others: bool = False

    name: ClassVar[str] = "residual_gap"

    def __post_init__(self) -> None:
        """Refuse what can't be compared."""
        if len(self.parts) < 2:
            raise InputError(f"The «groups» of «residual_gap» must be two at least, or one against others; got {len(self.groups)}.")

    @property
    def id(self) -> str:
        """Name and attribute."""
        return f"{self.name}-{slug(self.attribute)}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"half of the largest gap by {self.attribute} in mean outcome minus score"

    @property
    def parts(self) -> tuple[str, ...]:
        """The groups, and all others where there are any."""
        return (*self.groups, OTHERS) if self.others else self.groups

    @property
    def claim(self) -> Claim:
        """Groups are held against the rest; of two parts both are, which is one comparison."""
        held = 2 if len(self.parts) == 2 else len(self.groups)
        return Gap(groups=tuple(range(held)), real=True)

    def unfit(self, target: Target) -> str:
        """It needs the attribute."""
        known = not isinstance(target, Tabular) or self.attribute in target.table("test").groups
        return "" if known else f"give `groups` with «{self.attribute}»: the group that each case belongs to"

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, groups)."""
        del calm
        truth = np.asarray(outcome.columns["truth"], dtype=np.float64)
        score = np.asarray(outcome.columns["score"], dtype=np.float64)
        answered = np.asarray(outcome.columns["ruling"]) <= Ruling.CHANGED
        half = np.nan_to_num((1 + truth - score) / 2, nan=1.0)  # where it broke, it counts
        names = np.asarray(outcome.columns[f"group:{self.attribute}"])
        mine = names[:, None] == np.asarray(self.groups)
        inside = np.column_stack([mine, ~mine.any(axis=1)]) if self.others else mine
        return np.where(inside & answered[:, None], half[:, None], np.nan)
