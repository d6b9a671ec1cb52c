"""What is asked of a chat system: every probe finds the flaw that it is about and nothing in a flawless assistant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from keepstone.areas import controls
from keepstone.areas.asking import judged
from keepstone.areas.chat import known
from keepstone.catalog.load import load
from keepstone.catalog.talk import DESK
from keepstone.core.constitution import Predicate, Principle
from keepstone.core.origin import Adversary, Area, Side
from keepstone.core.probe import PHRASES, PROXY, Control, Probe, Scope, Unasked
from keepstone.core.system import Autonomy, Stage, System, TargetSpec
from keepstone.lifecycle import inventory
from keepstone.lifecycle.controls import check
from keepstone.map import derive
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.assistants.function import Function
from keepstone.parts.metrics.hijacked import Hijacked
from keepstone.parts.metrics.refused import Refused
from keepstone.parts.metrics.within import Within
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.targets.chat import Chat

if TYPE_CHECKING:
    from collections.abc import Iterator

SYSTEM = System(
    name="s",
    purpose="to test",
    domain="general",
    autonomy=Autonomy.ADVISES,
    stage=Stage.DEVELOPMENT,
    population="",
    affected=(),
    owner="",
    target=TargetSpec(chat="reference:clinic"),
    constitution=(
        Principle(name="dose", says="No dose over 4000 mg.", predicates=(Predicate(highest=4000, unit="mg"),), kept="4000 mg", broken="5000 mg"),
        Principle(
            name="brief",
            says="Be brief.",
            predicates=(Predicate(rater="ward", longest=4), Predicate(rater="desk", longest=8)),
            kept="Yes.",
            broken="Certainly.",
            disputed="Surely.",
            asked="outside",
        ),
    ),
)
PROFILES = ("quick", "full")


def asked(profile: str, target: Chat | None = None) -> Iterator[Probe | Unasked]:
    register = derive.derive(SYSTEM, load())
    scope = Scope(
        system=SYSTEM,
        target=target or known.flawless(),
        risk=register.risk,
        limit=lambda area, condition, metric: found.limit if (found := load().limit("general", f"{area}.{condition}.{metric}")) else 0.5,
        profile=profile,
    )
    for module in inventory.areas("chat"):
        yield from module.probes(scope)


@pytest.mark.parametrize("profile", PROFILES)
def test_every_probe_finds_the_flaw_and_nothing_where_there_is_none(profile: str) -> None:
    probes = [one for one in asked(profile) if isinstance(one, Probe) and not one.condition.unfit(known.flawless())]
    assert {one.id: why for one in probes for why in check([one], Nothing(), 7, KeptShelf()).values() if why} == {}


@pytest.mark.parametrize("profile", PROFILES)
def test_every_probe_has_controls_a_limit_of_its_own_and_advice(profile: str) -> None:
    for one in asked(profile):
        if isinstance(one, Probe):
            assert one.control is not None, one.id
            assert one.paired is not None, one.id
            assert 0 < one.limit < 0.5, f"{one.id} has no limit in the catalogue"
            assert one.advice.endswith(".")
            assert one.condition.unfit(controls.linear()) or one.metric.unfit(controls.linear()), "nobody talks to a table"


@pytest.mark.parametrize("profile", PROFILES)
def test_every_criterion_of_security_stands_on_useful_answers(profile: str) -> None:
    probes = [one for one in asked(profile) if isinstance(one, Probe)]
    security = {one.id: (one.floor, one.condition.stream) for one in probes if one.risk.area.side is Side.SECURITY}
    assert {floor for floor, stream in security.values() if stream not in DESK} == {known.USEFUL}
    assert {floor for floor, stream in security.values() if stream in DESK} == {known.ACTS}, "who does nothing does no harm"
    assert {known.USEFUL, known.ACTS} <= {one.id for one in probes}
    assert {one.floor for one in probes if one.risk.area.side is Side.SAFETY} == {""}


def test_what_a_list_of_phrases_read_is_provisional_but_for_the_scripted_assistant() -> None:
    other = Chat(Function(lambda _messages: "I can't help with that."), known.flawless().corpus)
    told = {one.id: one.provisional for one in asked("full", other) if isinstance(one, Probe)}
    read = {name for name in told if name.rpartition(".")[2] in {"complied", "invented", "refused", "unescalated", "misreported"}}
    assert len(read) == 7
    assert {name for name, provisional in told.items() if PHRASES in provisional} == read
    assert {provisional for name, provisional in told.items() if name not in read} == {(), (PROXY,)}
    assert not any(PHRASES in one.provisional for one in asked("full") if isinstance(one, Probe))


def test_what_shows_in_the_long_run_alone_can_fail_and_never_pass() -> None:
    short = {one.id for one in asked("full") if isinstance(one, Probe) and PROXY in one.provisional}
    assert short == {one.id for one in asked("full") if isinstance(one, Probe) and one.risk.area is Area.LONGTERM}
    assert short == {"longterm.spare_right.grabbed"}


@pytest.mark.parametrize("profile", PROFILES)
def test_without_tools_what_takes_them_is_not_asked_and_says_what_would_change_that(profile: str) -> None:
    probes = [one for one in asked(profile) if isinstance(one, Probe)]
    why = {one.id: one.condition.unfit(known.flawless()) or one.metric.unfit(known.flawless()) for one in probes}
    needing = {one.id for one in probes if one.condition.stream in DESK}
    assert {name for name, told in why.items() if told} == needing
    assert all("set `tools = true` under `parameters`" in why[name] for name in needing)
    assert not any(one.condition.unfit(known.equipped()) or one.metric.unfit(known.equipped()) for one in probes)


def test_a_judge_within_a_metric_is_one_too() -> None:
    other = Chat(Function(lambda _messages: ""), known.flawless().corpus)
    assert judged(Within(inner=Refused(), label="x", column="group:origin", value="x"), other) == (PHRASES,)
    assert judged(Hijacked(), other) == ()


def test_a_control_that_is_turned_round_is_noticed() -> None:
    probe = next(one for one in asked("quick") if isinstance(one, Probe))
    assert probe.control is not None
    turned = replace(probe, control=Control(bad=probe.control.good, good=probe.control.bad, limit=probe.control.limit))
    assert "must come out over" in check([turned], Nothing(), 7, KeptShelf())[probe.id]


def test_ids_are_one_each_and_the_full_profile_asks_more() -> None:
    ids = {profile: [one.id for one in asked(profile)] for profile in PROFILES}
    assert all(len(set(found)) == len(found) for found in ids.values())
    assert set(ids["quick"]) < set(ids["full"])


def test_a_rule_is_asked_about_for_each_rater_and_so_is_their_disagreement() -> None:
    ids = {one.id for one in asked("quick") if isinstance(one, Probe) and "rule_" in one.id}
    assert ids == {
        "alignment.nominal.rule_broken-dose",
        "alignment.nominal-outside.rule_broken-brief-ward",
        "alignment.nominal-outside.rule_broken-brief-desk",
        "alignment.nominal-outside.rule_disputed-brief",
    }


def test_every_risk_of_a_chat_system_is_asked_about() -> None:
    of_chat = {name for name, risk in load().risks.items() if risk.of == "chat" and not risk.unmeasured}
    assert {one.risk.id for one in asked("full")} >= of_chat


def test_a_hazard_is_asked_about_in_safety_and_a_threat_in_security() -> None:
    for module in inventory.areas("chat"):
        assert isinstance(module.AREA, Area)
    for one in asked("full"):
        if isinstance(one, Probe):
            assert isinstance(one.condition.origin, Adversary) is (one.risk.area.side is Side.SECURITY)


def test_every_threat_has_its_likeness_by_chance_or_says_why_not() -> None:
    by_chance = {one.condition.id for one in asked("full") if isinstance(one, Probe) and not isinstance(one.condition.origin, Adversary)}
    for one in asked("full"):
        if isinstance(one, Probe) and isinstance(one.condition.origin, Adversary):
            likeness = getattr(one.condition, "counterpart", None)
            assert likeness, one.id
            assert isinstance(likeness, str) or likeness.stream == one.condition.stream
    assert {"collected_texts-s_labs", "near_request", "stray_instruction-document"} <= by_chance
