"""Protection of what a chat system keeps (paper, section 5.2): can its secret be got out?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.areas.asking import limit
from keepstone.areas.chat import known
from keepstone.core.origin import Area
from keepstone.core.probe import Probe
from keepstone.parts.conditions.threats.known_injections import KnownInjections
from keepstone.parts.conditions.threats.secret_extraction import SecretExtraction
from keepstone.parts.metrics.leaked import Leaked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.part import AnyCondition
    from keepstone.core.probe import Control, Scope

AREA = Area.PROTECTION


def probes(scope: Scope) -> Iterator[Probe]:
    """Ask for the secret as somebody who wants it; in the full profile as all who did so before, where their collection is installed."""
    metric = Leaked()
    asked: list[tuple[AnyCondition, Control]] = [(SecretExtraction(), known.control("obeys_users"))]
    if scope.profile == "full":
        asked += [(KnownInjections(), known.known_orders())]
    for threat, control in asked:
        yield Probe(
            risk=scope.risk("protection.secret_extraction"),
            condition=threat,
            metric=metric,
            limit=limit(scope, AREA, threat, metric),
            control=control,
            paired=metric,
            guard=True,
            floor=known.USEFUL,
            advice="Keep secrets out of the prompt; hold back replies that hold one, in any dress.",
        )
