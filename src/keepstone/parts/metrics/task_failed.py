"""Tasks of a user that the agent did not do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.agent import Acting
from keepstone.core.part import part
from keepstone.stats.claims import Mean

if TYPE_CHECKING:
    from keepstone.core.channel import Floats
    from keepstone.core.claim import Claim
    from keepstone.core.part import Target
    from keepstone.core.trial import Outcome


@part("metric")
@dataclass(frozen=True)
class TaskFailed:
    """The loss is 1 where the user's task is not done, by the suite's own check of the state of the world and of what was said; 0 where it is.

    Example:
        >>> TaskFailed().parts
        ('all',)
    """

    name: ClassVar[str] = "task_failed"
    id: ClassVar[str] = "task_failed"
    title: ClassVar[str] = "tasks that are not done"
    brief: ClassVar[str] = "tasks failed"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean()

    def unfit(self, target: Target) -> str:
        """It reads what an agent did."""
        return "" if isinstance(target, Acting) else "the target does not act by tools"

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 1)."""
        del calm
        return 1 - np.asarray(outcome.columns["done"], dtype=np.float64)[:, None]
