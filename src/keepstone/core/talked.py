"""What the parts of a chat system share: what they fit, and words that are added to what is said."""

from __future__ import annotations

from abc import abstractmethod
from math import prod
from typing import TYPE_CHECKING, ClassVar, cast

from keepstone.core import usual
from keepstone.core.channel import INPUT, OUTPUT, Signal
from keepstone.core.chat import DOCUMENT, PROMPT, TOOL, Conversing, Replaceable, tools_of
from keepstone.core.trial import Trials

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Channel, Tap
    from keepstone.core.chat import Assistant
    from keepstone.core.part import Mitigation, Target


NO_TOOLS = "the assistant is told of no tools: set `tools = true` under `parameters`, with a corpus that has some (`clinic`)"


class Talked:
    """A part that fits every target that is talked to, and no other: a metric as it is."""

    def unfit(self, target: Target) -> str:
        """Say so where the target is not talked to."""
        return "" if isinstance(target, Conversing) else "the target is not talked to"


class Handling(Talked):
    """A part that fits every target that is talked to and may call tools: a metric as it is."""

    def unfit(self, target: Target) -> str:
        """Say so where it may call none."""
        return super().unfit(target) or ("" if tools_of(target) else NO_TOOLS)


class Saying(Talked, usual.Unprepared):
    """A condition on what is said that needs nothing made ahead."""


class Asking(Handling, Saying):
    """A condition that needs nothing made ahead, of a target that may call tools."""


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
    """A tap that adds words at the end of each text on a channel, a blank before them; where no tool gave anything back it adds none.

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
        texts = [f"{text} {more}".strip() if text or at != TOOL else "" for text, more in zip(signal.values, words, strict=True)]
        return Signal(texts, signal.rulings, signal.last)

    return tap


def stale(target: Conversing) -> str:
    """Why nothing false can stand beside the documents of a target: its questions come with no sentence that is not so any more."""
    known = target.size("test") and target.corpus.items(Trials(0, "test", 0, 1))[0].stale
    return "" if known else "the corpus has no sentence that contradicts its documents: the corpus `clinic` has"


def stated_first(channel: Channel, words: Sequence[str]) -> Tap:
    """A tap that puts words before each text on a channel, a blank behind them.

    Args:
        channel: Where.
        words: One a text.
    """

    def tap(at: Channel, signal: Signal) -> Signal:
        if at != channel:
            return signal
        return Signal([f"{more} {text}".strip() for text, more in zip(signal.values, words, strict=True)], signal.rulings, signal.last)

    return tap


def in_turns(before: Sequence[Sequence[str]], last: Sequence[str]) -> Tap:
    """A tap by which a user speaks in several turns, the question in the last of them.

    Args:
        before: For each turn before the last, one text a trial; "" where that user sits it out.
        last: What is added to each question, or "".

    Example:
        >>> import numpy as np
        >>> tap, asked = in_turns([["Hello."]], ["Please."]), Signal(["When do you open?"], np.zeros(1, dtype=np.int8))
        >>> [(one.values, one.last) for one in (tap(INPUT, asked), tap(INPUT, asked))]
        [(['Hello.'], False), (['When do you open? Please.'], True)]
    """
    turn = 0

    def tap(at: Channel, signal: Signal) -> Signal:
        nonlocal turn
        if at != INPUT:
            return signal
        turn += 1
        if turn <= len(before):
            return Signal(list(before[turn - 1]), signal.rulings, last=False)
        return Signal([f"{text} {more}".strip() for text, more in zip(signal.values, last, strict=True)], signal.rulings)

    return tap
