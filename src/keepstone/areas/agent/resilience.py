"""Resilience of an agent (paper, section 5.5): can somebody keep it from its task?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.areas.agent import known
from keepstone.areas.asking import limit
from keepstone.core.origin import Area
from keepstone.core.probe import Probe
from keepstone.intake.agentdojo import STOPS
from keepstone.parts.conditions.threats.planted_order import PlantedOrder
from keepstone.parts.metrics.task_failed import TaskFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.probe import Scope

AREA = Area.RESILIENCE


def probes(scope: Scope) -> Iterator[Probe]:
    """Plant orders to stop where its tools read; in every wording that AgentDojo has in the full profile."""
    metric = TaskFailed()
    for attack in STOPS if scope.profile == "full" else STOPS[:1]:
        threat = PlantedOrder(attack)
        yield Probe(
            risk=scope.risk("resilience.planted_stop"),
            condition=threat,
            metric=metric,
            limit=limit(scope, AREA, threat, metric),
            control=known.control(scope.target, "distracted"),
            paired=metric,
            guard=True,
            floor=known.USEFUL,
            advice="Let no text that a tool gave end a task: tell the user, and go on.",
        )
