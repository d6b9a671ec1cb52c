"""The six areas of security ask what can be asked, say what can't, and every probe proves itself on targets that are known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.areas import controls
from keepstone.areas.security import access, adversarial, integrity, protection, resilience, supply_chain
from keepstone.areas.ward import WARD, WARDS
from keepstone.catalog.load import load
from keepstone.core.origin import Adversary, Area, Side
from keepstone.core.part import Tabular
from keepstone.core.probe import Exposure, Probe, Scope, Unasked
from keepstone.core.risk import Risk
from keepstone.core.system import Affected, Autonomy, Considered, DataSpec, Grouping, Harm, HarmKind, Property, Stage, System, TargetSpec
from keepstone.core.table import Rule
from keepstone.intake.model import Guarded
from keepstone.lifecycle.controls import check
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.mitigations.none import Nothing

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import NDArray

    from keepstone.core.channel import Floats
    from keepstone.core.part import Scorer, Target
    from keepstone.parts.targets.classifier import Classifier

AREAS = (adversarial, integrity, protection, access, resilience, supply_chain)
HARM = Harm(name="harm", title="somebody is hurt", to=Affected.PEOPLE, kind=HarmKind.PHYSICAL, severity=3)
SYSTEM = System(name="ward", purpose="to test", domain="health", autonomy=Autonomy.ADVISES, stage=Stage.DEVELOPMENT, population="", affected=(), owner="")
SHELF = KeptShelf()


def risk(name: str) -> Risk:
    text = load().risks[name]
    return Risk(id=name, title=text.title, area=Area(name.partition(".")[0]), source=Adversary(goal="x"), harm=HARM, asset="model", loses=Property.INTEGRITY)


def scope(target: Classifier | None = None, profile: str = "quick", system: System = SYSTEM) -> Scope:
    return Scope(
        system=system,
        target=target or controls.linear(),
        risk=risk,
        limit=lambda area, condition, metric: found.limit if (found := load().limit("health", f"{area}.{condition}.{metric}")) else 0.5,
        profile=profile,
        slices=(Rule(((0, "age", ">", 60.0),)),),
        groups=(("sex", ("female", "male")), ("ward", ("north", "south", "east"))),
        honest=honest(target or controls.linear()),
    )


def honest(target: Target) -> Floats | None:
    return target.held_out(SHELF) if isinstance(target, Tabular) and target.size("search") else None


def asked(area: ModuleType, where: Scope) -> list[Probe | Unasked | Exposure]:
    return list(area.probes(where))


@pytest.mark.parametrize("area", AREAS)
def test_an_area_answers_for_itself(area: ModuleType) -> None:
    assert area.AREA.side is Side.SECURITY
    for one in asked(area, scope()):
        if isinstance(one, Exposure):
            assert isinstance(one.condition.origin, Adversary)
        else:
            assert one.risk.area is area.AREA
            assert one.id.startswith(area.AREA.value)


@pytest.mark.parametrize("profile", ["quick", "full"])
def test_no_finding_is_asked_twice(profile: str) -> None:
    ids = [one.id for area in AREAS for one in asked(area, scope(profile=profile)) if not isinstance(one, Exposure)]
    assert len(ids) == len(set(ids))


def test_the_full_profile_asks_more() -> None:
    count = {profile: sum(isinstance(one, Probe) for area in AREAS for one in asked(area, scope(profile=profile))) for profile in ("quick", "full")}
    assert count["quick"] >= 13
    assert count["full"] >= count["quick"] + 8


def test_every_probe_has_controls_a_limit_and_advice() -> None:
    for area in (adversarial, integrity, protection):
        for one in asked(area, scope()):
            if isinstance(one, Probe):
                assert one.control is not None
                assert 0 < one.limit < 1
                assert one.limit != 0.5, one.id
                assert one.advice.endswith(".")


@pytest.mark.parametrize("area", [adversarial, integrity, protection])
def test_every_probe_fails_its_bad_target_and_passes_its_good_one(area: ModuleType) -> None:
    found = check((one for one in asked(area, scope()) if isinstance(one, Probe)), Nothing(), 7, SHELF)
    assert found
    assert not {name: why for name, why in found.items() if why}


@pytest.mark.slow
@pytest.mark.parametrize("area", [adversarial, integrity, protection])
def test_every_probe_of_the_full_profile_does_so_too(area: ModuleType) -> None:
    found = check((one for one in asked(area, scope(profile="full")) if isinstance(one, Probe)), Nothing(), 7, SHELF)
    assert not {name: why for name, why in found.items() if why}


def test_a_probe_that_tells_nothing_is_caught_by_its_controls() -> None:
    probe = next(one for one in asked(adversarial, scope()) if isinstance(one, Probe))
    assert probe.control is not None
    turned = replace(probe, control=replace(probe.control, bad=controls.immutable_only()))
    assert check([turned], Nothing(), 7, SHELF)[probe.id].startswith("known-bad target: must come out over")


def test_what_needs_a_service_is_left_unasked_with_what_would_change_that() -> None:
    for area in (access, resilience, supply_chain):
        told = asked(area, scope())
        assert len(told) == 2
        for one in told:
            assert isinstance(one, Unasked)
            assert len(one.why) > 40


def test_a_model_file_that_was_read_safely_is_no_measurement() -> None:
    named = replace(SYSTEM, target=TargetSpec(model="model.skops"))
    one = asked(supply_chain, scope(system=named))[0]
    assert isinstance(one, Unasked)
    assert "without running anything" in one.why


def exposures(where: Scope) -> list[Exposure]:
    return [one for one in asked(adversarial, where) if isinstance(one, Exposure)]


def test_every_flaw_is_held_against_attacks_that_are_asked_anyway() -> None:
    rules = (Rule(((0, "age", ">", 60.0),)), Rule(((1, "sex", "is", 1.0),)))
    where = replace(scope(), slices=rules, overconfident=Rule(((2, "ward", "is", 0.0),)))
    flaws = exposures(where)
    assert {one.flaw for one in flaws} == {"weak_slice", "overconfidence", "missing_validation", "disadvantaged_group", "low_margin"}
    probes = {one.condition.id for one in asked(adversarial, where) if isinstance(one, Probe)}
    assert {one.condition.id for one in flaws} <= probes
    assert all(one.metric.parts == (("present", "absent") if one.repaired is None else ("all",)) for one in flaws)
    assert len({one.condition.name for one in flaws if one.flaw == "overconfidence"}) == 3
    assert sum(one.flaw == "weak_slice" for one in flaws) == 3 + len(rules)
    assert "where sex is male" in [one for one in flaws if one.flaw == "weak_slice"][-1].title


def test_a_door_that_every_attack_finds_open_tells_nothing() -> None:
    assert {one.flaw for one in exposures(scope()) if not one.telling} == {"low_margin"}


def test_validation_that_is_in_place_is_not_missing() -> None:
    there = Considered(name="check", parts=(("plausibility", {}),), in_place=True)
    assert "missing_validation" not in {one.flaw for one in exposures(scope(system=replace(SYSTEM, mitigations=(there,))))}


def test_the_disadvantaged_group_is_the_one_whose_outcomes_are_flagged_least() -> None:
    groups = [one for one in exposures(scope(controls.unfair())) if one.flaw == "disadvantaged_group"]
    assert len(groups) == 3
    assert all("north" in one.title for one in groups)


@dataclass(frozen=True)
class ByHeart:
    """Trains by learning every row by heart; of others it flags all but those of one ward."""

    unseen: int
    recipe: str = "by heart"

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Scorer:
        """Learn the rows."""
        del seed, weight
        known = {row.tobytes(): float(label) for row, label in zip(x, y, strict=True)}
        return lambda rows: np.array([known.get(row.tobytes(), float(row[WARD] != self.unseen)) for row in np.ascontiguousarray(rows)])


def test_the_disadvantaged_group_is_told_by_answers_to_rows_that_were_not_trained_on() -> None:
    train = controls.linear().table("train")
    ward = int(np.argmax(np.bincount(train.x[train.y == 1, WARD].astype(np.int64))))  # the one that would come last if all were served alike
    learner = ByHeart(ward)
    target = replace(controls.linear(), scorer=Guarded(learner.fit(train.x, train.y, seed=0)), learner=learner, threshold=0.5)
    assert (target.scorer(train.x).scores == train.y).all()
    flaws = {one.flaw: one for one in asked(adversarial, scope(target)) if isinstance(one, Exposure)}
    assert WARDS[ward] in flaws["disadvantaged_group"].title


def test_groups_of_one_attribute_stand_together_until_there_is_something_to_turn() -> None:
    where = scope(controls.unfair())
    assert where.honest is not None
    table = controls.unfair().table("search")
    flags = {name: ((np.asarray(table.groups["ward"]) == name) & (table.y == 1) & (where.honest >= 0.5)).sum() for name in ("north", "south", "east")}
    assert flags["north"] == 0
    worst = next(one for one in exposures(where) if one.flaw == "disadvantaged_group")
    assert worst.title.endswith((" is north or south", " is north or east"))


def test_the_group_is_held_against_itself_with_a_threshold_of_its_own() -> None:
    data = DataSpec(test="none.csv", groups=(Grouping(attribute="ward", column="ward"),))
    where = replace(scope(controls.unfair(), system=replace(SYSTEM, data=data)), groups=(("ward", ("north", "south", "east")),))
    repaired = [one for one in exposures(where) if one.flaw == "disadvantaged_group" and one.repaired is not None]
    assert [one.repaired.id for one in repaired if one.repaired] == ["thresholds_by_group-ward"]
