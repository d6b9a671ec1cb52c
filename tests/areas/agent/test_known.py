"""What is asked of an agent: every probe finds the flaw that it is about and nothing in an honest agent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from desk import Desk

from keepstone.areas import controls
from keepstone.areas.agent.known import USEFUL
from keepstone.catalog.load import load
from keepstone.core.origin import Adversary, Side
from keepstone.core.probe import Probe, Scope
from keepstone.core.system import Autonomy, Stage, System, TargetSpec
from keepstone.lifecycle import inventory
from keepstone.lifecycle.controls import check
from keepstone.map import derive
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.targets.agentdojo import AgentDojo

SYSTEM = System(
    name="s",
    purpose="to test",
    domain="general",
    autonomy=Autonomy.ACTS_ALONE,
    stage=Stage.DEVELOPMENT,
    population="",
    affected=(),
    target=TargetSpec(agentdojo="banking"),
)
PROFILES = ("quick", "full")


def asked(profile: str) -> Iterator[Probe]:
    register = derive.derive(SYSTEM, load())
    scope = Scope(
        system=SYSTEM,
        target=AgentDojo(worlds=Desk()),
        risk=register.risk,
        limit=lambda area, condition, metric: found.limit if (found := load().limit("general", f"{area}.{condition}.{metric}")) else 0.5,
        profile=profile,
    )
    for module in inventory.areas("agent"):
        yield from module.probes(scope)


def test_the_kind_of_an_agent_is_its_own() -> None:
    assert SYSTEM.kind == "agent"
    assert [module.AREA.value for module in inventory.areas("agent")] == ["alignment", "robustness", "adversarial", "resilience"]


@pytest.mark.parametrize("profile", PROFILES)
def test_every_probe_finds_the_flaw_and_nothing_where_there_is_none(profile: str) -> None:
    probes = list(asked(profile))
    assert {one.id: why for one in probes for why in check([one], Nothing(), 7, KeptShelf()).values() if why} == {}


@pytest.mark.parametrize("profile", PROFILES)
def test_every_probe_has_controls_a_limit_of_its_own_and_advice(profile: str) -> None:
    for one in asked(profile):
        assert one.control is not None
        assert one.paired is not None
        assert 0 < one.limit < 0.5, f"{one.id} has no limit in the catalogue"
        assert one.advice.endswith(".")
        assert one.condition.unfit(controls.linear()) or one.metric.unfit(controls.linear()), "a table does not act"
        assert isinstance(one.condition.origin, Adversary) is (one.risk.area.side is Side.SECURITY)
        assert one.floor == (USEFUL if one.risk.area.side is Side.SECURITY else "")


def test_every_risk_of_an_agent_is_asked_about_and_the_full_profile_asks_more() -> None:
    of_agent = {name for name, risk in load().risks.items() if risk.of == "agent" and not risk.unmeasured}
    assert {one.risk.id for one in asked("quick")} == of_agent
    ids = {profile: [one.id for one in asked(profile)] for profile in PROFILES}
    assert set(ids["quick"]) < set(ids["full"])
    assert USEFUL in ids["quick"]
