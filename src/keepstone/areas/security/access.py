"""Access (paper, section 5.2): who may ask it, change it or switch it off? That is a question to the place where it runs, not to a model and its cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.catalog.load import load
from keepstone.core.origin import Area
from keepstone.core.probe import Unasked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.probe import Exposure, Probe, Scope

AREA = Area.ACCESS
RISKS = ("access.unauthorised_use", "access.excess_rights")


def probes(scope: Scope) -> Iterator[Probe | Unasked | Exposure]:
    """Say what can't be asked, and what would change that."""
    for risk in RISKS:
        yield Unasked(risk=scope.risk(risk), what=risk.partition(".")[2], why=load().risks[risk].unmeasured)
