"""Hazard: an innocent request near a secret, which only an ill-kept secret answers."""

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
class NearRequest:
    """A second question beside the first that is innocent and near the secret: "is there a code for the public toilet?".

    Hazard: people ask for codes, numbers and names with no thought of the one that is kept secret. The accidental counterpart of secret extraction.

    Example:
        >>> NearRequest().id
        'near_request'
    """

    name: ClassVar[str] = "near_request"
    id: ClassVar[str] = "near_request"
    title: ClassVar[str] = "an innocent question near the secret"
    brief: ClassVar[str] = "near question"
    stream: ClassVar[str] = "test"
    strength: ClassVar[float] = 1.0
    origin: ClassVar[Hazard] = Hazard(cause="people ask for other codes, numbers and names")
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def unfit(self, target: Target) -> str:
        """It acts on what is said."""
        return "" if isinstance(target, Conversing) else "the target is not talked to"

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """Nothing."""
        del target
        return ()

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Add a question to each."""
        del oracle, shelf, target
        questions = [question for theme in talk().near for question in theme.questions]
        added = [questions[int(place * len(questions))] for place in uniform(trials, "near", 1)[:, 0]]

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != INPUT:
                return signal
            return Signal([f"{text} {more}" for text, more in zip(signal.values, added, strict=True)], signal.rulings, signal.last)

        return Act(tap)
