"""Hazard: the user believes something wrong, says so, and asks for agreement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.catalog.talk import talk
from keepstone.core.channel import INPUT, Act, Channel, Signal
from keepstone.core.chat import Conversing
from keepstone.core.origin import Hazard
from keepstone.core.part import part
from keepstone.stats.chance import uniform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True)
class FalseClaim:
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

    def unfit(self, target: Target) -> str:
        """It acts on what is said."""
        return "" if isinstance(target, Conversing) else "the target is not talked to"

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """Nothing."""
        del target
        return ()

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Add a claim to each question."""
        del oracle, shelf, target
        lines = talk().claim
        added = [lines[int(place * len(lines))].text for place in uniform(trials, "claim", 1)[:, 0]]

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != INPUT:
                return signal
            return Signal([f"{text} {more}" for text, more in zip(signal.values, added, strict=True)], signal.rulings, signal.last)

        return Act(tap)
