"""The catalogue fits together, every id in it exists, and a poisoned one is refused."""

from __future__ import annotations

import importlib.resources
from typing import TYPE_CHECKING

import pytest

from keepstone.catalog import load, texts
from keepstone.catalog.load import read
from keepstone.core.errors import InputError
from keepstone.core.origin import Area

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def files() -> dict[str, bytes]:
    folder: Traversable = importlib.resources.files("keepstone.catalog")
    names = [
        "hazards",
        "threats",
        "harms",
        "precedents",
        "frameworks",
        "glossary",
        "orders",
        "packages",
        "chat/clinic",
        "domains/general",
        "domains/health",
        "triage/cues",
        "triage/decision",
    ]
    return {f"{name}.toml": folder.joinpath(f"{name}.toml").read_bytes() for name in names}


def refused(name: str, old: str, new: str) -> list[str]:
    """Edit one file and give what is said of it."""
    changed = files()
    before = changed[name]
    changed[name] = before.replace(old.encode(), new.encode(), 1)
    assert changed[name] != before, "the edit must change something"
    with pytest.raises(InputError) as caught:
        read(changed)
    return caught.value.problems


def test_it_is_read_once_and_the_same_from_bytes() -> None:
    assert load.load() is load.load()
    assert read(files()) == load.load()


def test_every_area_has_risks_of_its_own_side() -> None:
    for area in Area:
        own = [risk for risk in load.load().risks.values() if risk.id.startswith(f"{area.value}.")]
        assert own, area
        assert all(isinstance(risk, texts.ThreatText) is (area.side.value == "security") for risk in own)


def test_ids_that_the_brief_of_the_classifier_names_are_there() -> None:
    wanted = {
        "alignment": "proxy_target",
        "robustness": "ordinary_use sensor_noise unit_mixup missing_values missing_in_group shift rare_cases out_of_range retraining misuse "
        "weak_slice misjoined_records",
        "transparency": "explanation_stability",
        "fairness": "missed_gap alarm_gap residual_gap",
        "control": "overconfidence reliance",
        "adversarial": "evasion_scores evasion_labels withheld_values chosen_unit",
        "integrity": "label_flip tampered_parameters tampered_join",
        "protection": "membership extraction rows_in_model",
        "supply_chain": "model_file",
    }
    assert {f"{area}.{name}" for area, names in wanted.items() for name in names.split()} <= set(load.load().risks)


def test_doors_lead_to_the_other_half_in_both_directions() -> None:
    risks = load.load().risks
    ways = {(isinstance(risks[start], texts.ThreatText), isinstance(risks[end], texts.ThreatText)) for start in risks for end in risks[start].enables}
    assert ways == {(False, True), (True, False)}
    assert "adversarial.withheld_values" in risks["robustness.missing_values"].enables
    assert "integrity.tampered_join" in risks["robustness.misjoined_records"].enables


def test_references_are_shown_with_their_edition() -> None:
    catalog = load.load()
    shown = {catalog.reference(name) for risk in catalog.risks.values() for name in risk.references}
    assert {"NIST AI 100-2 E2025 NISTAML.022", "OWASP ML01:2023", "NIST AI RMF 1.0 MEASURE 2.11", "EU 2024/1689 Article 14"} <= shown
    assert all(risk.references for risk in catalog.risks.values())
    with pytest.raises(InputError, match=r"The «reference» 'AML.T9999' must stand in a framework"):
        catalog.reference("AML.T9999")


def test_risks_that_nothing_measures_say_what_would_change_that() -> None:
    unmeasured = {risk.id for risk in load.load().risks.values() if risk.unmeasured}
    of_tables = {name for name, risk in load.load().risks.items() if risk.of in ("", "table")}
    assert {risk for risk in of_tables if risk.startswith(("access.", "resilience.", "longterm."))} <= unmeasured
    assert "robustness.unit_mixup" not in unmeasured


def test_known_cases_come_near_ones_first() -> None:
    cases = load.load().proposed("health")
    assert [case.id for case in cases][:2] == ["AIID 123", "AIID 81"]
    assert all(not case.domains for case in load.load().proposed("driving"))
    assert {case.id.split()[0].split(".")[0].split("-")[0] for case in cases} == {"AIID", "AML", "AVID"}


def test_the_limit_that_says_most_holds() -> None:
    catalog = load.load()
    found = catalog.limit("health", "adversarial.withheld_values-3.attack_success-missed")
    assert found is not None
    assert found.finding == "adversarial.withheld_values*.attack_success*"
    assert catalog.limit("driving", "robustness.nominal.missed") is None
    assert catalog.limit("health", "transparency.x.unknown") is None


def test_words_are_short_and_lead_somewhere() -> None:
    for word in load.load().words.values():
        assert word.says.endswith("."), word
        assert word.says.count(". ") <= 2, word
        assert word.name not in word.see, word
    assert {"system", "hazard", "threat", "e-value", "pass", "not measured", "one-sided gain", "floor"} <= set(load.load().words)


def test_any_edit_changes_the_digest() -> None:
    changed = files()
    changed["harms.toml"] += b"\n# a remark\n"
    assert read(changed).digest != load.load().digest
    moved = files() | {"domains/health2.toml": files()["domains/health.toml"]}
    assert read(moved).digest != load.load().digest


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("hazards.toml", "cause =", "command =", "The file «hazards.toml» of the catalogue must be as keepstone.catalog.texts has it"),
        ("threats.toml", "queries = 50", 'queries = "fifty"', "Expected `int`, got `str`"),
        ("hazards.toml", "[[risk]]", "[[risk]", "The file «hazards.toml» of the catalogue must be"),
        ("hazards.toml", "alignment.proxy_target", "adversarial.proxy_target", "The id of risk «adversarial.proxy_target» must begin with an area of safety."),
        ("hazards.toml", "alignment.proxy_target", "robustness.shift", "The name «robustness.shift» of hazards.toml and threats.toml must not stand twice."),
        ("hazards.toml", 'harm = "missed_outcome"', 'harm = "boredom"', "The harm «boredom» of risk «alignment.proxy_target» must stand in harms.toml."),
        ("threats.toml", '"AML.T0015"', '"AML.T9999"', "The reference «AML.T9999» of risk «adversarial.evasion_scores» must stand in frameworks.toml."),
        ("hazards.toml", '["integrity.label_flip"]', '["robustness.shift"]', "The risk «robustness.shift» that «alignment.proxy_target» enables must be"),
        ("hazards.toml", '["integrity.label_flip"]', '["integrity.nothing"]', "The risk «integrity.nothing» that «alignment.proxy_target» enables must be"),
        ("harms.toml", 'to = "people"', 'to = "dogs"', "The harm «missed_outcome» of harms.toml must have known words: 'dogs'"),
        ("threats.toml", 'asset = "function"', 'asset = "reputation"', "The asset and what is lost of risk «adversarial.evasion_scores» must be known words"),
        ("precedents.toml", 'id = "AIID 123"\ntitle', 'id = "AIID 99999"\ntitle', "The id of case «AIID 99999» must stand in frameworks.toml."),
        ("precedents.toml", "robustness.shift", "robustness.slip", "The risk «robustness.slip» of case «AIID 123» must be a risk of the catalogue."),
        ("glossary.toml", 'see = ["target", "asset"]', 'see = ["tarot"]', "The word «tarot» that «system» sends to must stand in glossary.toml."),
    ],
)
def test_a_poisoned_catalogue_is_refused(name: str, old: str, new: str, said: str) -> None:
    assert any(said in problem for problem in refused(name, old, new)), refused(name, old, new)


def test_a_catalogue_without_a_file_is_refused() -> None:
    part = files()
    del part["glossary.toml"]
    with pytest.raises(InputError, match=r"must have the file glossary\.toml"):
        read(part)
