"""How often it raises an alarm at all: the work that it makes."""

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
class AlarmRate(Fitting):
    """The loss is 1 where the target answered and flagged, whatever came, 0 elsewhere.

    Example:
        >>> AlarmRate().parts
        ('all',)
    """

    name: ClassVar[str] = "alarm_rate"
    id: ClassVar[str] = "alarm_rate"
    title: ClassVar[str] = "alerts of all cases"
    brief: ClassVar[str] = "alerts"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean()

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 1)."""
        del calm
        flagged = np.asarray(outcome.columns["flagged"], dtype=np.float64)
        answered = np.asarray(outcome.columns["ruling"]) <= Ruling.CHANGED
        alerts: Floats = (answered & (flagged == 1))[:, None].astype(np.float64)
        return alerts
