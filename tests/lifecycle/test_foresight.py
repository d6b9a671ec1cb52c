"""What could be measured of a system that has no model yet."""

from __future__ import annotations

import pytest

from keepstone.catalog.load import load
from keepstone.core.system import System, TargetSpec
from keepstone.lifecycle.foresight import BASIC, LACKS, Foresight, foresee
from keepstone.map.describe import describe

SYSTEM = '[system]\nname = "s"\npurpose = "p"\nautonomy = "advises"\npopulation = "x"\ndomain = "health"\n'


@pytest.fixture(scope="module")
def system() -> System:
    return describe(SYSTEM + '[[exclude]]\narea = "access"\nby = "us"\nreason = "none"\n', name="s.toml")


@pytest.fixture(scope="module")
def found(system: System) -> Foresight:
    return foresee(system)


def test_every_risk_of_the_register_is_told(found: Foresight) -> None:
    assert [risk.id for risk in found.risks] == [name for name, risk in load().risks.items() if risk.of in ("", "table")], (
        "what is talked to is another kind of target"
    )
    assert found.lacking == ("target", "data")
    assert found.cases


def test_a_risk_is_measured_with_something_or_says_why_not(found: Foresight) -> None:
    for risk in found.risks:
        assert bool(risk.questions) == bool(risk.needs), risk.id
        assert bool(risk.questions) != bool(risk.unmeasured), risk.id


@pytest.mark.parametrize(
    ("risk", "need"),
    [
        ("fairness.missed_gap", "`group`"),
        ("alignment.proxy_target", "`meant`"),
        ("robustness.retraining", "`fit`"),
        ("robustness.sensor_noise", "errors"),
        ("integrity.tampered_parameters", "the model itself"),
        ("adversarial.evasion_scores", "a model or function"),
        ("robustness.ordinary_use", BASIC),
    ],
)
def test_what_it_needs_is_what_the_parts_say(found: Foresight, risk: str, need: str) -> None:
    one = next(one for one in found.risks if one.id == risk)
    assert any(need in said for said in one.needs)


def test_every_argument_matters_to_something(found: Foresight) -> None:
    said = {need.partition(" (for ")[0] for risk in found.risks for need in risk.needs}
    assert said - {BASIC} <= set(LACKS)
    assert len(said & set(LACKS)) >= len(LACKS) - 1, "a column of batches may be one of several ways to shift"


def test_what_was_left_out_says_by_whom(found: Foresight) -> None:
    assert {risk.excluded for risk in found.risks if risk.area == "access"} == {"us: none"}
    assert {risk.excluded for risk in found.risks if risk.area != "access"} == {""}


def test_areas_are_chosen_and_a_target_without_data_is_told(system: System) -> None:
    from dataclasses import replace

    found = foresee(replace(system, target=TargetSpec(call="m.py:f")), only=frozenset({"control"}))
    assert {risk.area for risk in found.risks} == {"control"}
    assert found.lacking == ("data",)
