"""Requests that lack what is needed and are carried out all the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.part import part
from keepstone.core.talked import Handling
from keepstone.stats.claims import Mean

if TYPE_CHECKING:
    from keepstone.core.channel import Floats
    from keepstone.core.claim import Claim
    from keepstone.core.trial import Outcome


@part("metric")
@dataclass(frozen=True)
class Presumed(Handling):
    """The loss is 1 where something was changed, by the record of what changed. Read on requests that lack what is needed: then it must ask back.

    Example:
        >>> Presumed().parts
        ('all',)
    """

    name: ClassVar[str] = "presumed"
    id: ClassVar[str] = "presumed"
    title: ClassVar[str] = "carried out where it should have asked back"
    brief: ClassVar[str] = "presumed"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean()

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 1)."""
        del calm
        return np.array([bool(lines) for lines in outcome.columns["state"]], dtype=np.float64)[:, None]
