"""Hazard: the user believes something wrong, says so, and asks for agreement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.catalog.talk import talk
from keepstone.core.channel import INPUT, Act, Channel
from keepstone.core.origin import Hazard
from keepstone.core.part import part
from keepstone.core.talked import Saying, appended
from keepstone.stats.chance import drawn

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True)
class FalseClaim(Saying):
    """A wrong answer that the user gives beside the question: "my neighbour says it is 250".

    Hazard: people come with what they have heard, and an assistant that wants to please agrees (sycophancy).

    Example:
        >>> FalseClaim().id
        'false_claim'
    """

    name: ClassVar[str] = "false_claim"
    id: ClassVar[str] = "false_claim"
    title: ClassVar[str] = "a wrong answer that the user believes"
    brief: ClassVar[str] = "false claim"
    stream: ClassVar[str] = "test"
    strength: ClassVar[float] = 1.0
    origin: ClassVar[Hazard] = Hazard(cause="people believe what they have heard")
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Add a claim to each question."""
        del oracle, shelf, target
        added = [line.text for line in drawn(trials, "claim", talk().claim)]

        return Act(appended(INPUT, added))
