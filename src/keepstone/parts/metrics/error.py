"""Wrong decisions at the operating point, of either kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import Ruling
from keepstone.core.part import part
from keepstone.core.usual import Fitting
from keepstone.stats.claims import Mean

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.core.channel import Floats
    from keepstone.core.claim import Claim
    from keepstone.core.trial import Outcome


@part("metric")
@dataclass(frozen=True)
class WrongDecision(Fitting):
    """The loss is 1 where the decision is not what came, 0 where it is, or where a person decides.

    Example:
        >>> WrongDecision().parts
        ('all',)
    """

    name: ClassVar[str] = "error"
    id: ClassVar[str] = "error"
    title: ClassVar[str] = "wrong decisions"
    brief: ClassVar[str] = "wrong"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean()

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 1)."""
        del calm
        truth = np.asarray(outcome.columns["truth"], dtype=np.float64)
        flagged = np.asarray(outcome.columns["flagged"], dtype=np.float64)
        answered = np.asarray(outcome.columns["ruling"]) <= Ruling.CHANGED
        wrong: Floats = (answered & (flagged != truth))[:, None].astype(np.float64)
        return wrong
