"""The risk register: all twelve areas, what the people named first, and what nobody named listed."""

from __future__ import annotations

import pathlib

import pytest

from keepstone.catalog.load import load
from keepstone.core.errors import InputError
from keepstone.core.origin import Adversary, Area, Hazard, Side
from keepstone.core.system import Property, System
from keepstone.map.derive import Register, adopted, derive, harm_for
from keepstone.map.describe import describe

HEALTH = pathlib.Path(__file__).parents[2] / "examples" / "healthcare"
HEAD = '[system]\nname = "a"\npurpose = "b"\nautonomy = "advises"\npopulation = "c"\ndomain = "health"\n'


def system(more: str = "") -> System:
    return describe(HEAD + more, name="s.toml")


def register(more: str = "") -> Register:
    return derive(system(more), load())


def adversary(found: Register, name: str) -> Adversary:
    source = found.risk(name).source
    assert isinstance(source, Adversary)
    return source


def criterion(finding: str, limit: float) -> str:
    return f'[[criterion]]\nfinding = "{finding}"\nlimit = {limit}\nreason = "r"\nset_by = "s"\nsource = "t"\ndate = 2026-11-24\n'


def test_every_area_has_risks_whose_origin_is_of_its_half() -> None:
    found = register()
    for area in Area:
        assert found.of(area)
        assert all(isinstance(risk.source, Hazard if area.side is Side.SAFETY else Adversary) for risk in found.of(area))
    assert [risk.area for risk in found.risks.values()].index(Area.ADVERSARIAL) > 0


def test_what_nobody_named_is_listed_not_hidden() -> None:
    found = register()
    assert set(found.unharmed) == set(found.risks)
    assert found.attackers == {}
    assert all(case.state == "proposed" for case in found.cases)
    assert "resilience.overload" in found.unmeasured


def test_an_unknown_risk_is_refused() -> None:
    with pytest.raises(InputError, match=r"The «risk» must be one of the register; got 'robustness\.rain'"):
        register().risk("robustness.rain")
    with pytest.raises(InputError, match=r"must be one of the catalogue; got 'robustness\.rain'"):
        harm_for(system(), "robustness.rain", load())


HARM = '[[harm]]\nname = "{name}"\ntitle = "{name} here"\nto = "people"\nkind = "physical"\nseverity = {severity}\n'


def test_a_harm_of_the_same_name_takes_the_place_of_the_catalogue_s() -> None:
    found = register(HARM.format(name="missed_outcome", severity=5))
    assert found.risk("robustness.ordinary_use").harm.title == "missed_outcome here"
    assert found.risk("protection.membership").harm.title == "it becomes known that somebody is in the training data"
    assert "robustness.ordinary_use" not in found.unharmed


def test_a_harm_that_names_its_risks_comes_first_and_the_nearest_pattern_wins() -> None:
    text = HARM.format(name="missed_outcome", severity=5) + HARM.format(name="wide", severity=5) + 'risks = ["robustness.*"]\n'
    text += HARM.format(name="near", severity=1) + 'risks = ["robustness.unit_*"]\n' + HARM.format(name="worse", severity=3) + 'risks = ["robustness.unit_*"]\n'
    text += HARM.format(name="idle", severity=1) + 'risks = ["robustness.rain"]\n'
    found = register(text)
    names = {name: found.risk(f"robustness.{name}").harm.name for name in ("unit_mixup", "shift")}
    assert names == {"unit_mixup": "worse", "shift": "wide"}
    assert found.risk("adversarial.chosen_unit").harm.name == "missed_outcome"
    assert found.unused["harm"] == ("near", "idle")


def test_a_hazard_of_the_people_becomes_the_cause() -> None:
    text = '[[hazard]]\nname = "labs"\ncause = "two labs"\nrisks = ["robustness.unit_mixup"]\n'
    text += '[[hazard]]\nname = "rain"\ncause = "it rains"\nrisks = ["adversarial.*"]\n'
    found = register(text)
    assert found.risk("robustness.unit_mixup").source == Hazard(cause="two labs")
    assert found.unused["hazard"] == ("rain",)


ATTACKER = '[[adversary]]\nname = "{name}"\nkind = "hacker"\n'


def test_an_attacker_who_names_risks_stands_behind_those_and_no_others() -> None:
    text = ATTACKER.format(name="eve") + 'risks = ["integrity.label_flip"]\ngoal = "harm"\nqueries = 9\n'
    text += 'access = ["inputs", "scores"]\nknowledge = ["defence"]\n'
    found = register(text)
    assert found.attackers == {"integrity.label_flip": ("eve",)}
    behind = adversary(found, "integrity.label_flip")
    assert (behind.goal, behind.queries, behind.access) == ("harm", 9, frozenset({"training data"}))
    assert "defence" in behind.knowledge
    assert adversary(found, "adversarial.evasion_scores").queries == 50


def test_access_decides_for_an_attacker_who_names_no_risk() -> None:
    text = ATTACKER.format(name="eve") + 'access = ["inputs", "labels"]\nqueries = 200\n' + ATTACKER.format(name="max") + 'access = ["inputs", "scores"]\n'
    found = register(text)
    assert found.attackers["adversarial.evasion_labels"] == ("eve", "max")
    assert found.attackers["adversarial.evasion_scores"] == ("max",)
    assert adversary(found, "adversarial.evasion_labels").queries == 200
    assert adversary(found, "adversarial.evasion_scores").queries == 50
    assert adversary(found, "adversarial.evasion_labels").goal == "this case is judged as I want"
    assert "integrity.label_flip" not in found.attackers


def test_a_budget_for_one_case_is_none_for_the_whole_model() -> None:
    text = ATTACKER.format(name="eve") + 'access = ["inputs", "scores"]\nqueries = 7\n'
    found = register(text)
    assert "eve" in found.attackers["protection.extraction"]
    assert adversary(found, "protection.extraction").queries == 1000
    assert adversary(found, "protection.membership").queries == 1
    assert adversary(found, "adversarial.withheld_values").queries == 7
    assert adversary(register(text + 'risks = ["protection.extraction"]\n'), "protection.extraction").queries == 7


def test_who_can_do_nothing_and_what_nobody_uses_is_told() -> None:
    text = ATTACKER.format(name="idle") + 'access = []\n[[vulnerability]]\nname = "open"\nasset = "x"\nrisks = ["access.*"]\n'
    text += '[[vulnerability]]\nname = "vague"\nasset = "x"\n'
    found = register(text)
    assert found.unused == {"harm": (), "adversary": ("idle",), "hazard": (), "vulnerability": ("vague",)}
    assert found.vulnerabilities == {"access.unauthorised_use": ("open",), "access.excess_rights": ("open",)}


def test_known_cases_are_proposed_accepted_or_refused_and_an_accepted_one_becomes_a_reference() -> None:
    text = '[[precedent]]\ncase = "AIID 123"\naccepted = true\nreason = "alike"\n[[precedent]]\ncase = "AIID 81"\naccepted = false\nreason = "no images"\n'
    text += '[[precedent]]\ncase = "our own ward, 2025"\naccepted = true\nreason = "it was here"\n'
    found = register(text)
    states = {case.id: case.state for case in found.cases}
    assert (states["AIID 123"], states["AIID 81"], states["AIID 582"], states["our own ward, 2025"]) == ("accepted", "refused", "proposed", "accepted")
    assert "AIID 123" in found.risk("robustness.shift").references
    assert "AIID 81" not in found.risk("fairness.missed_gap").references
    assert found.cases[-1].title == ""


def test_exclusions_are_kept_with_their_reason_and_the_risks_stay_on_the_list() -> None:
    found = register('[[exclude]]\narea = "longterm"\nby = "the board"\nreason = "one period"\n')
    assert found.exclusions[Area.LONGTERM].by == "the board"
    assert found.of(Area.LONGTERM)


def test_the_criterion_that_says_most_holds() -> None:
    known = system(criterion("*.missed", 0.3) + criterion("robustness.*.missed", 0.2) + criterion("*.alrams", 0.1))
    by = adopted(known, "robustness.nominal.missed")
    assert by is not None
    assert (by.limit, by.cell, by.set_by) == (0.2, "robustness.*.missed", "s")
    other = adopted(known, "integrity.label_flip.missed")
    assert other is not None
    assert other.limit == 0.3
    assert adopted(known, "robustness.nominal.alarms") is None


def test_the_example_names_a_harm_and_somebody_behind_nearly_everything() -> None:
    example = describe(HEALTH.joinpath("system.toml").read_bytes(), name="system.toml", read=lambda name: HEALTH.joinpath(name).read_bytes())
    found = derive(example, load())
    assert found.unused == {"harm": (), "adversary": (), "hazard": (), "vulnerability": ()}
    assert {risk.split(".")[0] for risk in found.attackers} >= {"adversarial", "integrity", "protection", "supply_chain"}
    assert found.risk("robustness.misjoined_records").loses is Property.INTEGRITY
    assert {case.state for case in found.cases} == {"proposed", "accepted", "refused"}
