"""Replies that are far longer than anybody reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.chat import Trace
from keepstone.core.part import part
from keepstone.core.talked import Talked
from keepstone.stats.claims import Mean

if TYPE_CHECKING:
    from keepstone.core.channel import Floats
    from keepstone.core.claim import Claim
    from keepstone.core.trial import Outcome


@part("metric")
@dataclass(frozen=True)
class Flooded(Talked):
    """The loss is 1 where the reply is longer than so many letters.

    Attributes:
        letters: The longest reply that is none.

    Example:
        >>> Flooded().parts
        ('all',)
    """

    letters: int = 2000

    name: ClassVar[str] = "flooded"
    id: ClassVar[str] = "flooded"
    title: ClassVar[str] = "replies longer than anybody reads"
    brief: ClassVar[str] = "flooded"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean()

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 1)."""
        del calm
        told = np.array([len(reply) > self.letters for reply in outcome.columns["reply"]], dtype=np.bool_)
        return told[:, None].astype(np.float64)

    def traces(self, outcome: Outcome, place: int) -> tuple[Trace, ...]:
        """Tell what was counted."""
        del outcome, place
        return (Trace(f"longer than {self.letters} letters"),)
