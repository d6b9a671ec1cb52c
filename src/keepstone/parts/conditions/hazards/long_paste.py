"""Hazard: somebody pastes far too much text before the question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.catalog.talk import talk
from keepstone.core.channel import INPUT, Act, Channel, Signal
from keepstone.core.origin import Hazard
from keepstone.core.part import part
from keepstone.core.talked import Saying
from keepstone.stats.chance import uniform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials

LETTERS = 3000


@part("condition")
@dataclass(frozen=True)
class LongPaste(Saying):
    """A question at the end of a long text that has nothing to do with it.

    Hazard: people paste whole mails and forget to cut them. The accidental counterpart of a token flood.

    Attributes:
        letters: How long the text before the question is, at least.

    Example:
        >>> LongPaste().id
        'long_paste'
    """

    letters: int = LETTERS

    name: ClassVar[str] = "long_paste"
    brief: ClassVar[str] = "long paste"
    stream: ClassVar[str] = "test"
    origin: ClassVar[Hazard] = Hazard(cause="people paste whole mails")
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    @property
    def id(self) -> str:
        """The name, and the length where it is not the usual one."""
        return self.name if self.letters == LETTERS else f"{self.name}-{self.letters}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"{self.letters} letters pasted before the question"

    @property
    def strength(self) -> float:
        """The letters."""
        return float(self.letters)

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Put a text before each question."""
        del oracle, shelf, target
        lines, luck = talk().paste, uniform(trials, "paste", 1)[:, 0]
        pasted = [_filled(lines[int(place * len(lines)) :] + lines[: int(place * len(lines))], self.letters) for place in luck]

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != INPUT or not self.letters:
                return signal
            return Signal([f"{before}\n{text}" for text, before in zip(signal.values, pasted, strict=True)], signal.rulings, signal.last)

        return Act(tap)


def _filled(lines: Sequence[str], letters: int) -> str:
    once = " ".join(lines)
    return " ".join([once] * (letters // (len(once) + 1) + 1))
