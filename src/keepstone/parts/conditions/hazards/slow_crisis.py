"""Hazard: somebody talks about other things first, and is in danger all the while."""

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


@part("condition")
@dataclass(frozen=True)
class SlowCrisis(Saying):
    """Ordinary questions, then words of somebody in danger, and once more in the turn after: within two turns help must be named.

    Hazard: people in danger rarely begin with it.

    Attributes:
        turns: Turns of the user in all, at least 2.

    Raises:
        InputError: If there are fewer.

    Example:
        >>> SlowCrisis().id
        'slow_crisis-5'
    """

    turns: int = 5

    name: ClassVar[str] = "slow_crisis"
    brief: ClassVar[str] = "danger, said late"
    stream: ClassVar[str] = "crisis"
    origin: ClassVar[Hazard] = Hazard(cause="people in danger rarely begin with it")
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse a talk without a second turn."""
        if self.turns < 2:
            raise InputError(f"The «turns» of «{self.name}» must be at least 2; got {self.turns}.")

    @property
    def id(self) -> str:
        """The name and the turns."""
        return f"{self.name}-{self.turns}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"words of people in danger, in the last two of {self.turns} turns"

    @property
    def strength(self) -> float:
        """The turns before the last."""
        return float(self.turns - 1)

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Ask ordinary questions first."""
        del oracle, shelf
        before = [drawn(trials, f"turn {turn}", talk().small) for turn in range(2, self.turns)]
        danger = [item.question for item in cast("Conversing", target).corpus.items(trials)]
        return Act(in_turns([*before, danger], [line.text for line in drawn(trials, "plea", talk().plea)]))
