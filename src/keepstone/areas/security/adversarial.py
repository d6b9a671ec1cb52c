"""Adversarial (paper, section 5.2): does it withstand somebody who chooses what it is shown, within what can be chosen and asked?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from keepstone.areas import controls
from keepstone.areas.asking import cases, limit
from keepstone.core.origin import Area
from keepstone.core.part import Tabular
from keepstone.core.probe import Control, Exposure, Probe
from keepstone.parts.conditions.threats.chosen_unit import ChosenUnit
from keepstone.parts.conditions.threats.evasion_labels import EvasionLabels
from keepstone.parts.conditions.threats.evasion_scores import EvasionScores
from keepstone.parts.conditions.threats.withheld_values import WithheldValues
from keepstone.parts.metrics.attack_success import AttackSuccess
from keepstone.parts.metrics.missed import Missed
from keepstone.parts.metrics.success_by import InGroup, LowMargin, SuccessBy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.part import Threat
    from keepstone.core.probe import Scope, Unasked

AREA = Area.ADVERSARIAL
FULL = "full"
FLOOR = "robustness.nominal.alarms"
"""Who flags everybody can't be made to miss anybody: a limit on missed outcomes holds only beside one on false alarms."""
LEAST = 20
"""Outcomes of the looked-at rows from which a group's share of flags is believed."""

MOVED = "Train with values moved as an attacker would; see what that does to withheld values. Hand over cases near the threshold, and check at the source."
HIDDEN = "Train with values withheld, or hand over cases with little known; a missing value that matters should be asked for."
WRITTEN = "Check units and bounds before the model sees a value."


def probes(scope: Scope) -> Iterator[Probe | Unasked | Exposure]:
    """Ask what an attacker on the inputs can turn, and where the door is widest."""
    yield from _attacks(scope)
    yield from _exposures(scope)


def _attacks(scope: Scope) -> Iterator[Probe]:
    """Each attack with the risk it measures; those of the quick profile first."""
    yield _probe(scope, "evasion_scores", EvasionScores(errors=1.0), MOVED)
    yield _probe(scope, "evasion_scores", EvasionScores(errors=2.0), MOVED, guard=True)
    yield _probe(scope, "evasion_labels", EvasionLabels(errors=2.0), MOVED)
    yield _probe(scope, "withheld_values", WithheldValues(count=1), HIDDEN)
    yield _probe(scope, "withheld_values", WithheldValues(count=3), HIDDEN, guard=True)
    yield _probe(scope, "chosen_unit", ChosenUnit(), WRITTEN)
    if scope.profile == FULL:
        yield _probe(scope, "evasion_scores", EvasionScores(errors=2.0, queries=200), MOVED)
        yield _probe(scope, "evasion_scores", EvasionScores(errors=1.0, goal="alarm"), MOVED)
        yield _probe(scope, "evasion_labels", EvasionLabels(errors=1.0), MOVED)
        yield _probe(scope, "withheld_values", WithheldValues(count=3, sees="labels"), HIDDEN)
        yield _probe(scope, "withheld_values", WithheldValues(count=3, queries=500, sees="labels"), HIDDEN)


def _probe(scope: Scope, risk: str, threat: EvasionScores | EvasionLabels | WithheldValues | ChosenUnit, advice: str, *, guard: bool = False) -> Probe:
    metric = AttackSuccess(scope=threat.goal)
    weak = controls.linear(fill=0.0)
    return Probe(
        risk=scope.risk(f"{AREA.value}.{risk}"),
        condition=threat,
        metric=metric,
        limit=limit(scope, AREA, threat, metric),
        control=Control(bad=weak, good=controls.immutable_only(), limit=0.1),
        paired=Missed() if threat.goal == "missed" else None,
        column=scope.profile == FULL or threat.name != "evasion_labels",
        guard=guard,
        floor=FLOOR if threat.goal == "missed" else "",
        advice=advice,
    )


# ---- flaws that may open a door ----


def _exposures(scope: Scope) -> Iterator[Exposure]:
    """Hold the success of one attack where a flaw is present against where it is absent."""
    threat: Threat = EvasionScores(errors=2.0)
    if not isinstance(scope.target, Tabular):
        return
    if scope.slices:
        metric = SuccessBy(flaw=scope.slices[0])
        yield Exposure(flaw="weak_slice", title="the weakest slice, where outcomes are missed most", condition=threat, metric=metric)
    threshold = scope.target.threshold
    margin = SuccessBy(flaw=LowMargin(threshold=threshold, width=min(threshold, 1 - threshold) / 2))
    yield Exposure(flaw="low_margin", title="a decision taken where the score hardly carries it", condition=threat, metric=margin)
    group = _disadvantaged(scope)
    if group is not None:
        title = f"the group whose outcomes are flagged least: {group[0]} is {group[1]}"
        yield Exposure(flaw="disadvantaged_group", title=title, condition=threat, metric=SuccessBy(flaw=InGroup(*group)))


def _disadvantaged(scope: Scope) -> tuple[str, str] | None:
    """The group of which the smallest share of outcomes is flagged, on the rows that may be looked at and by a model that was not trained on them."""
    table = cases(scope, "search")
    if table is None or scope.honest is None or not isinstance(scope.target, Tabular):
        return None
    flagged = scope.honest >= scope.target.threshold
    found: list[tuple[float, int, str, str]] = []
    for attribute, names in scope.groups:
        who = np.asarray(table.groups.get(attribute, [""] * len(table)))
        for name in names:
            mine = (who == name) & (table.y == 1)
            if mine.sum() >= LEAST:
                found.append((float(flagged[mine].mean()), int(mine.sum()), attribute, name))
    return min(found)[2:] if found else None
