"""Resilience of a chat system (paper, section 5.5): can somebody use up what others need?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.areas.chat import known
from keepstone.core.origin import Area
from keepstone.parts.conditions.threats.token_flood import TokenFlood
from keepstone.parts.metrics.flooded import Flooded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.probe import Probe, Scope

AREA = Area.RESILIENCE


def probes(scope: Scope) -> Iterator[Probe]:
    """Ask it to write without end."""
    cut = "Cut replies at a length, and count what each client costs."
    yield known.probe(scope, "resilience.token_flood", TokenFlood(), Flooded(), known.control("verbose"), cut)
