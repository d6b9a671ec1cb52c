"""The Brier score: the mean square of what the score was off (Brier 1950, *Verification of forecasts expressed in terms of probability*)."""

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
class Brier(Fitting):
    """The loss is (score - outcome)^2 where the target answered, 0 where a person decides.

    Example:
        >>> Brier().parts
        ('all',)
    """

    name: ClassVar[str] = "brier"
    id: ClassVar[str] = "brier"
    title: ClassVar[str] = "square error of the score"
    brief: ClassVar[str] = "Brier score"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean(real=True)

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 1)."""
        del calm
        truth = np.asarray(outcome.columns["truth"], dtype=np.float64)
        score = np.asarray(outcome.columns["score"], dtype=np.float64)
        answered = np.asarray(outcome.columns["ruling"]) <= Ruling.CHANGED
        off = np.nan_to_num((score - truth) ** 2, nan=1.0)  # where it broke, the worst
        return np.where(answered, off, 0.0)[:, None]
