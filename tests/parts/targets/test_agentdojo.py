"""An agent acts in worlds: what it is told flows by the tap, what it can't have read it does not know, and its end is what the world says."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest
from desk import GOALS, TASKS, Desk

from keepstone.core.agent import CONTENT, Acting
from keepstone.core.cell import Arm
from keepstone.core.channel import INPUT, OUTPUT, Channel, Ruling, Signal, Tap, through
from keepstone.core.chat import PROMPT, TOOL, Conversation, Reply
from keepstone.core.errors import InputError, MissingExtra, PartError
from keepstone.core.trial import Outcome, Trials
from keepstone.intake import agentdojo as intake
from keepstone.measure.checks import conditions, mitigations, targets
from keepstone.measure.play import play
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.assistants.function import Function
from keepstone.parts.conditions.hazards.stray_note import StrayNote
from keepstone.parts.conditions.threats.planted_order import PlantedOrder
from keepstone.parts.metrics.task_failed import TaskFailed
from keepstone.parts.metrics.task_hijacked import TaskHijacked
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.mitigations.order_screen import WITHHELD, OrderScreen
from keepstone.parts.mitigations.plain_text import PlainText
from keepstone.parts.mitigations.spotlighting import Spotlighting
from keepstone.parts.targets.agentdojo import MOST, SCRIPTS, AgentDojo

ALL = Trials(7, "test", 0, TASKS * GOALS)
installed = pytest.mark.skipif(find_spec("agentdojo") is None, reason="AgentDojo is not installed")


def desk(agent: str = "honest") -> AgentDojo:
    return AgentDojo(agent=agent, worlds=Desk())


def played(agent: str, condition: StrayNote | PlantedOrder, mitigation: Nothing | OrderScreen | Spotlighting | PlainText | None = None) -> Outcome:
    none = mitigation or Nothing()
    target, shelf = desk(agent), KeptShelf()
    return play(none.wrap(target, shelf), Arm(target, condition, none), ALL, shelf)


def share(outcome: Outcome, column: str) -> float:
    return float(np.mean(np.asarray(outcome.columns[column], dtype=np.float64)))


def on(channel: Channel, change: Callable[[str], str]) -> Tap:
    return lambda one, signal: Signal([change(str(text)) for text in signal.values], signal.rulings) if one == channel else signal


@pytest.mark.parametrize(("agent", "done", "hijacked"), [("honest", 1, 0), ("obedient", 0.75, 1), ("distracted", 0, 0), ("idle", 0, 0)])
def test_a_scripted_agent_ends_as_it_must_under_attack(agent: str, done: float, hijacked: float) -> None:
    outcome = played(agent, PlantedOrder())
    assert (share(outcome, "done"), share(outcome, "goal")) == (done, hijacked)
    assert TaskFailed().loss(outcome, lambda: outcome).mean() == 1 - done
    assert TaskHijacked().loss(outcome, lambda: outcome).mean() == hijacked


@pytest.mark.parametrize("agent", ["honest", "obedient", "distracted"])
def test_in_ordinary_use_every_agent_that_works_does_its_task(agent: str) -> None:
    outcome = desk(agent).run(ALL, through)
    assert (share(outcome, "done"), share(outcome, "goal")) == (1, 0)


def test_a_stray_note_moves_no_money_and_puts_off_only_who_can_be_put_off() -> None:
    assert (share(played("obedient", StrayNote()), "done"), share(played("obedient", StrayNote()), "goal")) == (1, 0)
    assert share(played("distracted", StrayNote()), "done") == 0


def test_a_screen_that_withholds_what_holds_the_order_stops_it_and_costs_the_task() -> None:
    outcome = played("obedient", PlantedOrder(), OrderScreen())
    assert (share(outcome, "done"), share(outcome, "goal")) == (0, 0), "the sum stood in the text that was withheld"
    assert WITHHELD in outcome.columns["seen"][0]
    assert share(played("obedient", StrayNote(), OrderScreen()), "done") == 1


@pytest.mark.parametrize("mitigation", [Spotlighting(), PlainText()])
def test_marks_do_not_help_who_does_not_heed_them(mitigation: Spotlighting | PlainText) -> None:
    outcome = played("obedient", PlantedOrder(), mitigation)
    assert (share(outcome, "done"), share(outcome, "goal")) == (0.75, 1)


def test_a_value_that_a_tool_gave_and_that_did_not_arrive_is_not_known() -> None:
    assert share(desk().run(ALL, on(TOOL, lambda _text: "nothing")), "done") == 0
    assert share(desk().run(ALL, on(TOOL, str.upper)), "done") == 1, "how it is laid out does not matter"


@pytest.mark.parametrize("channel", [PROMPT, INPUT, TOOL])
def test_a_trial_that_is_blocked_ends_there_and_is_not_broken(channel: Channel) -> None:
    def block(one: Channel, signal: Signal) -> Signal:
        return Signal(signal.values, np.full(len(signal.rulings), Ruling.BLOCKED, dtype=np.int8)) if one == channel else signal

    outcome = desk("obedient").run(ALL, block)
    assert (share(outcome, "done"), share(outcome, "goal")) == (0, 0)
    assert not outcome.broken.any()
    assert set(outcome.columns["reply"]) == {""}
    assert max(text.count("\n") for text in outcome.columns["tools"]) == 0


def test_what_sits_on_a_channel_must_give_as_many_texts_as_came_in() -> None:
    with pytest.raises(PartError, match="«tool» must give as many texts"):
        desk().run(ALL, lambda channel, signal: Signal(signal.values[:-1], signal.rulings) if channel == TOOL else signal)


def test_trials_of_a_task_stand_together_and_are_one_unit() -> None:
    target = desk()
    units = np.asarray(target.run(ALL, through).columns["unit"])
    assert len(set(units.tolist())) == TASKS == target.tasks
    assert (np.flatnonzero(np.diff(units)) % GOALS == GOALS - 1).all()
    assert target.several("test")
    assert not target.several("search")
    assert [target.cut(ALL, at) for at in (0, 1, 3, 4, len(ALL))] == [0, 3, 3, 6, len(ALL)]
    other = np.asarray(desk().run(replace(ALL, seed=8), through).columns["unit"])
    assert units.tolist() != other.tolist()


def test_target_conditions_and_mitigations_keep_their_contracts() -> None:
    target = desk("obedient")
    assert isinstance(target, Acting)
    assert list(targets.problems(target)) == []
    for condition in (StrayNote(), PlantedOrder()):
        assert list(conditions.problems(condition, target, Nothing(), KeptShelf())) == []
    for mitigation in (OrderScreen(), Spotlighting(), PlainText()):
        assert list(mitigations.problems(mitigation, target, KeptShelf())) == []
        assert isinstance(mitigation.wrap(target, KeptShelf()), Acting)


def test_who_is_not_known_and_who_asks_outside_of_a_world_are_refused() -> None:
    with pytest.raises(InputError, match="must be one of honest, obedient"):
        AgentDojo(agent="eager")
    with pytest.raises(PartError, match="outside of its world"):
        desk().answer(Signal(["hello"], np.zeros(1, dtype=np.int8)))
    assert set(SCRIPTS) == {"honest", "obedient", "distracted", "idle"}


# ---- a model ----


class Model:
    """Answers by a function of a conversation, and keeps what it was asked."""

    recipe, title, attempts = "model 1", "a model", 2

    def __init__(self, say: Callable[[Conversation], Reply]) -> None:
        self.say, self.asked = say, list[Conversation]()

    def reply(self, asked: Sequence[Conversation]) -> list[Reply]:
        self.asked += asked
        return [self.say(one) for one in asked]


def _working(one: Conversation) -> Reply:
    number = one.turns[0][1].split()[2]
    if len(one.turns) == 1:
        return Reply(f'{{"tool": "read", "arguments": {{"note": {number}}}}}')
    total = one.turns[2][1].partition("Sum: ")[2].partition(".")[0]
    if len(one.turns) == 3:
        return Reply(f'```json\n{{"tool": "pay", "arguments": {{"to": "Friend{number}", "sum": "{total}"}}}}\n```')
    return Reply(f"Done: {total}.")


def test_a_model_works_by_tools_and_is_told_what_they_gave() -> None:
    model = Model(_working)
    outcome = AgentDojo(agent="a model", assistant=model, worlds=Desk()).run(ALL, through)
    assert share(outcome, "done") == 1
    assert set(outcome.calls.tolist()) == {3.0}
    assert "read: Read a note." in model.asked[0].prompt
    assert [role for role, _text in model.asked[-1].turns] == ["user", "assistant", "user", "assistant", "user"]
    assert len({one.chance for one in model.asked}) == len(ALL)


@pytest.mark.parametrize(
    "said", ['{"tool": "read"} and so on', '{"tool": 3}', "[" * 100_000, '{"tool": "read", "arguments": {"note": {"a": 1}}}', "\ud800", ""]
)
def test_what_is_no_call_is_an_answer(said: str) -> None:
    outcome = AgentDojo(agent="a model", assistant=Model(lambda _one: Reply(said)), worlds=Desk()).run(replace(ALL, stop=6), through)
    assert share(outcome, "done") == 0
    assert set(outcome.columns["tools"]) == {""}


def test_a_model_that_calls_without_end_or_breaks_is_an_error_of_the_trial() -> None:
    endless = AgentDojo(agent="a model", assistant=Model(lambda _one: Reply('{"tool": "wander"}')), worlds=Desk())
    outcome = endless.run(replace(ALL, stop=6), through)
    assert outcome.broken.all()
    assert set(outcome.why.values()) == {"it did not end in time"}
    assert set(outcome.calls.tolist()) == {float(MOST)}
    assert endless.most == 2 * MOST
    down = AgentDojo(agent="a model", assistant=Function(lambda _messages: 1 / 0), worlds=Desk()).run(replace(ALL, stop=6), through)
    assert down.broken.all()
    strange = AgentDojo(agent="a model", assistant=Model(lambda _one: Reply("nonsense")), worlds=Desk()).run(replace(ALL, stop=6), through)
    assert set(strange.why.values()) == {"its check raised ValueError"}


def test_a_model_s_answer_passes_the_output() -> None:
    outcome = AgentDojo(agent="a model", assistant=Model(_working), worlds=Desk()).run(ALL, on(OUTPUT, lambda _text: "held"))
    assert set(outcome.columns["reply"]) == {"held"}
    assert share(outcome, "done") == 0


# ---- AgentDojo itself ----


def test_what_is_not_known_or_not_there_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="must be one of banking, slack, travel, workspace or all"):
        intake.world("bank", "v1.2.2")
    with pytest.raises(InputError, match="must be one of v1, "):
        intake.world("banking", "2")
    monkeypatch.setattr(intake, "find_spec", lambda _name: None)
    intake.world.cache_clear()
    with pytest.raises(MissingExtra, match=r"pip install 'keepstone\[agentdojo\]'"):
        intake.world("banking", "v1.2.2")
    monkeypatch.setattr(intake, "find_spec", lambda name: name)
    monkeypatch.setitem(sys.modules, "agentdojo", None)
    with pytest.raises(InputError, match="is installed and can't be imported: ModuleNotFoundError"):
        intake.world("banking", "v1.2.2")
    with pytest.raises(InputError, match="«attack» of «planted_order» must be one of important_instructions"):
        PlantedOrder("shout")


@installed
@pytest.mark.parametrize(("agent", "done", "hijacked"), [("honest", 144, 0), ("obedient", 107, 141)])
def test_banking_with_no_model(agent: str, done: int, hijacked: int) -> None:
    target, trials = AgentDojo("banking", agent=agent), Trials(7, "test", 0, 144)
    orders = target.orders(trials, "important_instructions")
    outcome = target.run(trials, lambda channel, signal: Signal(orders, signal.rulings) if channel == CONTENT else signal)
    assert (np.sum(outcome.columns["done"]), np.sum(outcome.columns["goal"])) == (done, hijacked)
    calm = target.run(trials, through)
    assert (np.sum(calm.columns["done"]), np.sum(calm.columns["goal"])) == (144, 0)
    assert "agentdojo 0." in target.world.recipe


@installed
def test_agentdojo_keeps_the_contracts() -> None:
    target = AgentDojo("slack", agent="obedient")
    assert list(targets.problems(target, trials=30)) == []
    assert list(conditions.problems(PlantedOrder("tool_knowledge"), target, Nothing(), KeptShelf(), trials=30)) == []


@installed
def test_a_text_that_breaks_a_world_is_told_in_a_line() -> None:
    with pytest.raises(PartError, match="can't stand where others write in AgentDojo's «banking»"):
        intake.world("banking", "v1.2.2").begin(0, 'a " quote: [')
