"""Questions that a system file puts itself, `[[probe]]`: from parts by their names to probes, each held to what is asked already.

    [[probe]]
    risk = "robustness.sensor_noise"
    condition = "digit_preference"
    parameters = { share = 0.5 }
    metric = "missed"
    limit = 0.25
    control = { bad = "blind", good = "perfect", limit = 0.25 }

An area's own questions come with controls; here a person names two of the known targets below. Without them the question is put as well, but nobody
has shown that it can tell good from bad, so its verdict is provisional.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from keepstone.areas import controls
from keepstone.areas.asking import judged
from keepstone.core.errors import InputError
from keepstone.core.probe import Control, Probe
from keepstone.lifecycle import inventory

if TYPE_CHECKING:
    from keepstone.core.part import AnyCondition, Metric, Target
    from keepstone.core.probe import Scope
    from keepstone.core.system import ControlSpec, ProbeSpec

KNOWN: Mapping[str, Callable[[], Target]] = {
    "perfect": controls.perfect,
    "mistaken": controls.mistaken,
    "blind": controls.constant,
    "alarming": lambda: controls.constant(1.0),
    "linear": controls.linear,
    "unfair": controls.unfair,
    "memorising": controls.memorising,
    "by_rote": controls.by_rote,
    "scrambled": controls.scrambled,
    "misjoined": controls.misjoined,
}
"""Known targets by the name that a system file calls them, each on 600 cases of an invented ward.

    perfect      right about everybody, from facts that nobody can change
    mistaken     wrong about everybody, and sure of it
    blind        flags nobody
    alarming     flags everybody
    linear       a logistic regression on what can be changed: right for most, near the threshold for many
    unfair       right, but for one of three wards, all of whose outcomes it misses
    memorising   the nearest training case decides
    by_rote      sure of its training rows and of no other
    scrambled    decides by digits that mean nothing
    misjoined    good answers from bad records: two of four deliveries stand on other people's rows
"""
UNPROVED = "probe.control"
"""What the verdict of a question without controls rests on."""


def declared(scope: Scope, asked: Iterable[str]) -> Iterator[Probe]:
    """Give the questions that the system file puts itself.

    Args:
        scope: What they are put to.
        asked: Ids of the questions that are put already.

    Raises:
        InputError: If a name or a parameter is not known, a condition is of the other half than the risk, or a question is put already.
    """
    there = set(asked)
    for number, spec in enumerate(scope.system.probes, start=1):
        try:
            probe = _probe(scope, spec)
        except InputError as error:
            raise InputError([f"probe {number}: {problem}" for problem in error.problems], hint=error.hint) from error
        if probe.id in there:
            raise InputError(f"probe {number}: The question must be a new one; «{probe.id}» is put already.", hint="Its limit is set by a [[criterion]].")
        there.add(probe.id)
        yield probe


def _probe(scope: Scope, spec: ProbeSpec) -> Probe:
    condition: AnyCondition = inventory.build("condition", *spec.condition)
    metric: Metric = inventory.build("metric", *spec.metric)
    same = spec.paired == spec.metric[0]
    return Probe(
        risk=scope.risk(spec.risk),
        condition=condition,
        metric=metric,
        limit=spec.limit,
        control=None if spec.control is None else _control(spec.control),
        paired=metric if same else inventory.build("metric", spec.paired, {}) if spec.paired else None,
        guard=spec.guard,
        floor=spec.floor,
        advice=spec.advice,
        provisional=(*(() if spec.control is not None else (UNPROVED,)), *judged(metric, scope.target)),
    )


def _control(spec: ControlSpec) -> Control:
    for field in ("bad", "good"):
        name = getattr(spec, field)
        if name not in KNOWN:
            raise InputError(f"The «{field}» of «control» must be one of {', '.join(KNOWN)}; got {name!r}.")
    return Control(bad=KNOWN[spec.bad](), good=KNOWN[spec.good](), limit=spec.limit)
