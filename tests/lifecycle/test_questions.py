"""What is asked in a run: floors are asked too, and what a criterion means but nothing asks is never silent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keepstone.areas import controls
from keepstone.catalog.load import load
from keepstone.core.errors import InputError
from keepstone.core.origin import Area
from keepstone.core.probe import Scope
from keepstone.core.system import Adopted, Autonomy, DataSpec, Exclusion, Stage, System
from keepstone.lifecycle.questions import questions
from keepstone.map import derive
from keepstone.map.plan import Asked

FLOOR = "robustness.nominal.alarms"


def asked(*criteria: Adopted, only: frozenset[str] = frozenset(), excluded: tuple[Exclusion, ...] = ()) -> Asked:
    system = System(
        name="a test",
        purpose="advise",
        domain="health",
        autonomy=Autonomy.ADVISES,
        stage=Stage.RELEASE,
        population="nobody",
        affected=("patients",),
        data=DataSpec(test="none.csv"),
        criteria=criteria,
        exclusions=excluded,
    )
    register = derive.derive(system, load())
    scope = Scope(system=system, target=controls.linear(), risk=register.risk, limit=lambda *names: 0.25 if names else 0.0)
    return questions(scope, register, only)


def adopted(cell: str, **more: object) -> Adopted:
    return replace(Adopted(cell=cell, limit=0.2, reason="a test", set_by="a test", source="judgement", date="2026-01-01"), **more)  # type: ignore[arg-type]


def ids(found: Asked) -> set[str]:
    return {one.id for one in found.probes}


def test_a_run_of_some_areas_asks_their_floors_too_and_leaves_the_floors_area_open() -> None:
    found = asked(only=frozenset({"integrity"}))
    assert FLOOR in ids(found)
    assert {one.risk.area for one in found.probes} == {Area.INTEGRITY, Area.ROBUSTNESS}
    assert [one.id for one in found.unasked if one.risk.area is Area.ROBUSTNESS] == ["robustness.other questions"]
    assert ids(found) < ids(asked())


def test_a_floor_that_is_nobodys_id_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"got 'robustness\.nominal\.alarm'") as told:
        asked(adopted("robustness.nominal.missed", floor="robustness.nominal.alarm"))
    assert FLOOR in told.value.hint


def test_a_floor_of_an_excluded_area_is_not_an_error_of_the_file() -> None:
    found = asked(excluded=(Exclusion(area=Area.ROBUSTNESS, by="a test", reason="a test"),))
    floored = [one for one in found.probes if one.floor == FLOOR]
    assert floored
    assert FLOOR not in ids(found)


def test_a_mistyped_criterion_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"robustness\.nominal\.mised.* near it: robustness\.nominal\.missed") as told:
        asked(adopted("robustness.nominal.mised"), adopted("robustness.nominal.*"), adopted("*.mised"))
    assert len(told.value.problems) == 2
    asked(adopted("robustness.nominal.mised"), only=frozenset({"fairness"}))
    asked(adopted("fairness.nothing"), excluded=(Exclusion(area=Area.FAIRNESS, by="a test", reason="a test"),))


def test_a_criterion_that_only_the_full_profile_answers_is_listed_as_not_measured() -> None:
    open_ = {one.id: one.why for one in asked(adopted("robustness.sensor_noise-2.missed")).unasked}
    assert "--profile full" in open_["robustness.sensor_noise-2.missed"]
