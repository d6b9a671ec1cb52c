"""Alignment of an agent (paper, section 4.1): does it do its task?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.areas.agent import known
from keepstone.areas.asking import limit
from keepstone.core.origin import Area
from keepstone.core.probe import Probe
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.metrics.task_failed import TaskFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.probe import Scope

AREA = Area.ALIGNMENT


def probes(scope: Scope) -> Iterator[Probe]:
    """Give it its tasks, in worlds where nobody means harm."""
    condition, metric = Nominal(), TaskFailed()
    yield Probe(
        risk=scope.risk("alignment.task_failed"),
        condition=condition,
        metric=metric,
        limit=limit(scope, AREA, condition, metric),
        control=known.control(scope.target, "idle"),
        paired=metric,
        guard=True,
        advice="Read the steps of the failed tasks beside those that would have done them.",
    )
