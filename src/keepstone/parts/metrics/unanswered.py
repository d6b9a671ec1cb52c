"""Cases that were not answered: what caution costs."""

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
class Unanswered(Fitting):
    """The loss is 1 where the case was handed to a person (abstained, blocked, stopped), 0 where the target answered. One minus it is coverage.

    Example:
        >>> Unanswered().parts
        ('all',)
    """

    name: ClassVar[str] = "unanswered"
    id: ClassVar[str] = "unanswered"
    title: ClassVar[str] = "cases without an answer"
    brief: ClassVar[str] = "no answer"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean()

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 1)."""
        del calm
        answered = np.asarray(outcome.columns["ruling"]) <= Ruling.CHANGED
        return (~answered)[:, None].astype(np.float64)
