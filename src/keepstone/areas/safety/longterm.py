"""Long-term safety (paper, section 5.1): what becomes of it over years, and of the world that it changes. Past cases of one period can't show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.core.origin import Area
from keepstone.core.probe import Unasked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.probe import Exposure, Probe, Scope

AREA = Area.LONGTERM

REASONS = {
    "longterm.feedback": "past cases hold no outcome that the advice has altered: give outcomes from operation, with what was advised",
    "longterm.drift": "cases of one period say nothing of the next: give dated cases from operation, or monitor there",
    "longterm.power_seeking": "a classifier that answers one case at a time keeps no state and takes no action: there is nothing to measure until it acts",
}


def probes(scope: Scope) -> Iterator[Probe | Unasked | Exposure]:
    """Say what can't be asked, and what would change that."""
    for risk, why in REASONS.items():
        yield Unasked(risk=scope.risk(risk), what=risk.partition(".")[2], why=why)
