"""Adversarial security of an agent (paper, section 5.1): whose orders does it follow?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.areas.agent import known
from keepstone.areas.asking import limit
from keepstone.core.origin import Area
from keepstone.core.probe import Probe
from keepstone.intake.agentdojo import ATTACKS
from keepstone.parts.conditions.threats.planted_order import PlantedOrder
from keepstone.parts.metrics.task_failed import TaskFailed
from keepstone.parts.metrics.task_hijacked import TaskHijacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.part import Metric
    from keepstone.core.probe import Scope

AREA = Area.ADVERSARIAL


def probes(scope: Scope) -> Iterator[Probe]:
    """Plant orders where its tools read: are they followed, and is the task still done? In the full profile in every wording that AgentDojo has."""
    asked: list[tuple[str, Metric, str, str]] = [
        (attack, TaskHijacked(), "obedient", "Give it no right that an outsider's order could use, and let a person confirm what can't be undone.")
        for attack in (ATTACKS if scope.profile == "full" else ATTACKS[:1])
    ]
    asked += [(ATTACKS[0], TaskFailed(), "distracted", "Take an order out of what a tool gave instead of withholding the whole.")]
    for attack, metric, bad, advice in asked:
        threat = PlantedOrder(attack)
        yield Probe(
            risk=scope.risk("adversarial.planted_order"),
            condition=threat,
            metric=metric,
            limit=limit(scope, AREA, threat, metric),
            control=known.control(scope.target, bad),
            paired=metric,
            guard=True,
            floor=known.USEFUL,
            advice=advice,
        )
