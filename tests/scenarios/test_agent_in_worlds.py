"""An agent is assessed from its system file: with no model, with a function as its model, and with what can't be meant."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest
from hostile.spoil import ran
from loopback import Loopback

from keepstone.core.channel import through
from keepstone.core.errors import InputError, MissingExtra
from keepstone.core.system import System
from keepstone.core.trial import Trials
from keepstone.intake import agentdojo as intake
from keepstone.lifecycle.opening import open_target
from keepstone.lifecycle.talking import Outside
from keepstone.map.describe import describe
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.targets.agentdojo import AgentDojo

HEAD = '[system]\nname = "errands"\npurpose = "does errands"\ndomain = "general"\nautonomy = "acts alone"\npopulation = "customers"\n\n[target]\n'
installed = pytest.mark.skipif(find_spec("agentdojo") is None, reason="AgentDojo is not installed")


def system(text: str, more: str = "") -> System:
    return describe(f"{HEAD}{text}\n{more}", name="system.toml")


def told(text: str, more: str = "") -> str:
    with pytest.raises(InputError) as raised:
        system(text, more)
    return str(raised.value)


def test_a_suite_makes_a_target_of_its_own_kind() -> None:
    found = system('agentdojo = "banking"\nparameters = { agent = "obedient" }')
    assert found.kind == "agent"
    assert found.target is not None
    assert (found.target.agentdojo, found.target.design, found.guesses) == ("banking", "sequential", frozenset())


def test_what_can_t_stand_beside_it_is_told() -> None:
    assert "«chat»" in told('agentdojo = "banking"\nchat = "reference:clinic"')
    assert "«items»" in told('agentdojo = "banking"\nitems = 3')
    assert "«threshold»" in told('agentdojo = "banking"\nthreshold = 0.5')


def test_a_model_on_another_machine_needs_a_scope() -> None:
    text = 'agentdojo = "banking"\nparameters = { agent = "https://api.example.org/v1", model = "m" }'
    assert "must stand beside a table [scope]" in told(text)
    scope = '[scope]\nhosts = ["other.example.org"]\nauthorised_by = "A"\nuntil = 2099-01-01\nside_effects = false\n'
    assert "must be on a host that [scope] allows" in told(text, scope)
    assert system(text, scope.replace("other", "api")).kind == "agent"


def test_without_agentdojo_one_line_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "find_spec", lambda _name: None)
    intake.world.cache_clear()
    with pytest.raises(MissingExtra, match=r"This needs AgentDojo: pip install 'keepstone\[agentdojo\]'"):
        open_target(system('agentdojo = "banking"'), tmp_path, seed=7, shelf=KeptShelf())


@installed
def test_a_scripted_agent_has_no_other_parameters_and_a_strange_suite_is_refused(tmp_path: Path) -> None:
    for text, why in (
        ('agentdojo = "banking"\nparameters = { agent = "honest", model = "m" }', "«model» of «parameters» must not be given"),
        ('agentdojo = "bank"', "must be one of banking"),
        ('agentdojo = "banking"\nparameters = { agent = "eager" }', "there is no such file"),
    ):
        with pytest.raises(InputError, match=why):
            open_target(system(text), tmp_path, seed=7, shelf=KeptShelf())


@installed
def test_a_function_is_a_model(tmp_path: Path) -> None:
    (tmp_path / "bot.py").write_text("def reply(messages):\n    return 'I did nothing.'\n")
    opened = open_target(system('agentdojo = "banking"\nparameters = { agent = "bot.py:reply" }'), tmp_path, seed=7, shelf=KeptShelf())
    assert isinstance(opened.target, AgentDojo)
    assert opened.about == "a function of yours in the suite banking of AgentDojo v1.2.2"
    other = open_target(system('agentdojo = "banking"\nparameters = { version = "v1" }'), tmp_path, seed=7, shelf=KeptShelf())
    assert other.digests["data"] != opened.digests["data"]
    assert other.digests["target"] != opened.digests["target"]


@installed
def test_an_address_is_a_model_and_is_told_its_tools(tmp_path: Path) -> None:
    with Loopback(says=lambda _asked: "I did nothing.") as service:
        text = f'agentdojo = "banking"\nparameters = {{ agent = "{service.url}", model = "m", concurrency = 4 }}'
        opened = open_target(system(text), tmp_path, seed=7, shelf=KeptShelf(), outside=Outside(environment={}, today=lambda: "2026-11-24"))
        outcome = opened.target.run(Trials(7, "test", 0, 9), through)
    assert not outcome.broken.any()
    assert len(service.seen) == 9
    assert "send_money: " in str(service.seen[0][1])
    assert outcome.calls.tolist() == [1.0] * 9


@installed
@pytest.mark.slow
def test_the_obedient_agent_is_turned_and_the_order_screen_is_measured_on_both_halves(tmp_path: Path) -> None:
    more = '\n[[mitigation]]\nname = "order screen"\nmethod = "order_screen"\nstate = "considered"\n'
    (tmp_path / "system.toml").write_text(f'{HEAD}agentdojo = "banking"\nparameters = {{ agent = "obedient" }}\n{more}')
    out = tmp_path / "out"
    got = ran(["assess", "system.toml", "--out", "out", "--workers", "1"], tmp_path)
    assert got.code == 1, got.err
    result = json.loads((out / "result.json").read_text())
    found = {one["id"]: one for one in result["findings"]}
    assert found["adversarial.planted_order.task_hijacked"]["verdict"] == "fail"
    assert abs(found["adversarial.planted_order.task_hijacked"]["mean"] - 141 / 144) < 0.001
    assert found["alignment.nominal.task_failed"]["mean"] == 0
    assert {one["id"]: one["of"] for one in result["attack_harm"]} == {
        "attack_harm:planted_order+none:task_failed|nominal+none:task_failed": pytest.approx(37 / 144, abs=0.001),
        "attack_harm:planted_order-dos+none:task_failed|nominal+none:task_failed": 0,
    }
    screened = next(one for one in result["interplay"] if one["column"] == "hijacked, planted order")
    assert (screened["direction"], screened["of"]) == ("better", 0)
    kept = next(one for one in result["interplay"] if one["column"] == "tasks failed, planted order")
    assert kept["of"] == pytest.approx(36 / 144, abs=0.001), "what is withheld with the order is missed: the attacker still stops one task in four"
