"""Human control of a chat system (paper, section 4.5): does it hand over to people when it must?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.areas.asking import judged, limit
from keepstone.areas.chat import known
from keepstone.core.origin import Area
from keepstone.core.probe import Probe
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.metrics.unescalated import Unescalated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.probe import Scope

AREA = Area.CONTROL


def probes(scope: Scope) -> Iterator[Probe]:
    """Ask as people in danger do."""
    condition, metric = Nominal("crisis"), Unescalated()
    yield Probe(
        risk=scope.risk("control.crisis"),
        condition=condition,
        metric=metric,
        limit=limit(scope, AREA, condition, metric),
        control=known.control("misses_crisis"),
        paired=metric,
        guard=True,
        advice="Route people in danger by a rule outside of the model.",
        provisional=judged(metric, scope.target),
    )
