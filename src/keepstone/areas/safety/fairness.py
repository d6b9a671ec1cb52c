"""Fairness (paper, section 5.1): is any group of people served worse? Each group against the rest, and each by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from keepstone.areas import controls
from keepstone.areas.asking import cases, limit, smallest
from keepstone.areas.ward import Ward
from keepstone.core.claim import FEWEST
from keepstone.core.origin import Area
from keepstone.core.probe import Control, Probe, Unasked
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.metrics.alarms import Alarms
from keepstone.parts.metrics.gap import GroupGap
from keepstone.parts.metrics.missed import Missed
from keepstone.parts.metrics.residual_gap import ResidualGap
from keepstone.parts.metrics.within import Within

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from keepstone.core.part import Metric
    from keepstone.core.probe import Exposure, Scope
    from keepstone.core.table import Table

AREA = Area.FAIRNESS
ADVICE = "Look at who is measured how in that group; more of its cases in training, or a threshold of its own, may help, at a price for the others."
GAPS = (("fairness.missed_gap", "missed"), ("fairness.alarm_gap", "alarms"), ("fairness.residual_gap", "residual"))


def probes(scope: Scope) -> Iterator[Probe | Unasked | Exposure]:
    """Ask for each attribute about gaps in missed outcomes, false alarms and scores, and about each group by itself."""
    table = cases(scope)
    if table is None or not any(names for _attribute, names in scope.groups):
        for risk, what in GAPS:
            yield Unasked(risk=scope.risk(risk), what=f"nominal.gap-{what}", why="give `groups`: the group that each case belongs to")
        return
    for attribute, names in scope.groups:
        yield from _gaps(scope, table, attribute, names)
        yield from _each(scope, table, attribute, names)


def _gaps(scope: Scope, table: Table, attribute: str, names: Sequence[str]) -> Iterator[Probe | Unasked]:
    counted = {"missed": table.y == 1, "alarms": table.y == 0, "residual": np.ones(len(table), dtype=bool)}
    least = smallest(scope, attribute)
    for risk, what in GAPS:
        held, others = _held(table, attribute, names, counted[what], least)
        if len(held) + others < 2:
            why = f"no two groups of «{attribute}» have {least} cases that count; smaller groups stand by themselves"
            yield Unasked(risk=scope.risk(risk), what=f"nominal.gap-{what}-{attribute}", why=why)
            continue
        condition, metric = Nominal(), _metric(what, attribute, held, others=others)
        ward = Ward(attribute=attribute, names=(*held, "others") if others else held)
        yield Probe(
            risk=scope.risk(risk),
            condition=condition,
            metric=metric,
            limit=limit(scope, AREA, condition, metric),
            control=Control(
                bad=controls.unfair(0.02 if what == "missed" else 0.98, kept=ward),
                good=controls.perfect(kept=ward),
                limit=0.1 if what == "residual" else 0.5,
            ),
            paired=_smaller(attribute, held[-1], what),
            column=scope.profile == "full" or (what == "missed" and attribute in [name for name, _groups in scope.groups[:2]]),
            guard=what == "missed" and attribute == scope.groups[0][0],
            advice=ADVICE,
        )


def _held(table: Table, attribute: str, names: Sequence[str], counted: NDArray[np.bool_], least: int) -> tuple[tuple[str, ...], bool]:
    """The groups with enough cases that count, and whether there are others. Labels are counted here, never answers."""
    who = np.asarray(table.groups[attribute])[counted]
    held = tuple(name for name in names if (who == name).sum() >= least)
    return held, bool((~np.isin(who, held)).any())


def _metric(what: str, attribute: str, held: tuple[str, ...], *, others: bool) -> Metric:
    if what == "residual":
        return ResidualGap(attribute=attribute, groups=held, others=others)
    return GroupGap(of=what, attribute=attribute, groups=held, others=others)


def _smaller(attribute: str, group: str, what: str) -> Metric | None:
    """What arms are compared by: the same loss in the smallest group that is held, since a gap has no value a trial."""
    if what == "residual":
        return None
    inner: Metric = Missed() if what == "missed" else Alarms()
    return Within(inner=inner, label=f"{attribute}-{group}", column=f"group:{attribute}", value=group)


def _each(scope: Scope, table: Table, attribute: str, names: Sequence[str]) -> Iterator[Probe | Unasked]:
    """Each group by itself, however small: who can't be decided about is shown as such, and of fewer than ten nothing is shown."""
    inner: tuple[tuple[str, Metric, int], ...] = (("fairness.missed_gap", Missed(), 1), ("fairness.alarm_gap", Alarms(), 0))
    who = np.asarray(table.groups[attribute])
    for risk, what, label in inner if scope.profile == "full" else inner[:1]:
        for name in names:
            condition, metric = Nominal(), Within(inner=what, label=f"{attribute}-{name}", column=f"group:{attribute}", value=name)
            if ((who == name) & (table.y == label)).sum() < FEWEST:
                why = f"fewer than {FEWEST} of the group «{name}» count, so no number is shown"
                yield Unasked(risk=scope.risk(risk), what=f"{condition.id}.{metric.id}", why=why)
                continue
            ward = Ward(attribute=attribute, names=(name, "others"))
            bad = controls.unfair(0.02 if what.name == "missed" else 0.98, kept=ward)
            yield Probe(
                risk=scope.risk(risk),
                condition=condition,
                metric=metric,
                limit=limit(scope, AREA, condition, metric),
                control=Control(bad=bad, good=controls.perfect(kept=ward), limit=0.25),
                advice=ADVICE,
            )
