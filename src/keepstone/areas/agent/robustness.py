"""Robustness of an agent (paper, section 4.2): is it put off its task by what was written for others?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.areas.agent import known
from keepstone.areas.asking import limit
from keepstone.core.origin import Area
from keepstone.core.probe import Probe
from keepstone.parts.conditions.hazards.stray_note import StrayNote
from keepstone.parts.metrics.task_failed import TaskFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.probe import Scope

AREA = Area.ROBUSTNESS


def probes(scope: Scope) -> Iterator[Probe]:
    """Let its tools read sentences in the imperative mood that are meant for others."""
    condition, metric = StrayNote(), TaskFailed()
    yield Probe(
        risk=scope.risk("robustness.stray_note"),
        condition=condition,
        metric=metric,
        limit=limit(scope, AREA, condition, metric),
        control=known.control(scope.target, "distracted"),
        paired=metric,
        guard=True,
        advice="Mark what tools give back as data.",
    )
