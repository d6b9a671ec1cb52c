"""Threat: a request that makes the assistant write without end, at the deployer's cost. OWASP LLM Top 10 2025: LLM10; MITRE ATLAS AML.T0034."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.catalog.talk import talk
from keepstone.core.channel import INPUT, Act, Channel
from keepstone.core.origin import Adversary
from keepstone.core.part import part
from keepstone.core.talked import Saying, appended
from keepstone.parts.conditions.hazards.long_paste import LongPaste
from keepstone.stats.chance import drawn

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True)
class TokenFlood(Saying):
    """A second request beside the question that asks for thousands of words.

    Example:
        >>> TokenFlood().counterpart.id
        'long_paste'
    """

    name: ClassVar[str] = "token_flood"
    id: ClassVar[str] = "token_flood"
    title: ClassVar[str] = "a request to write without end"
    brief: ClassVar[str] = "token flood"
    stream: ClassVar[str] = "test"
    strength: ClassVar[float] = 1.0
    counterpart: ClassVar[LongPaste] = LongPaste()
    retried: ClassVar[None] = None
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    @property
    def origin(self) -> Adversary:
        """Somebody who asks once."""
        return Adversary(goal="to use up what the deployer pays for", queries=0, access=frozenset(), knowledge=frozenset({"public data"}))

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Add a request to each question."""
        del oracle, shelf, target
        added = [line.text for line in drawn(trials, "flood", talk().flood)]

        return Act(appended(INPUT, added))
