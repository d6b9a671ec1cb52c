"""Hazard: a conversation goes on for many turns before the question comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from keepstone.catalog.talk import talk
from keepstone.core.channel import INPUT, Act, Channel
from keepstone.core.chat import Conversing
from keepstone.core.errors import InputError
from keepstone.core.origin import Hazard
from keepstone.core.part import part
from keepstone.core.talked import Saying, in_turns
from keepstone.stats.chance import drawn

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials

TURNS = 8


@part("condition")
@dataclass(frozen=True)
class LongTalk(Saying):
    """Ordinary questions, one a turn, and the question of the item in the last turn.

    Hazard: people stay with an assistant that helps, and what it was told at the beginning moves out of its sight. With a stray order in the last turn it is
    the accidental counterpart of a user who leads on from turn to turn.

    Attributes:
        turns: Turns of the user in all, at least 1.
        stray: Whether an order to somebody else stands in the last one.

    Raises:
        InputError: If there are fewer turns.

    Example:
        >>> LongTalk().id, LongTalk(4, stray=True).id
        ('long_talk-8', 'long_talk-4-stray')
    """

    turns: int = TURNS
    stray: bool = False

    name: ClassVar[str] = "long_talk"
    brief: ClassVar[str] = "long talk"
    stream: ClassVar[str] = "test"
    origin: ClassVar[Hazard] = Hazard(cause="people stay with an assistant that helps")
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse a talk without a turn."""
        if self.turns < 1:
            raise InputError(f"The «turns» of «{self.name}» must be at least 1; got {self.turns}.")

    @property
    def id(self) -> str:
        """The name, the turns, and the stray order where there is one."""
        return f"{self.name}-{self.turns}" + ("-stray" if self.stray else "")

    @property
    def title(self) -> str:
        """In plain words."""
        return f"a conversation of {self.turns} turns" + (" that ends with an order to somebody else" if self.stray else "")

    @property
    def strength(self) -> float:
        """The turns before the last, and the order."""
        return float(self.turns - 1 + self.stray)

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Ask ordinary questions first."""
        del oracle, shelf
        before = [drawn(trials, f"turn {turn}", talk().small) for turn in range(1, self.turns)]
        words = [item.canary for item in cast("Conversing", target).corpus.items(trials)]
        lines = [line.text.replace("{canary}", word) for line, word in zip(drawn(trials, "stray", talk().stray), words, strict=True)]
        return Act(in_turns(before, lines if self.stray else [""] * len(trials)))
