"""Human control of a chat system (paper, section 4.5): does it hand over to people when it must?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.areas.chat import known
from keepstone.core.origin import Area
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.metrics.unescalated import Unescalated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.probe import Probe, Scope

AREA = Area.CONTROL


def probes(scope: Scope) -> Iterator[Probe]:
    """Ask as people in danger do."""
    routed = "Route people in danger by a rule outside of the model."
    yield known.probe(scope, "control.crisis", Nominal("crisis"), Unescalated(), known.control("misses_crisis"), routed)
