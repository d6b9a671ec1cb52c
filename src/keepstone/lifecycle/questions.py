"""What is asked in a run: the questions of its areas and of the system file, the floors that they rest on, and criteria that no question answers.

A criterion that is mistyped, or a floor that is left out, must never go unseen: what can't be asked is listed as not measured, and keeps its half open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from keepstone.catalog.pattern import matches
from keepstone.core.errors import InputError
from keepstone.core.origin import Area
from keepstone.core.probe import Exposure, Probe, Unasked
from keepstone.lifecycle import inventory
from keepstone.lifecycle.declared import declared
from keepstone.map import derive
from keepstone.map.plan import Asked

if TYPE_CHECKING:
    from keepstone.core.probe import Scope
    from keepstone.core.system import System
    from keepstone.map.derive import Register

Question = Probe | Exposure | Unasked


Judging = Callable[[Sequence[Probe]], Iterable[Probe | Unasked]]
"""From what the areas ask to what the judges of the system file do."""


def _none(_asked: Sequence[Probe]) -> tuple[Unasked, ...]:
    return ()


def questions(scope: Scope, register: Register, only: frozenset[str], judging: Judging = _none) -> Asked:
    """Ask the areas and the system file.

    Args:
        scope: What an area is asked to declare probes for.
        register: The risks of the system.
        only: Areas to ask, or none for all; a floor of usefulness in another area is asked too.
        judging: What the judges of the system file ask.

    Raises:
        InputError: A floor or a criterion is the id of nothing.
    """
    by_area = list(_every(scope, register, judging))
    every = [one for _area, one in by_area]
    chosen = [one for area, one in by_area if not only or area in only]
    chosen += _floors(scope.system, chosen, every)
    probes = tuple(one for one in chosen if isinstance(one, Probe))
    exposures = tuple(one for one in chosen if isinstance(one, Exposure))
    unasked = [one for one in chosen if isinstance(one, Unasked)]
    _known_floors(scope.system, probes, every)
    unasked += _unanswered(scope, lambda full: _every(full, register, judging), [*probes, *unasked], only)
    return Asked(probes=probes, unasked=tuple(unasked), exposures=exposures)


def _every(scope: Scope, register: Register, judging: Judging) -> Iterator[tuple[str, Question]]:
    """All questions of all areas that nobody excluded, by area; of an area that asks nothing, why its risks are not measured."""
    excluded = {one.area.value for one in scope.system.exclusions}
    modules = {module.AREA: module for module in inventory.areas(scope.system.kind)}
    ids: set[str] = set()
    probes: list[Probe] = []
    for area in (area for area in Area if area.value not in excluded):
        asked = modules[area].probes(scope) if area in modules else _unmeasured(register, area)
        for one in asked:
            ids |= {one.id} if isinstance(one, Probe | Unasked) else set()
            probes += [one] if isinstance(one, Probe) else []
            yield area.value, one
    own = ((one.risk.area.value, one) for one in declared(scope, ids))
    yield from ((area, one) for area, one in own if area not in excluded)
    yield from ((one.risk.area.value, one) for one in judging(probes) if one.risk.area.value not in excluded)


def _unmeasured(register: Register, area: Area) -> Iterator[Unasked]:
    """The risks of an area that nothing measures, each with why."""
    for risk in register.of(area):
        yield Unasked(risk=risk, what=risk.id.partition(".")[2], why=register.unmeasured.get(risk.id, "no probe of this version measures it"))


def _floor(system: System, probe: Probe) -> str:
    """The floor that holds for a probe: as adopted, else as declared."""
    adopted = derive.adopted(system, probe.id)
    return (adopted.floor if adopted is not None else "") or probe.floor


def _floors(system: System, chosen: Sequence[Question], every: Sequence[Question]) -> list[Question]:
    """The questions of areas left out that a floor names, each area then marked as not asked in full."""
    asked = {one.id for one in chosen if isinstance(one, Probe)}
    wanted = {_floor(system, one) for one in chosen if isinstance(one, Probe)} - asked
    floors = [one for one in every if isinstance(one, Probe) and one.id in wanted]
    risks = {one.risk.area: one.risk for one in floors}
    why = "Of this area only what another rests on was asked in this run."
    return [*floors, *(Unasked(risk=risk, what="other questions", why=why) for risk in risks.values())]


def _known_floors(system: System, probes: Sequence[Probe], every: Iterable[Question]) -> None:
    """Refuse a floor that is nobody's id; one of an excluded area can't be met, and fails closed."""
    known = {one.id for one in every if isinstance(one, Probe | Unasked)}
    excluded = {one.area.value for one in system.exclusions}
    for probe in probes:
        floor = _floor(system, probe)
        if floor and floor not in known and floor.partition(".")[0] not in excluded:
            hint = get_close_matches(floor, known, 1)
            msg = f"The «floor» of «{probe.id}» must be the id of a finding; got {floor!r}."
            raise InputError(msg, hint=f"Is it {hint[0]!r}?" if hint else "")


def _unanswered(
    scope: Scope, every: Callable[[Scope], Iterator[tuple[str, Question]]], asked: Sequence[Probe | Unasked], only: frozenset[str]
) -> Iterator[Unasked]:
    """What each criterion that only a fuller profile answers leaves unmeasured.

    Raises:
        InputError: A criterion speaks of no finding of any profile: it is mistyped, and would be taken for one that holds.
    """
    ids = [one.id for one in asked]
    excluded = {one.area.value for one in scope.system.exclusions}
    silent = []
    for criterion in scope.system.criteria:
        area = criterion.cell.partition(".")[0]
        if not (any(matches(criterion.cell, name) for name in ids) or area in excluded or (only and area not in only and "*" not in area)):
            silent.append(criterion)
    fuller = [one for _area, one in every(replace(scope, profile="full")) if isinstance(one, Probe | Unasked)] if silent else []
    problems = []
    for criterion in silent:
        found = next((one for one in fuller if matches(criterion.cell, one.id)), None)
        if found is None:
            near = _near(criterion.cell, {*ids, *(one.id for one in fuller)})
            problems.append(f"The criterion «{criterion.cell}» speaks of no finding{'; near it: ' if near else ''}{', '.join(near)}.")
        else:
            yield Unasked(risk=found.risk, what=found.id.partition(".")[2], why="a criterion asks for it, and only `--profile full` measures it")
    if problems:
        raise InputError(problems)


def _near(cell: str, ids: Iterable[str]) -> list[str]:
    """What may have been meant: ids, or for a pattern the same with another end.

    >>> _near("*.alrams", {"robustness.noise.alarms", "robustness.noise.missed"})
    ['*.alarms', '*.missed']
    """
    head, star, end = cell.rpartition("*")
    parts = end.count(".")
    forms = {f"{head}{star}.{'.'.join(one.split('.')[-parts:])}" if star and parts else one for one in ids}
    return get_close_matches(cell, sorted(forms), n=3, cutoff=0.4)
