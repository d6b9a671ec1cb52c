"""The six areas of safety declare what can be asked, say why where it can't, and every probe fails its known-bad and passes its known-good target."""

from __future__ import annotations

import importlib
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

from keepstone.areas import controls
from keepstone.areas.ward import Always, Ward
from keepstone.catalog.load import load
from keepstone.core.origin import SAFETY_AREAS, Area, Hazard
from keepstone.core.probe import Probe, Scope, Unasked
from keepstone.core.risk import Risk
from keepstone.core.system import Affected, Autonomy, DataSpec, Grouping, Harm, HarmKind, Property, Stage, System
from keepstone.core.table import Rule
from keepstone.intake.model import Guarded
from keepstone.intake.threads import one_thread
from keepstone.lifecycle import controls as checking
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.targets.classifier import Classifier

if TYPE_CHECKING:
    from keepstone.core.part import Target

SLICES = (Rule(((0, "age", ">", 60.0), (1, "sex", "is", 1.0))), Rule(((4, "lab_a", "missing", 0.0),)), Rule(((2, "ward", "is", 0.0),)))


def risk(name: str) -> Risk:
    harm = Harm(name="harm", title="harm", to=Affected.PEOPLE, kind=HarmKind.PHYSICAL, severity=3)
    return Risk(id=name, title=name, area=Area(name.partition(".")[0]), source=Hazard(cause="a test"), harm=harm, asset="function", loses=Property.INTEGRITY)


def scope(target: Target, **more: object) -> Scope:
    groups = (Grouping(attribute="sex", column="sex", minimum=50), Grouping(attribute="ward", column="ward", minimum=50))
    system = System(
        name="a test",
        purpose="advise",
        domain="health",
        autonomy=Autonomy.ADVISES,
        stage=Stage.RELEASE,
        population="nobody",
        affected=("patients",),
        data=DataSpec(test="none.csv", groups=groups),
    )
    known = {"groups": (("sex", ("male", "female")), ("ward", ("south", "east", "north"))), "slices": SLICES} | more
    return Scope(system=system, target=target, risk=risk, limit=lambda *names: 0.25 if names else 0.0, **known)  # type: ignore[arg-type]


@cache
def asked(*, full: bool = False) -> tuple[Probe | Unasked, ...]:
    """What all six areas ask of a target that can be asked everything."""
    found: list[Probe | Unasked] = []
    for area in SAFETY_AREAS:
        module = importlib.import_module(f"keepstone.areas.safety.{area.value}")
        assert module.AREA is area
        found += list(module.probes(replace(scope(controls.linear()), profile="full" if full else "quick")))
    return tuple(found)


def bare() -> Classifier:
    """A target of which nothing is known but cases and scores."""
    table = Ward().table("test", "age")
    features = tuple(
        replace(feature, error_abs=0.0, missing=False, units=(), immutable=False, lower=float("-inf"), upper=float("inf")) for feature in table.features
    )
    return Classifier("bare", "bare", Guarded(Always(0.2)), 0.5, replace(table, features=features, meant=None, groups={}, batch=table.batch * 0, digest="bare"))


@pytest.mark.parametrize("area", SAFETY_AREAS)
def test_every_area_says_something(area: Area) -> None:
    mine = [one for one in asked() if one.risk.area is area]
    assert mine
    assert all(one.id.startswith(f"{area.value}.") for one in mine)


def test_ids_are_unique_and_every_risk_is_in_the_catalogue() -> None:
    for full in (False, True):
        ids = [one.id for one in asked(full=full)]
        assert len(set(ids)) == len(ids)
    known = {name for name, risk in load().risks.items() if risk.of in ("", "table")}
    known = {one for one in known if one.partition(".")[0] in {area.value for area in SAFETY_AREAS}}
    assert {one.risk.id for one in asked()} == known


def test_every_probe_fails_its_known_bad_and_passes_its_known_good() -> None:
    probes = [one for one in asked(full=True) if isinstance(one, Probe)]
    assert all(probe.control is not None for probe in probes)
    with one_thread():
        found = checking.check(probes, Nothing(), 7, KeptShelf())
    assert {probe: why for probe, why in found.items() if why} == {}


def test_a_control_that_is_turned_round_is_noticed() -> None:
    probes = [one for one in asked() if isinstance(one, Probe) and one.control is not None]
    turned = [replace(one, control=replace(one.control, bad=one.control.good, good=one.control.bad)) for one in probes if one.control is not None]
    with one_thread():
        assert all(checking.check(turned, Nothing(), 7, KeptShelf()).values())


def test_conditions_are_hazards_and_what_is_compared_has_one_value_a_trial() -> None:
    for probe in asked(full=True):
        if isinstance(probe, Probe):
            assert isinstance(probe.condition.origin, Hazard)
            assert probe.paired is None or len(probe.paired.parts) == 1
            assert probe.advice


def test_guards_are_few_and_the_floor_is_asked_too() -> None:
    guards = {(one.condition.id, one.paired.id) for one in asked() if isinstance(one, Probe) and one.guard and one.paired is not None}
    assert 3 <= len(guards) <= 8
    floors = {one.floor for one in asked() if isinstance(one, Probe) and one.floor}
    assert floors <= {one.id for one in asked()}
    assert floors


def test_the_full_profile_asks_all_that_the_quick_one_does_and_more() -> None:
    quick, full = ({one.id for one in asked(full=full)} for full in (False, True))
    missing = {one for one in quick - full if "shift-batch" not in one}
    assert missing == set()
    assert len(full) > len(quick) + 5


def test_of_a_bare_target_what_can_t_be_asked_says_what_would_help() -> None:
    target = bare()
    told: dict[str, str] = {}
    for area in SAFETY_AREAS:
        for one in importlib.import_module(f"keepstone.areas.safety.{area.value}").probes(replace(scope(target), groups=(), slices=())):
            why = one.why if isinstance(one, Unasked) else one.condition.unfit(target) or one.metric.unfit(target)
            if why:
                told[one.risk.id] = why
    wanted = {
        "alignment.proxy_target": "give `meant`",
        "robustness.sensor_noise": "give `error_abs`",
        "robustness.unit_mixup": "give `units`",
        "robustness.missing_values": "give `missing`",
        "robustness.missing_in_group": "give `groups`",
        "robustness.out_of_range": "give `lower`",
        "robustness.misuse": "give `lower`",
        "robustness.shift": "give `batch`",
        "robustness.rare_cases": "give `train`",
        "robustness.weak_slice": "give `train`",
        "robustness.retraining": "give `train` and `fit`",
        "transparency.explanation_stability": "give `train`",
        "fairness.missed_gap": "give `groups`",
        "fairness.alarm_gap": "give `groups`",
        "fairness.residual_gap": "give `groups`",
    }
    assert {risk: told.get(risk, "")[: len(start)] for risk, start in wanted.items()} == wanted
    assert "robustness.ordinary_use" not in told


def test_small_groups_stand_by_themselves_and_belong_to_the_rest_of_others() -> None:
    target = controls.linear(kept=Ward(names=("a", "b")))
    table = target.test
    few = ["rare" if at < 40 else name for at, name in enumerate(table.groups["ward"])]
    small = replace(target, test=replace(table, groups={**table.groups, "ward": few}, digest="few"), _orders={})
    module = importlib.import_module("keepstone.areas.safety.fairness")
    found = [one for one in module.probes(replace(scope(small), groups=(("ward", ("a", "b", "rare")),))) if isinstance(one, Probe)]
    gaps = {one.metric.id: one.metric.parts for one in found if one.metric.name in ("gap", "residual_gap")}
    assert all(parts == ("a", "b", "all others") for parts in gaps.values())
    assert len(gaps) == 3
    assert "missed-within-ward-rare" in {one.metric.id for one in found}


@pytest.mark.parametrize("profile", ["quick", "full"])
def test_of_a_group_of_three_no_number_is_asked(profile: str) -> None:
    target = controls.linear(kept=Ward(names=("a", "b")))
    table = target.test
    few = ["rare" if at < 3 else name for at, name in enumerate(table.groups["ward"])]
    small = replace(target, test=replace(table, groups={**table.groups, "ward": few}, digest="three"), _orders={})
    module = importlib.import_module("keepstone.areas.safety.fairness")
    found = list(module.probes(replace(scope(small), groups=(("ward", ("a", "b", "rare")),), profile=profile)))
    hidden = [one for one in found if one.id.endswith("-ward-rare")]
    assert len(hidden) == (2 if profile == "full" else 1)
    assert all(isinstance(one, Unasked) and "fewer than 10" in one.why for one in hidden)
    assert any(isinstance(one, Probe) and one.id.endswith("-ward-a") for one in found)
