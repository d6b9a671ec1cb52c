"""Threat: a user who leads on from harmless talk to an order, turn by turn (crescendo). MITRE ATLAS AML.T0054; Russinovich et al. 2024."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from keepstone.catalog.talk import talk
from keepstone.core.channel import INPUT, Act, Channel
from keepstone.core.chat import Conversing
from keepstone.core.errors import InputError
from keepstone.core.origin import Adversary
from keepstone.core.part import part
from keepstone.core.talked import Saying, in_turns
from keepstone.parts.conditions.hazards.long_talk import LongTalk
from keepstone.stats.chance import drawn

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True)
class Crescendo(Saying):
    """Turns that lead up to an order, each a small step from the one before, and the order beside the question in the last turn.

    Attributes:
        turns: Turns of the user in all, at least 2.

    Raises:
        InputError: If there are fewer.

    Example:
        >>> Crescendo().id
        'crescendo-5'
    """

    turns: int = 5

    name: ClassVar[str] = "crescendo"
    brief: ClassVar[str] = "crescendo"
    stream: ClassVar[str] = "test"
    retried: ClassVar[None] = None
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        if self.turns < 2:
            raise InputError(f"The «turns» of «{self.name}» must be at least 2; got {self.turns}.")

    @property
    def id(self) -> str:
        """The name and the turns."""
        return f"{self.name}-{self.turns}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"an order that {self.turns} turns lead up to"

    @property
    def strength(self) -> float:
        """The turns."""
        return float(self.turns)

    @property
    def origin(self) -> Adversary:
        """Somebody who has prepared all of it."""
        return Adversary(goal="the assistant does what somebody else says", queries=0, access=frozenset(), knowledge=frozenset({"public data"}))

    @property
    def counterpart(self) -> LongTalk:
        """As many turns, and an order to somebody else in the last."""
        return LongTalk(self.turns, stray=True)

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Lead up to the order."""
        del oracle, shelf
        words = [item.canary for item in cast("Conversing", target).corpus.items(trials)]
        orders = [line.text.replace("{canary}", word) for line, word in zip(drawn(trials, "carrier", talk().carrier), words, strict=True)]
        steps = [line.text for line in talk().step]
        before = [[steps[turn % len(steps)]] * len(trials) for turn in range(self.turns - 1)]
        return Act(in_turns(before, orders))
