"""Whom an attack hits harder: outcomes that it newly takes from sight, in one group against all others (paper, section 5.3: security to safety)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import Ruling
from keepstone.core.part import Tabular, part
from keepstone.intake.slug import slug
from keepstone.stats.claims import Advantage
from keepstone.stats.groups import whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.core.channel import Floats
    from keepstone.core.claim import Claim
    from keepstone.core.part import Target
    from keepstone.core.trial import Outcome


@part("metric")
@dataclass(frozen=True, kw_only=True)
class NewlyMissed:
    """Of the outcomes that came, those flagged in ordinary use and not flagged now, in two parts; the number is the difference of their shares.

    The largest gap between groups is no mean over trials, so that two of them can't be compared case by case. This can: where an attack makes nobody seen who
    was missed, it is what the attack adds to the gap between the group and the rest.

    Attributes:
        attribute: Which attribute of people.
        group: The group that is held against all others.

    Example:
        >>> NewlyMissed(attribute="sex", group="female").id
        'newly_missed-sex-female'
    """

    attribute: str
    group: str

    name: ClassVar[str] = "newly_missed"
    parts: ClassVar[tuple[str, ...]] = ("group", "all others")
    claim: ClassVar[Claim] = Advantage()

    @property
    def id(self) -> str:
        """Name, attribute and group."""
        return f"{self.name}-{slug(self.attribute)}-{slug(self.group)}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"outcomes newly missed where {self.attribute} is {self.group}, against all others"

    def unfit(self, target: Target) -> str:
        """It needs the attribute."""
        known = not isinstance(target, Tabular) or self.attribute in target.table("test").groups
        return "" if known else f"give `groups` with «{self.attribute}»: the group that each case belongs to"

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 2)."""
        before, truth = calm().columns, np.asarray(outcome.columns["truth"], dtype=np.float64)
        seen = (np.asarray(before["ruling"]) <= Ruling.CHANGED) & (np.asarray(before["flagged"], dtype=np.float64) == 1)
        answered = np.asarray(outcome.columns["ruling"]) <= Ruling.CHANGED
        lost = seen & answered & (np.asarray(outcome.columns["flagged"], dtype=np.float64) != 1)
        mine = whole(np.asarray(outcome.columns[f"group:{self.attribute}"]) == self.group, outcome.columns["unit"])
        counted = np.column_stack([mine, ~mine]) & (truth == 1)[:, None]
        return np.where(counted, lost[:, None], np.nan).astype(np.float64)
