"""Protection (paper, section 5.2): what does it tell of the people it was trained on, and can it be taken?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.areas import controls
from keepstone.areas.asking import limit
from keepstone.catalog.load import load
from keepstone.core.origin import Area
from keepstone.core.probe import Control, Probe, Unasked
from keepstone.parts.conditions.threats.extraction import Extraction
from keepstone.parts.conditions.threats.membership import Membership
from keepstone.parts.conditions.threats.rows_in_model import RowsInModel
from keepstone.parts.metrics.agreement import Agreement
from keepstone.parts.metrics.found import Found
from keepstone.parts.metrics.members_named import MembersNamed
from keepstone.parts.metrics.rate_at_few_alarms import RateAtFewAlarms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.probe import Exposure, Scope

AREA = Area.PROTECTION
FULL = "full"
ALARMS = 0.01

MEMBERS = "A smaller or more regularised model, or training with noise of a stated privacy budget; rounding the scores does not help."
COPIES = "Count questions by client and refuse after a budget; nothing that still answers makes copying impossible."
ROWS = "Hand on a model that does not keep its rows (no neighbours, no support vectors, no background sample), or keep the file as secret as the data."


def probes(scope: Scope) -> Iterator[Probe | Unasked | Exposure]:
    """Ask who was in the training data, how well it is copied, and whether its rows stand in it."""
    yield _membership(scope)
    yield from _extraction(scope)
    yield _rows(scope)
    yield Unasked(risk=scope.risk("protection.inversion"), what="inversion", why=load().risks["protection.inversion"].unmeasured)


def _membership(scope: Scope) -> Probe:
    threat, metric = Membership(shadows=32 if scope.profile == FULL else 16, alarms=ALARMS), RateAtFewAlarms(alarms=ALARMS)
    return Probe(
        risk=scope.risk("protection.membership"),
        condition=threat,
        metric=metric,
        limit=limit(scope, AREA, threat, metric),
        control=Control(bad=controls.by_rote(), good=controls.linear(), limit=0.2),
        paired=MembersNamed() if scope.profile == FULL else None,  # every mitigation that trains again needs shadows of its own
        advice=MEMBERS,
    )


def _extraction(scope: Scope) -> Iterator[Probe]:
    for queries in (100, 1000, 5000) if scope.profile == FULL else (1000,):
        threat, metric = Extraction(queries=queries), Agreement()
        yield Probe(
            risk=scope.risk("protection.extraction"),
            condition=threat,
            metric=metric,
            limit=limit(scope, AREA, threat, metric),
            control=Control(bad=controls.linear(), good=controls.scrambled(), limit=0.75),
            paired=metric,
            advice=COPIES,
        )


def _rows(scope: Scope) -> Probe:
    threat, metric = RowsInModel(), Found()
    return Probe(
        risk=scope.risk("protection.rows_in_model"),
        condition=threat,
        metric=metric,
        limit=limit(scope, AREA, threat, metric),
        control=Control(bad=controls.memorising(), good=controls.linear(), limit=0.1),
        advice=ROWS,
    )
