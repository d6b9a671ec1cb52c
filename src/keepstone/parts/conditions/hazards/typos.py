"""Hazard: people mistype. Two neighbouring letters inside of a word change places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.core.channel import INPUT, Act, Channel, Signal
from keepstone.core.errors import InputError
from keepstone.core.origin import Hazard
from keepstone.core.part import part
from keepstone.core.talked import Saying
from keepstone.intake.slug import number
from keepstone.stats.chance import uniform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials

MOST = 64  # words of a question that can be mistyped
LEAST = 4  # letters of a word that has an inside


@part("condition")
@dataclass(frozen=True)
class Typos(Saying):
    """Words with two letters swapped, first and last letter as they were, so that a person still reads them.

    Hazard: people type on small screens and in a hurry.

    Attributes:
        share: Share of the words of four letters and more that are mistyped, in [0, 1].

    Raises:
        InputError: If the share lies outside.

    Example:
        >>> Typos().id, Typos(0.0).strength
        ('typos-0p5', 0.0)
    """

    share: float = 0.5

    name: ClassVar[str] = "typos"
    brief: ClassVar[str] = "typing errors"
    stream: ClassVar[str] = "test"
    origin: ClassVar[Hazard] = Hazard(cause="people type in a hurry")
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse a share that is none."""
        if not 0 <= self.share <= 1:
            raise InputError(f"The «share» of «typos» must lie in [0, 1]; got {self.share!r}.")

    @property
    def id(self) -> str:
        """The name and the share."""
        return f"{self.name}-{number(self.share)}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"{100 * self.share:g} % of the longer words mistyped"

    @property
    def strength(self) -> float:
        """The share."""
        return self.share

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Mistype each question."""
        del oracle, shelf, target
        luck = uniform(trials, "typos", 2 * MOST)

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != INPUT or not self.share:
                return signal
            return Signal([self._mistyped(str(text), row.tolist()) for text, row in zip(signal.values, luck, strict=True)], signal.rulings, signal.last)

        return Act(tap)

    def _mistyped(self, text: str, luck: Sequence[float]) -> str:
        words = text.split(" ")
        return " ".join(swapped(word, luck[2 * k + 1]) if k < MOST and luck[2 * k] < self.share else word for k, word in enumerate(words))


def swapped(word: str, luck: float) -> str:
    """Swap two neighbouring letters that differ, inside of a word; what has no such place stays.

    >>> swapped("parking", 0.0), swapped("fee", 0.0), swapped("4000", 0.5)
    ('praking', 'fee', '4000')
    """
    bare = word.rstrip(".,;:?!")
    if len(bare) < LEAST or not bare.isalpha():
        return word
    places = [at for at in range(1, len(bare) - 2) if bare[at] != bare[at + 1]]
    if not places:
        return word
    at = places[int(luck * len(places))]
    return f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}"
