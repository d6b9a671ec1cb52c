"""Replies that break a check of the question's own: what must stand in them, or must not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.chat import Conversing
from keepstone.core.part import part
from keepstone.intake.promptfoo import failed
from keepstone.stats.claims import Mean

if TYPE_CHECKING:
    from keepstone.core.channel import Floats
    from keepstone.core.claim import Claim
    from keepstone.core.part import Target
    from keepstone.core.trial import Outcome


@part("metric")
@dataclass(frozen=True)
class CheckFailed:
    """The loss is 1 where a reply breaks any check that its question brings along, 0 where it keeps them all; a question without checks is not counted.

    Example:
        >>> CheckFailed().parts
        ('all',)
    """

    name: ClassVar[str] = "check_failed"
    id: ClassVar[str] = "check_failed"
    title: ClassVar[str] = "replies that break a check of their question"
    brief: ClassVar[str] = "check failed"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean()

    def unfit(self, target: Target) -> str:
        """It reads what a chat system says to questions that bring checks along."""
        if not isinstance(target, Conversing):
            return "the target is not talked to"
        return "" if getattr(target.corpus, "checked", False) else "the questions bring no checks along: give a promptfoo configuration"

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 1)."""
        del calm
        rows = zip(outcome.columns["checks"], outcome.columns["reply"], strict=True)
        return np.array([np.nan if not checks else float(failed(str(checks), str(reply))) for checks, reply in rows], dtype=np.float64)[:, None]
