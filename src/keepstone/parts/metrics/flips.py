"""Decisions that turn although the case is the same: how much of a decision is the luck of training, or of anything else that befell the target."""

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
class Flips(Fitting):
    """The loss is 1 where the decision is not the one of ordinary use, whichever was right (Milani Fard et al. 2016: churn).

    An answer where there was none, or none where there was one, is another decision too. Where neither was answered it is 0.

    Example:
        >>> Flips().parts
        ('all',)
    """

    name: ClassVar[str] = "flips"
    id: ClassVar[str] = "flips"
    title: ClassVar[str] = "decisions that turn"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean()

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 1)."""
        decided = []
        for columns in (calm().columns, outcome.columns):
            answered = np.asarray(columns["ruling"]) <= Ruling.CHANGED
            decided.append(np.where(answered, np.nan_to_num(np.asarray(columns["flagged"], dtype=np.float64), nan=-1.0), 2.0))
        turned: Floats = (decided[0] != decided[1])[:, None].astype(np.float64)
        return turned
