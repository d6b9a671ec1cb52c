"""What mitigations ask is opened within the scope, as the target is; what is not said of another model is as it is for the target."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from loopback import Loopback

from keepstone.core.chat import Conversation
from keepstone.core.constitution import Predicate, Principle
from keepstone.core.errors import InputError
from keepstone.core.part import Mitigation
from keepstone.core.system import Autonomy, Permission, Stage, System, TargetSpec
from keepstone.lifecycle.around import handed
from keepstone.lifecycle.talking import Outside
from keepstone.parts.assistants.clinic import Clinic
from keepstone.parts.assistants.openai import Openai
from keepstone.parts.mitigations.composed import Composed
from keepstone.parts.mitigations.moderation import Moderation
from keepstone.parts.mitigations.secret_filter import SecretFilter
from keepstone.parts.mitigations.self_critique import SelfCritique
from keepstone.parts.mitigations.tuned_model import TunedModel

SCOPE = Permission(hosts=("api.example.org",), authorised_by="A. Name", until="2026-12-31")
BOT = System(
    name="bot",
    purpose="answers",
    domain="",
    autonomy=Autonomy.ADVISES,
    stage=Stage.RELEASE,
    population="",
    affected=(),
    target=TargetSpec(chat="https://api.example.org/v1", parameters={"model": "before", "temperature": 0.0, "key": "BOT_KEY"}, seconds=5.0),
    scope=SCOPE,
)
DAY = Outside({"BOT_KEY": "sk-never-shown", "OTHER": "sk-other"}, lambda: "2026-12-01")


def given(made: Mitigation, system: System = BOT, outside: Outside = DAY) -> Mitigation:
    return handed(made, system, Path(), outside)


def test_another_model_at_the_same_address_has_the_same_settings() -> None:
    made = cast("TunedModel", given(TunedModel(settings=('model = "after"',))))
    one = cast("Openai", made.assistant)
    assert (one.model, one.temperature, one.address, one.seconds, one.until) == ("after", 0.0, "https://api.example.org/v1", 5.0, "2026-12-31")
    assert "sk-never-shown" not in repr(made)
    assert given(made) == made


def test_a_scripted_one_takes_its_switches_from_the_settings() -> None:
    scripted = replace(BOT, target=TargetSpec(chat="reference:clinic", parameters={"wrong": 0.5, "gaps": 0.25}))
    made = cast("TunedModel", given(TunedModel(settings=("gaps = 0.0", 'refuses = ["kill"]')), scripted))
    assert made.assistant == Clinic(wrong=0.5, gaps=0.0, refuses=("kill",))
    made = cast("TunedModel", given(TunedModel(chat="reference:clinic"), BOT))
    assert made.assistant == Clinic()


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (TunedModel(chat="https://elsewhere.example/v1"), "lies outside the [scope]"),
        (TunedModel(chat="http://api.example.org/v1"), "must begin with https://"),
        (TunedModel(settings=("model after",)), "must be lines of TOML"),
        (TunedModel(settings=("[model]", "a = 1")), "must be lines of TOML"),
        (TunedModel(settings=('key = "NONE"',)), "«NONE», which is not set"),
        (TunedModel(chat="reference:nobody"), "is not known"),
        (Moderation(address="https://elsewhere.example/v1"), "lies outside the [scope]"),
        (Moderation(address="http://api.example.org/v1", key="OTHER"), "must begin with https://"),
        (Moderation(address="api.example.org"), "must be that of a service"),
        (Moderation(address="https://api.example.org/v1", key="NONE"), "«NONE», which is not set"),
        (Composed((SecretFilter(), TunedModel(chat="https://elsewhere.example/v1"))), "lies outside the [scope]"),
    ],
)
def test_nothing_is_opened_that_is_not_allowed(made: Mitigation, told: str) -> None:
    with pytest.raises(InputError) as raised:
        given(made)
    assert told in str(raised.value)
    assert "sk-" not in str(raised.value)


def test_a_moderation_service_is_asked_with_its_own_key_until_the_last_day() -> None:
    made = cast("Moderation", given(Moderation(address="https://api.example.org/v1/", key="OTHER")))
    assert made.moderator is not None
    assert (made.moderator.until, made.moderator.key and made.moderator.key.value) == ("2026-12-31", "sk-other")
    assert "sk-other" not in made.moderator.recipe
    late = replace(made.moderator, today=lambda: "2027-01-01")
    with pytest.raises(InputError, match=r"\[scope\] ended on 2026-12-31"):
        late.opinions(["text"])
    unread = cast("Moderation", given(Moderation(address="https://api.example.org/v1", key="OTHER"), outside=Outside(None, None)))
    assert unread.moderator is not None
    with pytest.raises(InputError, match="«OTHER», which was not read"):
        replace(unread.moderator, until="").opinions(["text"])


def test_a_service_on_this_machine_is_asked() -> None:
    with Loopback(str, lambda asked: 'body:{{"results":[{{"flagged":{}}}]}}'.format(str("bad" in asked["input"]).lower())) as server:
        made = cast("Moderation", given(Moderation(address=server.url, model="mod")))
        assert made.moderator is not None
        said = made.moderator.opinions(["bad", "", "good"])
        assert [(one.flagged, one.error, one.asked) for one in said] == [(True, "", 1), (False, "", 0), (False, "", 1)]
        assert server.seen[0][0]["path"] == "/v1/moderations"
        around = made.around(Clinic(wrong=1.0))
        assert around.reply([Conversation("", ("Parking costs 2 euros.",), (("user", "What does parking cost?"),))])[0].text == "It is 250."


def test_the_rules_of_the_constitution_are_those_of_the_critique() -> None:
    rule = Principle(name="brief", says="Be brief.", predicates=(Predicate(longest=9),), kept="Yes.", broken="Certainly not.")
    told = replace(BOT, constitution=(rule,))
    assert given(SelfCritique(), told) == SelfCritique(constitution=("Be brief.",))
    assert given(SelfCritique(("Own.",)), told) == SelfCritique(("Own.",))
    assert given(Composed((SecretFilter(), SelfCritique())), told) == Composed((SecretFilter(), SelfCritique(constitution=("Be brief.",))))
    assert given(SecretFilter()) == SecretFilter()
