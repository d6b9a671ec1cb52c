"""Threat: a request that makes the assistant write without end, at the deployer's cost. OWASP LLM Top 10 2025: LLM10; MITRE ATLAS AML.T0034."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.catalog.talk import talk
from keepstone.core.channel import INPUT, Act, Channel, Signal
from keepstone.core.chat import Conversing
from keepstone.core.origin import Adversary
from keepstone.core.part import part
from keepstone.parts.conditions.hazards.long_paste import LongPaste
from keepstone.stats.chance import uniform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True)
class TokenFlood:
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

    def unfit(self, target: Target) -> str:
        """It acts on what is said."""
        return "" if isinstance(target, Conversing) else "the target is not talked to"

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """Nothing."""
        del target
        return ()

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Add a request to each question."""
        del oracle, shelf, target
        lines = talk().flood
        added = [lines[int(place * len(lines))].text for place in uniform(trials, "flood", 1)[:, 0]]

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != INPUT:
                return signal
            return Signal([f"{text} {more}" for text, more in zip(signal.values, added, strict=True)], signal.rulings, signal.last)

        return Act(tap)
