"""Resilience (paper, section 5.2): does it stay available under load, and is an attack noticed? That is asked of a service, not of a model and its cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.catalog.load import load
from keepstone.core.origin import Area
from keepstone.core.probe import Unasked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.probe import Exposure, Probe, Scope

AREA = Area.RESILIENCE
RISKS = ("resilience.overload", "resilience.unseen_attack")


def probes(scope: Scope) -> Iterator[Probe | Unasked | Exposure]:
    """Say what can't be asked, and what would change that."""
    for risk in RISKS:
        yield Unasked(risk=scope.risk(risk), what=risk.partition(".")[2], why=load().risks[risk].unmeasured)
