"""Outcomes that were not flagged at the operating point: one minus sensitivity."""

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
class Missed(Fitting):
    """The loss is 1 where the outcome came and was not flagged, 0 where it was flagged, not counted where it did not come.

    A case that was handed to a person (abstained, blocked) is not missed; what that costs is the metric `unanswered`.

    Example:
        >>> Missed().parts
        ('all',)
    """

    name: ClassVar[str] = "missed"
    id: ClassVar[str] = "missed"
    title: ClassVar[str] = "outcomes not flagged"
    brief: ClassVar[str] = "missed"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean()

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 1)."""
        del calm
        truth = np.asarray(outcome.columns["truth"], dtype=np.float64)
        flagged = np.asarray(outcome.columns["flagged"], dtype=np.float64)
        answered = np.asarray(outcome.columns["ruling"]) <= Ruling.CHANGED
        return np.where(truth == 1, answered & (flagged != 1), np.nan)[:, None].astype(np.float64)
