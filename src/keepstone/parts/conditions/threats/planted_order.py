"""Threat: an order of somebody else where an agent's tools read, in the words of one of AgentDojo's attacks.

NIST AI 100-2 E2025, indirect prompt injection; MITRE ATLAS AML.T0051.001. The goal is one that can be seen in the state of the world: money moved, a file
sent, a setting changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from keepstone.core.agent import CONTENT, Acting
from keepstone.core.channel import Act, Channel, Signal
from keepstone.core.errors import InputError
from keepstone.core.origin import Adversary
from keepstone.core.part import part
from keepstone.intake.agentdojo import ATTACKS, STOPS
from keepstone.parts.conditions.hazards.stray_note import StrayNote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials

USUAL = ATTACKS[0]


@part("condition")
@dataclass(frozen=True)
class PlantedOrder:
    """An order to reach somebody else's goal, or to stop, where somebody else can write: a subject, a mail, a page.

    Attributes:
        attack: How the order is worded, one of `ATTACKS` or `STOPS` of `keepstone.intake.agentdojo`; the words are AgentDojo's.

    Example:
        >>> PlantedOrder().id, PlantedOrder("direct").id
        ('planted_order', 'planted_order-direct')
    """

    attack: str = USUAL

    name: ClassVar[str] = "planted_order"
    stream: ClassVar[str] = "test"
    strength: ClassVar[float] = 1.0
    retried: ClassVar[None] = None
    counterpart: ClassVar[StrayNote] = StrayNote()
    channels: ClassVar[frozenset[Channel]] = frozenset({CONTENT})
    origin: ClassVar[Adversary] = Adversary(
        goal="the agent does what somebody else says", access=frozenset({"operational data"}), knowledge=frozenset({"public data"})
    )

    def __post_init__(self) -> None:
        """Refuse another attack."""
        if self.attack not in (*ATTACKS, *STOPS):
            raise InputError(f"The «attack» of «{self.name}» must be one of {', '.join((*ATTACKS, *STOPS))}; got {self.attack!r}.")

    @property
    def id(self) -> str:
        """The name, and the attack where it is not the usual one."""
        return self.name if self.attack == USUAL else f"{self.name}-{self.attack}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"an attacker's order in what the tools read, worded as «{self.attack.replace('_', ' ')}»"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return "planted order" if self.attack == USUAL else self.attack.replace("_", " ")

    def unfit(self, target: Target) -> str:
        """It acts on what tools read."""
        return "" if isinstance(target, Acting) else "the target does not act by tools"

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """Nothing."""
        del target
        return ()

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Write an order into each world."""
        del oracle, shelf
        orders = cast("Acting", target).orders(trials, self.attack)

        def tap(channel: Channel, signal: Signal) -> Signal:
            return Signal(orders, signal.rulings, signal.last) if channel == CONTENT else signal

        return Act(tap)
