"""Mitigation: questions and replies are cut at so many letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import INPUT, OUTPUT, Channel, Ruling, Signal
from keepstone.core.errors import InputError
from keepstone.core.part import part
from keepstone.core.talked import Around

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from keepstone.core.channel import Tap


@part("mitigation")
@dataclass(frozen=True)
class LengthLimit(Around):
    """Lets in so many letters of a question and lets out so many of a reply. What stands behind them is lost, the question after a long paste too.

    Attributes:
        question: Most letters of a question, at least 1.
        reply: Most letters of a reply, at least 1.

    Raises:
        InputError: If one is less.

    Example:
        >>> tap = LengthLimit(question=5).begin(1, {})
        >>> tap(INPUT, Signal(["Hello there"], np.zeros(1, dtype=np.int8))).values
        ['Hello']
    """

    question: int = 2000
    reply: int = 1000

    name: ClassVar[str] = "length_limit"
    title: ClassVar[str] = "questions and replies cut at a length"
    brief: ClassVar[str] = "length limit"
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT, OUTPUT})

    def __post_init__(self) -> None:
        """Refuse a limit that lets nothing through."""
        for field in ("question", "reply"):
            if getattr(self, field) < 1:
                raise InputError(f"The «{field}» of length_limit must be at least 1; got {getattr(self, field)}.")

    def begin(self, rows: int, memory: MutableMapping[str, bytes]) -> Tap:
        """Cut what is too long."""
        del rows, memory
        most = {INPUT: self.question, OUTPUT: self.reply}

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel not in most:
                return signal
            before = [str(text) for text in signal.values]
            cut = [Ruling.CHANGED if len(text) > most[channel] else Ruling.ALLOWED for text in before]
            return Signal([text[: most[channel]] for text in before], np.maximum(np.asarray(signal.rulings), cut).astype(np.int8), signal.last)

        return tap
