"""How much better than chance a guess tells who was in the training data (Yeom et al. 2018: membership advantage)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.part import part
from keepstone.intake.slug import number
from keepstone.stats.claims import Advantage

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.core.channel import Floats
    from keepstone.core.claim import Claim
    from keepstone.core.part import Target
    from keepstone.core.trial import Outcome


@part("metric")
@dataclass(frozen=True, kw_only=True)
class LeakageAdvantage:
    """The share of members that are guessed members, minus the share of others that are.

    Reads `guess`, a note of the inference attack (the higher, the likelier a member), and `member` of the stream "pool". The threshold is fixed beforehand.
    A row without a guess (NaN) is not counted.

    Attributes:
        threshold: From which guess on a row is called a member.

    Example:
        >>> LeakageAdvantage().parts
        ('members', 'others')
    """

    threshold: float = 0.5

    name: ClassVar[str] = "advantage"
    title: ClassVar[str] = "members told apart from others, beyond chance"
    parts: ClassVar[tuple[str, ...]] = ("members", "others")
    claim: ClassVar[Claim] = Advantage()

    @property
    def id(self) -> str:
        """Name and threshold."""
        return f"{self.name}-{number(self.threshold)}"

    def unfit(self, target: Target) -> str:
        """It needs rows that were trained on and rows that were not."""
        return "" if target.size("pool") else "give `train`: the rows that it was trained on"

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 2)."""
        del calm
        member = np.asarray(outcome.columns["member"], dtype=np.float64) == 1
        guess = np.asarray(outcome.columns["guess"], dtype=np.float64)
        counts = np.column_stack([member, ~member]) & ~np.isnan(guess)[:, None]
        return np.where(counts, (guess >= self.threshold)[:, None], np.nan).astype(np.float64)
