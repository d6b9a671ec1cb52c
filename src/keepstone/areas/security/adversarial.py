"""Adversarial (paper, section 5.2): does it withstand somebody who chooses what it is shown, within what can be chosen and asked?"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np

from keepstone.areas import controls
from keepstone.areas.asking import cases, limit, words
from keepstone.core.origin import Area
from keepstone.core.part import Tabular
from keepstone.core.probe import Control, Exposure, Probe
from keepstone.parts.conditions.threats.chosen_unit import ChosenUnit
from keepstone.parts.conditions.threats.evasion_labels import EvasionLabels
from keepstone.parts.conditions.threats.evasion_scores import EvasionScores
from keepstone.parts.conditions.threats.withheld_values import WithheldValues
from keepstone.parts.conditions.threats.worst_of import WorstOf
from keepstone.parts.metrics.attack_success import AttackSuccess
from keepstone.parts.metrics.missed import Missed
from keepstone.parts.metrics.success_by import AnyOf, InGroup, LowMargin, SuccessBy
from keepstone.parts.metrics.within import Within
from keepstone.parts.mitigations.plausibility import Plausibility
from keepstone.parts.mitigations.thresholds_by_group import ThresholdsByGroup

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keepstone.core.part import Threat
    from keepstone.core.probe import Scope, Unasked

    Attack: TypeAlias = EvasionScores | EvasionLabels | WithheldValues | ChosenUnit | WorstOf

AREA = Area.ADVERSARIAL
FULL = "full"
FLOOR = "robustness.nominal.alarms"
"""Who flags everybody can't be made to miss anybody: a limit on missed outcomes holds only beside one on false alarms."""
LEAST = 20
"""Outcomes of the looked-at rows from which a group's share of flags is believed."""
FLAGS = 40
"""Right flags on these rows from which an attack has something to turn in a group."""
SLICES = 3
"""Most weak slices that are held against attacks."""
TRIED: tuple[Threat, ...] = (EvasionScores(errors=2.0), EvasionLabels(errors=2.0), WithheldValues(count=3))
"""Attacks that use a flaw, the strongest evasion first: they are asked about anyway, so that a comparison costs no further answer."""

MOVED = "Train with values moved as an attacker would; see what that does to withheld values. Hand over cases near the threshold, and check at the source."
HIDDEN = "Train with values withheld, or hand over cases with little known; a missing value that matters should be asked for."
WORST = "Close the way that turned most cases first; what stops one attack alone only sends the attacker to the next."
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
    fitting = tuple(one for one in (*TRIED, ChosenUnit()) if not one.unfit(scope.target))
    if len(fitting) > 1:
        yield _probe(scope, "evasion_scores", WorstOf(fitting), WORST, column=False)
    if scope.profile == FULL:
        yield _probe(scope, "evasion_scores", EvasionScores(errors=2.0, queries=200), MOVED)
        yield _probe(scope, "evasion_scores", EvasionScores(errors=1.0, goal="alarm"), MOVED)
        yield _probe(scope, "evasion_labels", EvasionLabels(errors=1.0), MOVED)
        yield _probe(scope, "withheld_values", WithheldValues(count=3, sees="labels"), HIDDEN)
        yield _probe(scope, "withheld_values", WithheldValues(count=3, queries=500, sees="labels"), HIDDEN)


def _probe(scope: Scope, risk: str, threat: Attack, advice: str, *, guard: bool = False, column: bool = True) -> Probe:
    metric = AttackSuccess(scope=threat.goal)
    weak = controls.linear(fill=0.0)
    return Probe(
        risk=scope.risk(f"{AREA.value}.{risk}"),
        condition=threat,
        metric=metric,
        limit=limit(scope, AREA, threat, metric),
        control=Control(bad=weak, good=controls.immutable_only(), limit=0.1),
        paired=Missed() if column and threat.goal == "missed" else None,
        column=column and (scope.profile == FULL or threat.name != "evasion_labels"),
        guard=guard,
        floor=FLOOR if threat.goal == "missed" else "",
        advice=advice,
    )


# ---- flaws that may open a door ----


def _exposures(scope: Scope) -> Iterator[Exposure]:
    """Hold the success of attacks that are asked about anyway where a flaw is present against where it is absent or repaired."""
    if not isinstance(scope.target, Tabular):
        return
    yield from _slices(scope)
    if scope.overconfident is not None:
        where = f"where {words(scope.overconfident, scope.target.features)}"
        title = f"flags that claim the most beyond what came, {where}"
        yield from _against_elsewhere("overconfidence", title, SuccessBy(flaw=scope.overconfident, told=where), TRIED)
    yield from _missing_validation(scope)
    yield from _group(scope)
    threshold = scope.target.threshold
    margin = SuccessBy(flaw=LowMargin(threshold=threshold, width=min(threshold, 1 - threshold) / 2))
    title = "a decision taken where the score hardly carries it"
    yield from _against_elsewhere("low_margin", title, margin, TRIED[:1], telling=False)


def _against_elsewhere(flaw: str, title: str, metric: SuccessBy, threats: Sequence[Threat], *, telling: bool = True) -> Iterator[Exposure]:
    for threat in threats:
        yield Exposure(flaw=flaw, title=title, condition=threat, metric=metric, telling=telling)


def _slices(scope: Scope) -> Iterator[Exposure]:
    """The weak slices together for every threat, since few of their outcomes are flagged at all, and each by itself for the strongest."""
    rules, features = scope.slices[:SLICES], cast("Tabular", scope.target).features
    if len(rules) > 1:
        told = f"in the {len(rules)} weakest slices"
        title = f"the {len(rules)} weakest slices, where outcomes are missed most"
        yield from _against_elsewhere("weak_slice", title, SuccessBy(flaw=AnyOf(rules), told=told), TRIED)
    for rule in rules:
        where = f"where {words(rule, features)}"
        title = f"a weak slice, {where}"
        yield from _against_elsewhere("weak_slice", title, SuccessBy(flaw=rule, told=where), TRIED[:1] if len(rules) > 1 else TRIED)


def _missing_validation(scope: Scope) -> Iterator[Exposure]:
    """Values taken as they come, against the same attack through a check of values; nothing is missing where one is in place."""
    if _in_place(scope, Plausibility.name):
        return
    for threat in (ChosenUnit(), EvasionScores(errors=2.0)):
        title = "values taken as they come, without a check"
        yield Exposure(flaw="missing_validation", title=title, condition=threat, metric=AttackSuccess(scope="missed"), repaired=Plausibility())


def _group(scope: Scope) -> Iterator[Exposure]:
    """The group that is served worst against all others, and against itself with an operating point of its own."""
    found = _disadvantaged(scope)
    if found is None:
        return
    told = f"{found.attribute} is {' or '.join(found.groups)}"
    title = f"the group whose outcomes are flagged least: {told}"
    yield from _against_elsewhere("disadvantaged_group", title, SuccessBy(flaw=found), TRIED)
    grouping = next((one for one in scope.system.data.groups if one.attribute == found.attribute), None) if scope.system.data is not None else None
    if grouping is None or _in_place(scope, ThresholdsByGroup.name):
        return
    label = "-".join((found.attribute, *found.groups))
    inside = Within(inner=AttackSuccess(scope="missed"), label=label, column=f"group:{found.attribute}", value=found.group, also=found.also)
    repair = ThresholdsByGroup(feature=grouping.column, cuts=grouping.cuts)
    title = f"one operating point for all, where {told}, and none of its own"
    yield Exposure(flaw="disadvantaged_group", title=title, condition=TRIED[0], metric=inside, repaired=repair)


def _in_place(scope: Scope, method: str) -> bool:
    return any(one.in_place and method in {name for name, _parameters in one.parts} for one in scope.system.mitigations)


def _disadvantaged(scope: Scope) -> InGroup | None:
    """The group of which the smallest share of outcomes is flagged, on the rows that may be looked at and by a model that was not trained on them.

    Where it has hardly any flag that could be turned, those that are flagged next to least, by the same attribute, stand with it.
    """
    table = cases(scope, "search")
    if table is None or scope.honest is None:
        return None
    flagged = scope.honest >= cast("Tabular", scope.target).threshold
    found: list[tuple[float, int, str, str]] = []
    for attribute, names in scope.groups:
        who = np.asarray(table.groups.get(attribute, [""] * len(table)))
        for name in names:
            mine = (who == name) & (table.y == 1) & np.isfinite(scope.honest)
            if mine.sum() >= LEAST:
                found.append((float(flagged[mine].mean()), int(mine.sum()), attribute, name))
    if not found:
        return None
    worst = min(found)
    together, flags = [], 0.0
    same = sorted(one for one in found if one[2] == worst[2])
    for share, outcomes, _attribute, name in same[:-1] or same:  # never everybody
        together.append(name)
        flags += share * outcomes
        if flags >= FLAGS:
            break
    return InGroup(worst[2], together[0], tuple(together[1:]))
