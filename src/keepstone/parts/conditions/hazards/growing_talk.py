"""Hazard: more turns, more text or more tools, the questions and tasks as ever: what shows from a size on and not before (emergent behaviour)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.catalog.talk import talk
from keepstone.core.channel import INPUT, Act, Channel, Signal
from keepstone.core.chat import OFFER, tools_of
from keepstone.core.errors import InputError
from keepstone.core.origin import Hazard
from keepstone.core.part import part
from keepstone.core.talked import NO_TOOLS, Saying, in_turns
from keepstone.stats.chance import drawn

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Column, Tap
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials

LEVELS = {"turns": (1, 4, 12), "letters": (0, 1500, 6000), "tools": (0, 16, 64)}
"""Sizes that are held against each other: turns of the user, letters before the question, tools beside those that are needed."""
PLACES = {"turns": INPUT, "letters": INPUT, "tools": OFFER}


@part("condition")
@dataclass(frozen=True)
class GrowingTalk(Saying):
    """Each trial at one of three sizes, drawn for it: turns of the conversation, letters before the question, or tools that are of no use.

    Hazard: a system is tried out in short talks and used in long ones. A behaviour that jumps with the size is found by no test at one size.

    Attributes:
        of: "turns", "letters" or "tools".

    Raises:
        InputError: If it is another word.

    Example:
        >>> GrowingTalk("turns").id
        'growing_talk-turns'
    """

    of: str = "turns"

    name: ClassVar[str] = "growing_talk"
    strength: ClassVar[float] = 1.0
    origin: ClassVar[Hazard] = Hazard(cause="tried out in short talks and used in long ones")

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
        sizes = ", ".join(map(str, LEVELS[self.of]))
        return f"the same tasks with {sizes} tools more" if self.of == "tools" else f"the same questions after {sizes} {self.of}"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return f"growing {self.of}"

    @property
    def stream(self) -> str:
        """Questions, or tasks that need tools."""
        return "task" if self.of == "tools" else "test"

    @property
    def channels(self) -> frozenset[Channel]:
        """Where it grows."""
        return frozenset({PLACES[self.of]})

    def unfit(self, target: Target) -> str:
        """It is said to a chat system, and more tools are told to one that has some."""
        return super().unfit(target) or (NO_TOOLS if self.of == "tools" and not tools_of(target) else "")

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

        if self.of == "tools":
            return Act(_offered(sizes), notes)
        return Act(_after(trials, sizes) if self.of == "turns" else _behind(trials, sizes), notes)


def _after(trials: Trials, sizes: list[int]) -> Tap:
    """Ordinary questions before the question; who needs fewer of them sits the first turns out."""
    most = max(LEVELS["turns"])
    asked = [drawn(trials, f"turn {turn}", talk().small) for turn in range(1, most)]
    before = [[text if size > most - turn else "" for text, size in zip(texts, sizes, strict=True)] for turn, texts in enumerate(asked, start=1)]
    return in_turns(before, [""] * len(sizes))


def _offered(sizes: list[int]) -> Tap:
    """Tools that do nothing beside those that do something."""
    more = ["\n".join(f"open_form_{number}" for number in range(1, size + 1)) for size in sizes]

    def tap(channel: Channel, signal: Signal) -> Signal:
        if channel != OFFER:
            return signal
        return Signal([f"{text}\n{names}".strip() for text, names in zip(signal.values, more, strict=True)], signal.rulings, signal.last)

    return tap


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
