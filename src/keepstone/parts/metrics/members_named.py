"""How many of the people in the training data an attacker names: one number a person, so that arms can be compared person by person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.part import part
from keepstone.stats.claims import Mean

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.core.channel import Floats
    from keepstone.core.claim import Claim
    from keepstone.core.part import Target
    from keepstone.core.trial import Outcome


@part("metric")
@dataclass(frozen=True)
class MembersNamed:
    """The loss is 1 where a member is named, 0 where not, not counted where the person was not in the training data or there is no guess.

    Reads the notes of the inference attack, `guess` and `t0`, the threshold that accuses about as many others as is allowed (found on other rows of the
    same target, so each arm has its own), and `member` of the stream "pool". For a verdict take `rate_at_few_alarms`, which holds the false alarms too.

    Example:
        >>> MembersNamed().parts
        ('all',)
    """

    name: ClassVar[str] = "members_named"
    id: ClassVar[str] = "members_named"
    title: ClassVar[str] = "members of the training data named, at few false accusations"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean()

    def unfit(self, target: Target) -> str:
        """It needs rows that were trained on."""
        return "" if target.size("pool") else "give `train`: the rows that it was trained on"

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 1)."""
        del calm
        member = np.asarray(outcome.columns["member"], dtype=np.float64) == 1
        guess = np.asarray(outcome.columns["guess"], dtype=np.float64)
        named = guess >= np.asarray(outcome.columns["t0"], dtype=np.float64)
        return np.where(member & ~np.isnan(guess), named, np.nan)[:, None].astype(np.float64)
