"""How far a stolen copy decides as the target does (Jagielski et al. 2020: fidelity)."""

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
class Agreement(Fitting):
    """The loss is 1 where the copy (`copied`, a note of the extraction) decides as the target does, 0 where not, not counted where the target did not answer.

    Example:
        >>> Agreement().parts
        ('all',)
    """

    name: ClassVar[str] = "agreement"
    id: ClassVar[str] = "agreement"
    title: ClassVar[str] = "decisions that a stolen copy takes alike"
    brief: ClassVar[str] = "copied"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean()

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 1)."""
        del calm
        flagged = np.asarray(outcome.columns["flagged"], dtype=np.float64)
        answered = np.asarray(outcome.columns["ruling"]) <= Ruling.CHANGED
        copied = np.asarray(outcome.columns["copied"], dtype=np.float64)
        return np.where(answered, copied == flagged, np.nan)[:, None].astype(np.float64)
