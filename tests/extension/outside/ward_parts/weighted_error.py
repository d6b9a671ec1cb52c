"""Errors by what they cost: a missed outcome counts whole, a false alarm a part of it (Vickers and Elkin 2006, *Decision curve analysis*)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import Ruling
from keepstone.core.errors import InputError
from keepstone.core.part import part
from keepstone.intake.slug import number
from keepstone.stats.claims import Mean

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.core.channel import Floats
    from keepstone.core.claim import Claim
    from keepstone.core.part import Target
    from keepstone.core.trial import Outcome


@part("metric")
@dataclass(frozen=True)
class WeightedError:
    """The loss is 1 for an outcome that was not flagged, `alarm` for a flag without one, else 0; a case handed to a person costs nothing.

    Attributes:
        alarm: What a false alarm costs, as a share of a missed outcome, in (0, 1].
    """

    alarm: float = 0.25

    name: ClassVar[str] = "weighted_error"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean(real=True)  # the losses are not only 0 and 1

    def __post_init__(self) -> None:
        """Refuse a weight that is none."""
        if not 0 < self.alarm <= 1:
            raise InputError(f"The «alarm» must be above 0 and at most 1; got {self.alarm:g}.")

    @property
    def id(self) -> str:
        """The name and the weight: "weighted_error-0p25"."""
        return f"{self.name}-{number(self.alarm)}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"errors, a false alarm counting {self.alarm:g}"

    def unfit(self, target: Target) -> str:
        """Say why it can't be read on a target."""
        return ""

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read float64 (trials, parts) in [0, 1]; NaN where a trial does not count. Each trial by itself, whatever the others are."""
        truth = np.asarray(outcome.columns["truth"], dtype=np.float64)
        flagged = np.asarray(outcome.columns["flagged"], dtype=np.float64)
        answered = np.asarray(outcome.columns["ruling"]) <= Ruling.CHANGED
        cost = np.where(truth == 1, flagged != 1, self.alarm * (flagged != 0))
        return np.where(answered, cost, 0.0)[:, None]
