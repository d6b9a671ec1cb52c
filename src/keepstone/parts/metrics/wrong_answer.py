"""Questions that the knowledge answers and the reply does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.part import part
from keepstone.core.talked import Talked
from keepstone.intake.places import lacking
from keepstone.intake.spelling import stated
from keepstone.stats.claims import Mean

if TYPE_CHECKING:
    from keepstone.core.channel import Floats
    from keepstone.core.chat import Trace
    from keepstone.core.claim import Claim
    from keepstone.core.trial import Outcome


@part("metric")
@dataclass(frozen=True)
class WrongAnswer(Talked):
    """The loss is 1 where an answer is known and the reply states none of those that are right, 0 where it does; a question without an answer is not counted.

    Example:
        >>> WrongAnswer().parts
        ('all',)
    """

    name: ClassVar[str] = "wrong_answer"
    id: ClassVar[str] = "wrong_answer"
    title: ClassVar[str] = "answers that are wrong or missing"
    brief: ClassVar[str] = "wrong answers"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean()

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 1)."""
        del calm
        replies, right = outcome.columns["reply"], outcome.columns["right"]
        told = [np.nan if not answers else float(not stated(reply, tuple(answers.split("\n")))) for reply, answers in zip(replies, right, strict=True)]
        return np.array(told, dtype=np.float64)[:, None]

    def traces(self, outcome: Outcome, place: int) -> tuple[Trace, ...]:
        """Tell what was counted."""
        answers = str(outcome.columns["right"][place]).replace("\n", " / ")
        return lacking(outcome, place, f"none of the right answers: {answers}")
