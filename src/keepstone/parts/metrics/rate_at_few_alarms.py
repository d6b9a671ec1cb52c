"""How many members an attacker names while hardly ever accusing anybody else: the true-positive rate at a low false-positive rate (Carlini et al. 2022)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.errors import InputError
from keepstone.core.part import part
from keepstone.intake.slug import number
from keepstone.stats.claims import Both

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.core.channel import Floats
    from keepstone.core.claim import Claim
    from keepstone.core.part import Target
    from keepstone.core.trial import Outcome


@part("metric")
@dataclass(frozen=True, kw_only=True)
class RateAtFewAlarms:
    """Members named, and others accused, at two thresholds that were fixed on other rows.

    Reads the notes of the inference attack: `guess` (the higher, the likelier a member), `t1` (a threshold that accuses a little more than `alarms` of the
    others) and `t2` (one that accuses a little less); and `member` of the stream "pool". A row without a guess (NaN) is not counted.

    Attributes:
        alarms: The false-alarm rate that is allowed.

    Raises:
        InputError: If the rate is not between 0 and 1.

    Example:
        >>> RateAtFewAlarms(alarms=0.01).id
        'rate_at_few_alarms-0p01'
    """

    alarms: float = 0.01

    name: ClassVar[str] = "rate_at_few_alarms"
    parts: ClassVar[tuple[str, ...]] = ("members at t1", "others at t1", "members at t2", "others at t2")

    def __post_init__(self) -> None:
        """Refuse a rate that is none."""
        if not 0 < self.alarms < 1:
            raise InputError(f"The «alarms» of «rate_at_few_alarms» must be between 0 and 1; got {self.alarms:g}.")

    @property
    def id(self) -> str:
        """Name and rate."""
        return f"{self.name}-{number(self.alarms)}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"members named while accusing {self.alarms:.2g} of the others"

    @property
    def claim(self) -> Claim:
        """A conjunction at the two thresholds."""
        return Both(self.alarms)

    def unfit(self, target: Target) -> str:
        """It needs rows that were trained on and rows that were not."""
        return "" if target.size("pool") else "give `train`: the rows that it was trained on"

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 4)."""
        del calm
        member = np.asarray(outcome.columns["member"], dtype=np.float64) == 1
        guess = np.asarray(outcome.columns["guess"], dtype=np.float64)
        named = [guess >= np.asarray(outcome.columns[name], dtype=np.float64) for name in ("t1", "t1", "t2", "t2")]
        counts = np.column_stack([member, ~member, member, ~member]) & ~np.isnan(guess)[:, None]
        return np.where(counts, np.column_stack(named), np.nan).astype(np.float64)
