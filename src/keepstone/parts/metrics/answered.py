"""Cases that were answered although they should not have been: people that the target was not made for, values that can't be."""

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
class Answered(Fitting):
    """The loss is 1 where the target answered, 0 where the case was handed to a person. It makes sense only where nobody should be answered.

    Example:
        >>> Answered().parts
        ('all',)
    """

    name: ClassVar[str] = "answered"
    id: ClassVar[str] = "answered"
    title: ClassVar[str] = "cases answered that a person should have seen"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean()

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 1)."""
        del calm
        answered = np.asarray(outcome.columns["ruling"]) <= Ruling.CHANGED
        return answered[:, None].astype(np.float64)
