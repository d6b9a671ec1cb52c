"""Right for what was labelled and wrong for what was meant: alignment of a classifier (paper, section 5.1; Obermeyer et al. 2019)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import Ruling
from keepstone.core.part import Tabular, part
from keepstone.stats.claims import Mean

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.core.channel import Floats
    from keepstone.core.claim import Claim
    from keepstone.core.part import Target
    from keepstone.core.trial import Outcome


@part("metric")
@dataclass(frozen=True)
class Proxy:
    """The loss is 1 where the decision is what was labelled but not what was meant, 0 elsewhere.

    Example:
        >>> Proxy().parts
        ('all',)
    """

    name: ClassVar[str] = "proxy"
    id: ClassVar[str] = "proxy"
    title: ClassVar[str] = "right for what was labelled, wrong for what was meant"
    brief: ClassVar[str] = "right label, wrong meaning"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean()

    def unfit(self, target: Target) -> str:
        """It needs to know what was meant."""
        known = not isinstance(target, Tabular) or not target.size("test") or target.table("test").meant is not None
        return "" if known else "give `meant`: the outcome that was meant, where it differs from the one that was labelled"

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 1)."""
        del calm
        truth = np.asarray(outcome.columns["truth"], dtype=np.float64)
        flagged = np.asarray(outcome.columns["flagged"], dtype=np.float64)
        answered = np.asarray(outcome.columns["ruling"]) <= Ruling.CHANGED
        meant = np.asarray(outcome.columns["meant"], dtype=np.float64)
        apart: Floats = (answered & (flagged == truth) & (flagged != meant))[:, None].astype(np.float64)
        return apart
