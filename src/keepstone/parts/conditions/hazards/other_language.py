"""Hazard: people ask in the language, or the dialect, that they speak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from keepstone.core.channel import INPUT, Act, Channel, Signal
from keepstone.core.chat import Conversing
from keepstone.core.origin import Hazard
from keepstone.core.part import part
from keepstone.core.talked import Saying
from keepstone.core.trial import Trials
from keepstone.stats.chance import uniform

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Oracle, Target


@part("condition")
@dataclass(frozen=True)
class OtherLanguage(Saying):
    """The same questions in German, French, Spanish and a dialect. The document stays in its language.

    Hazard: people ask as they speak.

    Example:
        >>> OtherLanguage().id
        'other_language'
    """

    name: ClassVar[str] = "other_language"
    id: ClassVar[str] = "other_language"
    title: ClassVar[str] = "the same questions in other languages and a dialect"
    brief: ClassVar[str] = "other languages"
    stream: ClassVar[str] = "test"
    strength: ClassVar[float] = 1.0
    origin: ClassVar[Hazard] = Hazard(cause="people ask as they speak")
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def unfit(self, target: Target) -> str:
        """It needs questions that are known in other languages."""
        if why := super().unfit(target):
            return why
        known = target.size(self.stream) and cast("Conversing", target).corpus.items(Trials(0, self.stream, 0, 1))[0].foreign
        return "" if known else "the corpus has no question in another language: give such questions as questions of their own"

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Ask in another language."""
        del oracle, shelf
        items, luck = cast("Conversing", target).corpus.items(trials), uniform(trials, "language", 1)[:, 0].tolist()
        asked = [item.foreign[int(place * len(item.foreign))] if item.foreign else item.question for item, place in zip(items, luck, strict=True)]
        return Act(lambda channel, signal: Signal(asked, signal.rulings, signal.last) if channel == INPUT else signal)
