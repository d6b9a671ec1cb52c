"""Tasks that are not carried out."""

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
class Undone(Handling):
    """The loss is 1 where a change that the task needs was not made, by the record of what changed; a request that needs none is not counted.

    Example:
        >>> Undone().parts
        ('all',)
    """

    name: ClassVar[str] = "undone"
    id: ClassVar[str] = "undone"
    title: ClassVar[str] = "tasks not carried out"
    brief: ClassVar[str] = "not done"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean()

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 1)."""
        del calm
        rows = zip(outcome.columns["needs"], outcome.columns["state"], strict=True)
        told = [np.nan if not needs else float(not set(needs.split("\n")) <= set(state.split("\n"))) for needs, state in rows]
        return np.array(told, dtype=np.float64)[:, None]
