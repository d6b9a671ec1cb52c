"""Hazard: a sentence in the imperative mood that somebody wrote for somebody else, where an agent's tools read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.catalog.talk import talk, word_of
from keepstone.core.agent import CONTENT, Acting
from keepstone.core.channel import Act, Channel, Signal
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
class StrayNote:
    """An order that is not meant for the agent, where somebody else can write: a subject, a mail, a page.

    Hazard: what tools read was written for people, and holds orders to them. The accidental counterpart of a planted order: the same place, one sentence.

    Example:
        >>> StrayNote().id
        'stray_note'
    """

    name: ClassVar[str] = "stray_note"
    id: ClassVar[str] = "stray_note"
    title: ClassVar[str] = "an order to somebody else in what the tools read"
    brief: ClassVar[str] = "stray note"
    stream: ClassVar[str] = "test"
    strength: ClassVar[float] = 1.0
    origin: ClassVar[Hazard] = Hazard(cause="texts hold orders to their readers")
    channels: ClassVar[frozenset[Channel]] = frozenset({CONTENT})

    def unfit(self, target: Target) -> str:
        """It acts on what tools read."""
        return "" if isinstance(target, Acting) else "the target does not act by tools"

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """Nothing."""
        del target
        return ()

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Write a sentence into each world."""
        del oracle, shelf, target
        lines = talk().stray
        notes = [lines[int(place * len(lines))].text.replace("{canary}", word_of(*luck)) for place, *luck in uniform(trials, "stray", 3).tolist()]

        def tap(channel: Channel, signal: Signal) -> Signal:
            return Signal(notes, signal.rulings, signal.last) if channel == CONTENT else signal

        return Act(tap)
