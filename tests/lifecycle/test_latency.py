"""Time is told of what can be asked for nothing; of what is talked to no answer is asked that no budget counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from keepstone.areas import controls
from keepstone.core.cell import Arm, Cell, Design, Pair, Plan, Role
from keepstone.core.chat import Conversation, Reply
from keepstone.lifecycle.latency import latency
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.corpora.clinic import Clinic as Questions
from keepstone.parts.metrics.missed import Missed
from keepstone.parts.mitigations.label_only import LabelOnly
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.targets.chat import Chat
from keepstone.stats.claims import Difference

if TYPE_CHECKING:
    from keepstone.core.part import Target


@dataclass
class Counting:
    """Counts what it is asked."""

    recipe: str = "counting"
    title: str = "it counts"
    asked: list[Conversation] = field(default_factory=list)

    def reply(self, asked: Sequence[Conversation]) -> list[Reply]:
        self.asked += asked
        return [Reply("yes")] * len(asked)


def plan(target: Target) -> Plan:
    of, against = (Cell(Arm(target, Nominal(), fix), Missed()) for fix in (LabelOnly(), Nothing()))
    pair = Pair(id="p", role=Role.MITIGATION, of=of, against=against, margin=0.1, claim=Difference())
    return Plan(seed=7, alpha=0.05, design=Design.SEQUENTIAL, held=(), pairs=(pair,))


def test_a_model_is_timed() -> None:
    ticks = count()
    assert latency(plan(controls.linear()), KeptShelf(), lambda: float(next(ticks))) == {"label_only": 1.0}


def test_what_is_talked_to_is_not_asked() -> None:
    assistant, ticks = Counting(), count()
    assert latency(plan(Chat(assistant, Questions(50))), KeptShelf(), lambda: float(next(ticks))) == {}
    assert assistant.asked == []
