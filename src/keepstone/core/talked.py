"""What the parts of a chat system share: what they fit, and words that are added to what is said."""

from __future__ import annotations

from abc import abstractmethod
from math import prod
from typing import TYPE_CHECKING, ClassVar, cast

from keepstone.core import usual
from keepstone.core.channel import INPUT, OUTPUT, Signal
from keepstone.core.chat import DOCUMENT, PROMPT, Conversing, Replaceable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Channel, Tap
    from keepstone.core.chat import Assistant
    from keepstone.core.part import Mitigation, Target


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


class Behind(Saying):
    """A mitigation that changes what answers: it stands around the assistant, behind every screen.

    Attributes:
        name: Its file's name.
        channels: All that the assistant reads, and what it says.
    """

    name: ClassVar[str]
    channels: ClassVar[frozenset[Channel]] = frozenset({PROMPT, DOCUMENT, INPUT, OUTPUT})

    @property
    def calls(self) -> int:
        """Most calls that one reply takes, the assistant's own among them."""
        return 1

    @property
    def id(self) -> str:
        """The name."""
        return self.name

    def unfit(self, target: Target) -> str:
        """It needs a target whose assistant can be another."""
        return super().unfit(target) or ("" if isinstance(target, Replaceable) else "its assistant can't be changed")

    def wrap(self, target: Target, shelf: Shelf) -> Target:
        """Stand around the assistant."""
        del shelf
        talked = cast("Replaceable", target)
        return talked.answered_by(self.around(talked.assistant))

    @abstractmethod
    def around(self, assistant: Assistant) -> Assistant:
        """What answers then."""


def calls(mitigation: Mitigation) -> int:
    """Most calls that one reply takes through a mitigation, or through several together: 1 where nothing is asked beside the assistant."""
    return prod(int(getattr(one, "calls", 1)) for one in getattr(mitigation, "parts", (mitigation,)))


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
