"""Mitigation: a conversation ends after a number of turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import INPUT, Channel, Ruling, Signal
from keepstone.core.errors import InputError
from keepstone.core.part import part
from keepstone.core.talked import Around

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from keepstone.core.channel import Tap

KEY = "turn_limit.said"


@part("mitigation")
@dataclass(frozen=True)
class TurnLimit(Around):
    """Lets a user speak so many times in one conversation; what comes after is not answered. Whoever talks for long begins anew, the patient too.

    Attributes:
        turns: At least 1.

    Raises:
        InputError: If it is less.

    Example:
        >>> tap = TurnLimit(1).begin(1, {})
        >>> [int(tap(INPUT, Signal(["Hello."], np.zeros(1, dtype=np.int8))).rulings[0]) for _ in range(2)]
        [0, 3]
    """

    turns: int = 4

    name: ClassVar[str] = "turn_limit"
    brief: ClassVar[str] = "turn limit"
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse a limit that answers nobody."""
        if self.turns < 1:
            raise InputError(f"The «turns» of turn_limit must be at least 1; got {self.turns}.")

    @property
    def id(self) -> str:
        """The name and the number."""
        return f"{self.name}-{self.turns}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"at most {self.turns} turns of a conversation"

    def begin(self, rows: int, memory: MutableMapping[str, bytes]) -> Tap:
        """Count the turns of each conversation; row k is conversation k of this memory."""
        said = np.zeros(rows, dtype=np.uint32)
        before = np.frombuffer(memory.get(KEY, b""), dtype="<u4")[:rows]
        said[: len(before)] = before

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != INPUT:
                return signal
            said[:] += np.array([bool(text) for text in signal.values], dtype=np.uint32)
            memory[KEY] = said.astype("<u4").tobytes()
            held = np.where(said > self.turns, Ruling.BLOCKED, Ruling.ALLOWED)
            return Signal(signal.values, np.maximum(np.asarray(signal.rulings), held).astype(np.int8), signal.last)

        return tap
