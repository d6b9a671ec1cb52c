"""What the parts of a chat system share: what they fit, and words that are added to what is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from keepstone.core import usual
from keepstone.core.channel import Signal
from keepstone.core.chat import Conversing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.channel import Channel, Tap
    from keepstone.core.part import Target


class Talked:
    """A part that fits every target that is talked to, and no other: a metric as it is."""

    def unfit(self, target: Target) -> str:
        """Say so where the target is not talked to."""
        return "" if isinstance(target, Conversing) else "the target is not talked to"


class Saying(Talked, usual.Unprepared):
    """A condition on what is said that needs nothing made ahead."""


class Around(Talked, usual.Around):
    """A mitigation that only reads and changes what is said.

    Attributes:
        name: Its file's name.
    """

    name: ClassVar[str]

    @property
    def id(self) -> str:
        """The name."""
        return self.name


def appended(channel: Channel, words: Sequence[str]) -> Tap:
    """A tap that adds words at the end of each text on a channel, a blank before them.

    Args:
        channel: Where.
        words: One a text.

    Example:
        >>> import numpy as np
        >>> from keepstone.core.channel import INPUT
        >>> appended(INPUT, ["Please."])(INPUT, Signal(["When do you open?"], np.zeros(1, dtype=np.int8))).values
        ['When do you open? Please.']
    """

    def tap(at: Channel, signal: Signal) -> Signal:
        if at != channel:
            return signal
        return Signal([f"{text} {more}".strip() for text, more in zip(signal.values, words, strict=True)], signal.rulings, signal.last)

    return tap
