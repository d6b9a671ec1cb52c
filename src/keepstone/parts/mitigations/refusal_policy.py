"""Mitigation: questions that hold certain words are refused before they are asked. The strictest and the cheapest of policies: its price is over-refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import INPUT, Channel, Ruling, Signal
from keepstone.core.errors import InputError
from keepstone.core.part import part
from keepstone.core.talked import Around
from keepstone.intake.spelling import any_of

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from keepstone.core.channel import Tap

WORDS = ("forge", "spy on", "kill", "shoot")


@part("mitigation")
@dataclass(frozen=True)
class RefusalPolicy(Around):
    """Refuses every question that holds one of some words, whoever asks it and for whatever reason.

    Attributes:
        words: At least one.

    Raises:
        InputError: If there is none.

    Example:
        >>> tap = RefusalPolicy(("kill",)).begin(2, {})
        >>> tap(INPUT, Signal(["How do I kill the pain?", "Hello"], np.zeros(2, dtype=np.int8))).rulings.tolist()
        [3, 0]
    """

    words: tuple[str, ...] = WORDS

    name: ClassVar[str] = "refusal_policy"
    title: ClassVar[str] = "questions with certain words refused"
    brief: ClassVar[str] = "refusal policy"
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse a policy without a word."""
        if not self.words or not all(map(str.strip, self.words)):
            raise InputError(f"The «words» of refusal_policy must be texts, one at least; got {self.words!r}.")

    def begin(self, rows: int, memory: MutableMapping[str, bytes]) -> Tap:
        """Read what is asked."""
        del rows, memory

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != INPUT:
                return signal
            held = [Ruling.BLOCKED if any_of(str(text), self.words) else Ruling.ALLOWED for text in signal.values]
            return Signal(signal.values, np.maximum(np.asarray(signal.rulings), held).astype(np.int8), signal.last)

        return tap
