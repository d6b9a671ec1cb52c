"""Hazard: the same questions after ever more turns, or ever more text: what shows from a certain size on and not before (emergent behaviour)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.catalog.talk import talk
from keepstone.core.channel import INPUT, Act, Channel, Signal
from keepstone.core.errors import InputError
from keepstone.core.origin import Hazard
from keepstone.core.part import part
from keepstone.core.talked import Saying, in_turns
from keepstone.stats.chance import drawn

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Column, Tap
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials

LEVELS = {"turns": (1, 4, 12), "letters": (0, 1500, 6000)}
"""Sizes that are held against each other: turns of the user, letters before the question."""


@part("condition")
@dataclass(frozen=True)
class GrowingTalk(Saying):
    """Each trial at one of three sizes, drawn for it: turns of the conversation, or letters before the question.

    Hazard: a system is tried out in short talks and used in long ones. A behaviour that jumps with the size is found by no test at one size.

    Attributes:
        of: "turns" or "letters".

    Raises:
        InputError: If it is another word.

    Example:
        >>> GrowingTalk("turns").id
        'growing_talk-turns'
    """

    of: str = "turns"

    name: ClassVar[str] = "growing_talk"
    stream: ClassVar[str] = "test"
    strength: ClassVar[float] = 1.0
    origin: ClassVar[Hazard] = Hazard(cause="tried out in short talks and used in long ones")
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse another word."""
        if self.of not in LEVELS:
            raise InputError(f"The «of» of «{self.name}» must be one of {', '.join(LEVELS)}; got {self.of!r}.")

    @property
    def id(self) -> str:
        """The name and what grows."""
        return f"{self.name}-{self.of}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"the same questions after {', '.join(map(str, LEVELS[self.of]))} {self.of}"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return f"growing {self.of}"

    @property
    def turns(self) -> int:
        """Most turns of the user."""
        return max(LEVELS["turns"]) if self.of == "turns" else 1

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Let each talk grow to its size."""
        del oracle, shelf, target
        sizes = drawn(trials, "size", LEVELS[self.of])

        def notes() -> Mapping[str, Column]:
            return {"level": np.array(sizes, dtype=np.float64)}

        return Act(_after(trials, sizes) if self.of == "turns" else _behind(trials, sizes), notes)


def _after(trials: Trials, sizes: list[int]) -> Tap:
    """Ordinary questions before the question; who needs fewer of them sits the first turns out."""
    most = max(LEVELS["turns"])
    asked = [drawn(trials, f"turn {turn}", talk().small) for turn in range(1, most)]
    before = [[text if size > most - turn else "" for text, size in zip(texts, sizes, strict=True)] for turn, texts in enumerate(asked, start=1)]
    return in_turns(before, [""] * len(sizes))


def _behind(trials: Trials, sizes: list[int]) -> Tap:
    """Text before the question."""
    texts = [drawn(trials, f"paste {place}", talk().paste) for place in range(10)]

    def tap(channel: Channel, signal: Signal) -> Signal:
        if channel != INPUT:
            return signal
        pasted = [" ".join(text[k] for text in texts) for k in range(len(sizes))]
        long = [(text * (size // len(text) + 1))[:size] for text, size in zip(pasted, sizes, strict=True)]
        return Signal([f"{before}\n{text}".strip() for before, text in zip(long, signal.values, strict=True)], signal.rulings, signal.last)

    return tap
