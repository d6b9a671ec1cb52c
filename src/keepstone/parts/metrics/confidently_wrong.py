"""Sure and wrong: of the answers that it is sure of, how many are not what came. People rely on what sounds sure (paper, section 5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import Ruling
from keepstone.core.errors import InputError
from keepstone.core.part import part
from keepstone.core.usual import Fitting
from keepstone.intake.slug import number
from keepstone.stats.claims import Mean

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.core.channel import Floats
    from keepstone.core.claim import Claim
    from keepstone.core.trial import Outcome


@part("metric")
@dataclass(frozen=True, kw_only=True)
class ConfidentlyWrong(Fitting):
    """Of the answers whose score is at least `sure` or at most one minus it, those on the wrong side.

    The loss is 1 where the score says "surely" and it did not come, or "surely not" and it came; 0 where it was sure and right; not counted where it was
    not sure or a person decides. A model that means what it says is wrong in at most one minus `sure` of them. The operating point plays no part.

    Attributes:
        sure: From which score on it is sure, over a half.
        of_all: Whether every case counts, so that arms can be compared case by case: 0 too where it was not sure or a person decides.

    Raises:
        InputError: If `sure` is not over a half and at most 1.

    Example:
        >>> ConfidentlyWrong(sure=0.9).id
        'confidently_wrong-0p9'
    """

    sure: float = 0.9
    of_all: bool = False

    name: ClassVar[str] = "confidently_wrong"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean()

    def __post_init__(self) -> None:
        """Refuse a score that is not sure."""
        if not 0.5 < self.sure <= 1:
            raise InputError(f"The «sure» of «confidently_wrong» must be over 0.5 and at most 1; got {self.sure:g}.")

    @property
    def id(self) -> str:
        """The name, from where on it is sure, and of whom it is read."""
        return f"{self.name}-{number(self.sure)}" + ("-of_all" if self.of_all else "")

    @property
    def title(self) -> str:
        """In plain words."""
        return f"{self.sure:.0%} sure and wrong, of all cases" if self.of_all else f"wrong where it is {self.sure:.0%} sure"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return "sure and wrong"

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 1)."""
        del calm
        truth = np.asarray(outcome.columns["truth"], dtype=np.float64)
        score = np.asarray(outcome.columns["score"], dtype=np.float64)
        answered = np.asarray(outcome.columns["ruling"]) <= Ruling.CHANGED
        low, high = score <= 1 - self.sure + 1e-12, score >= self.sure
        wrong = np.where(truth == 1, low, high)
        sure = low | high | np.isnan(score)  # where it broke, it counts
        return np.where(answered & sure, wrong, 0.0 if self.of_all else np.nan)[:, None].astype(np.float64)
