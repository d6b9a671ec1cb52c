"""AgentDojo's defences are AgentDojo's: what is added is read off its own pipeline, and what needs a model says so."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from desk import Desk

from keepstone.areas.chat import known
from keepstone.core.channel import through
from keepstone.core.errors import InputError, MissingExtra
from keepstone.core.trial import Trials
from keepstone.intake import agentdojo as intake
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.mitigations.agentdojo_defence import AgentdojoDefence
from keepstone.parts.targets.agentdojo import AgentDojo

TRIALS = Trials(7, "test", 0, 6)
installed = pytest.mark.skipif(find_spec("agentdojo") is None, reason="AgentDojo is not installed")


@pytest.mark.parametrize(("name", "why"), [("tool_filter", "asks a vendor's model"), ("transformers_pi_detector", "needs torch")])
def test_what_needs_a_model_says_so(name: str, why: str) -> None:
    assert why in AgentdojoDefence(name).unfit(AgentDojo(worlds=Desk()))


def test_it_stands_before_an_agent_and_must_be_known() -> None:
    assert AgentdojoDefence().unfit(known.flawless()) == "the target does not act by tools"
    with pytest.raises(InputError, match="must be one of spotlighting_with_delimiting, repeat_user_prompt"):
        AgentdojoDefence("prayer")


def test_without_agentdojo_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "find_spec", lambda _name: None)
    intake.defence.cache_clear()
    with pytest.raises(MissingExtra, match=r"keepstone\[agentdojo\]"):
        AgentdojoDefence().wrap(AgentDojo(worlds=Desk()), KeptShelf()).run(TRIALS, through)


@installed
def test_marks_stand_around_what_tools_gave_and_the_deployer_says_what_they_mean() -> None:
    outcome = AgentdojoDefence().wrap(AgentDojo(worlds=Desk()), KeptShelf()).run(TRIALS, through)
    assert all(text.startswith("<<Sum: ") for text in outcome.columns["seen"])
    assert all("<<" in text for text in outcome.columns["prompt"])


@installed
def test_the_task_is_said_again_behind_what_tools_gave() -> None:
    outcome = AgentdojoDefence("repeat_user_prompt").wrap(AgentDojo(worlds=Desk()), KeptShelf()).run(TRIALS, through)
    for seen, asked in zip(outcome.columns["seen"], outcome.columns["asked"], strict=True):
        assert seen.count(str(asked)) == 2, "once for each tool that was called"
