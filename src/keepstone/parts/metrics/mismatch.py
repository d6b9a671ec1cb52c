"""Values that fit a stranger as well as their owner: records joined out of step."""

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
class Mismatch(Fitting):
    """The loss is `mismatch`, a note of the hazard `misjoined_records`: 1 where a stranger's values fit the row better than its own do, else 0.

    Where nothing ties the values to their row it is a half on average. Rows outside the part that is asked about are not counted (NaN).

    Example:
        >>> Mismatch().parts
        ('all',)
    """

    name: ClassVar[str] = "mismatch"
    id: ClassVar[str] = "mismatch"
    title: ClassVar[str] = "rows that a stranger's values fit better than their own"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean(real=True)

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 1)."""
        del calm
        return np.asarray(outcome.columns["mismatch"], dtype=np.float64)[:, None]
