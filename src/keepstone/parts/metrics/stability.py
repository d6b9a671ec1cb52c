"""How far the reasons given for a decision change when the same case is measured again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

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
class Stability(Fitting):
    """The loss is `unlike`, a note of the hazard `explained`: one minus the share of the reasons that both explanations have.

    Example:
        >>> Stability().parts
        ('all',)
    """

    name: ClassVar[str] = "stability"
    id: ClassVar[str] = "stability"
    title: ClassVar[str] = "reasons that change when the case is measured again"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean(real=True)

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 1)."""
        del calm
        return np.asarray(outcome.columns["unlike"], dtype=np.float64)[:, None]
