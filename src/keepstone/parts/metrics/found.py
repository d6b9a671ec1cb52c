"""Rows of the training data that stand inside the model file, readable by whoever holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.part import part
from keepstone.stats.claims import Advantage

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.core.channel import Floats
    from keepstone.core.claim import Claim
    from keepstone.core.part import Target
    from keepstone.core.trial import Outcome


@part("metric")
@dataclass(frozen=True)
class Found:
    """The share of training rows found in the file, minus the share of other rows found in it: what is found by coincidence cancels.

    Reads `found`, a note of the search (1 where the row's values stand together in the file), and `member` of the stream "pool".

    Example:
        >>> Found().parts
        ('members', 'others')
    """

    name: ClassVar[str] = "found"
    id: ClassVar[str] = "found"
    title: ClassVar[str] = "training rows found in the model file"
    parts: ClassVar[tuple[str, ...]] = ("members", "others")
    claim: ClassVar[Claim] = Advantage()

    def unfit(self, target: Target) -> str:
        """It needs rows that were trained on and rows that were not."""
        return "" if target.size("pool") else "give `train`: the rows that it was trained on"

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 2)."""
        del calm
        member = np.asarray(outcome.columns["member"], dtype=np.float64) == 1
        found = np.asarray(outcome.columns["found"], dtype=np.float64)
        return np.where(np.column_stack([member, ~member]), found[:, None], np.nan)
