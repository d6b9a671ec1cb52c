"""False alarms at the operating point: one minus specificity."""

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
class Alarms(Fitting):
    """The loss is 1 where the outcome did not come and was flagged, 0 where it was not flagged, not counted where it came.

    A case that was handed to a person (abstained, blocked) raises no alarm; what that costs is the metric `unanswered`.

    Example:
        >>> Alarms().parts
        ('all',)
    """

    name: ClassVar[str] = "alarms"
    id: ClassVar[str] = "alarms"
    title: ClassVar[str] = "false alarms where the outcome did not come"
    brief: ClassVar[str] = "false alarms"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean()

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 1)."""
        del calm
        truth = np.asarray(outcome.columns["truth"], dtype=np.float64)
        flagged = np.asarray(outcome.columns["flagged"], dtype=np.float64)
        answered = np.asarray(outcome.columns["ruling"]) <= Ruling.CHANGED
        return np.where(truth == 0, answered & (flagged == 1), np.nan)[:, None].astype(np.float64)
