"""A conversation flows through prompt, document, question and reply; what is blocked is not asked, what breaks is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from keepstone.core.channel import INPUT, OUTPUT, Channel, Ruling, Signal, through
from keepstone.core.chat import CALL, DOCUMENT, OFFER, ORDER, PROMPT, SESSION, TOOL, Call, Conversation, Reply
from keepstone.core.errors import PartError
from keepstone.core.trial import Outcome, Trials
from keepstone.intake.calls import read
from keepstone.parts.assistants.function import Function
from keepstone.parts.corpora.clinic import Clinic as Questions
from keepstone.parts.targets.chat import Chat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keepstone.core.channel import Tap

TEN = Trials(7, "test", 0, 10)


@dataclass
class Listening:
    """Remembers what it was asked, calls a tool each time, and fails on every third."""

    heard: list[Conversation]
    failing: bool = False

    recipe = "listening"
    title = "it listens"

    def reply(self, asked: Sequence[Conversation]) -> list[Reply]:
        self.heard += asked
        return [
            Reply("", error="HTTP 500") if self.failing and k % 3 == 0 else Reply(f"heard {one.said}", (Call("book", {"who": "me", "at": "9"}),))
            for k, one in enumerate(asked)
        ]


def test_what_the_channels_carry_is_what_the_assistant_hears() -> None:
    listening = Listening([])

    def tap(channel: Channel, signal: Signal) -> Signal:
        return Signal([f"[{channel.name}] {text}" for text in signal.values], signal.rulings)

    outcome = Chat(listening, Questions(10)).run(TEN, tap)
    assert all(one.prompt.startswith("[prompt] You are the assistant") for one in listening.heard)
    assert all(one.documents[0].startswith("[document] ") and one.said.startswith("[input] ") for one in listening.heard)
    assert [str(text) for text in outcome.columns["reply"]] == [f"[output] heard {one.said}" for one in listening.heard]
    assert set(outcome.columns["tools"]) == {"book(at=9, who=me)"}
    assert len({one.chance for one in listening.heard}) == 10, "every trial has a chance of its own"


def test_the_channels_are_passed_in_the_order_in_which_a_conversation_flows() -> None:
    passed: list[Channel] = []

    def tap(channel: Channel, signal: Signal) -> Signal:
        passed.append(channel)
        return signal

    Chat(Listening([]), Questions(10)).run(TEN, tap)
    assert passed == [PROMPT, DOCUMENT, INPUT, OUTPUT]


@pytest.mark.parametrize("channel", [PROMPT, DOCUMENT, INPUT])
def test_what_is_blocked_on_its_way_in_is_not_asked(channel: Channel) -> None:
    listening = Listening([])

    def tap(here: Channel, signal: Signal) -> Signal:
        rulings = np.array(signal.rulings)
        if here == channel:
            rulings[::2] = Ruling.BLOCKED
        return Signal(signal.values, rulings)

    outcome = Chat(listening, Questions(10)).run(TEN, tap)
    assert len(listening.heard) == 5
    assert [text != "" for text in outcome.columns["reply"]] == [False, True] * 5
    assert [text != "" for text in outcome.columns["tools"]] == [False, True] * 5
    assert outcome.calls.tolist() == [0.0, 1.0] * 5
    assert not outcome.broken.any()


def test_what_is_held_back_on_its_way_out_is_neither_said_nor_done() -> None:
    def tap(here: Channel, signal: Signal) -> Signal:
        return Signal(signal.values, np.full(10, Ruling.BLOCKED, dtype=np.int8)) if here == OUTPUT else signal

    outcome = Chat(Listening([]), Questions(10)).run(TEN, tap)
    assert set(outcome.columns["reply"]) == set(outcome.columns["tools"]) == {""}
    assert outcome.calls.tolist() == [1.0] * 10, "it was asked, and cost"


def test_a_failure_is_broken_and_told() -> None:
    outcome = Chat(Listening([], failing=True), Questions(30)).run(Trials(7, "test", 10, 20), through)
    assert np.flatnonzero(outcome.broken).tolist() == [0, 3, 6, 9]
    assert outcome.why == dict.fromkeys((10, 13, 16, 19), "HTTP 500")
    assert outcome.columns["row"][0] == 10


def test_calls_are_what_was_sent_and_sent_again() -> None:
    class Busy(Listening):
        """Is asked so many times for each reply."""

        def reply(self, asked: Sequence[Conversation]) -> list[Reply]:
            return [Reply("late", asked=k) for k, _ in enumerate(asked)]

    assert Chat(Busy([]), Questions(10)).run(TEN, through).calls.tolist() == list(range(10))


def test_texts_that_get_lost_are_told() -> None:
    with pytest.raises(PartError, match="«document» must give as many texts and rulings as came in, 10; it gave 9"):
        Chat(Listening([]), Questions(10)).run(TEN, lambda channel, signal: Signal(signal.values[:9], signal.rulings) if channel == DOCUMENT else signal)


def test_a_client_is_answered_in_order_and_not_where_blocked() -> None:
    said = Chat(Listening([]), Questions(10)).answer(Signal(["a", "b", "c"], np.array([0, 3, 0], dtype=np.int8)))
    assert list(cast("Sequence[str]", said.values)) == ["heard a", "", "heard c"]


def test_a_target_is_what_answers_and_what_it_is_asked_about() -> None:
    def one(messages: Sequence[Mapping[str, str]]) -> str:
        return messages[-1]["content"]

    def other(messages: Sequence[Mapping[str, str]]) -> str:
        return messages[0]["content"]

    recipes = {Chat(Function(one), Questions(10)).recipe, Chat(Function(one), Questions(11)).recipe, Chat(Function(other), Questions(10)).recipe}
    assert len(recipes) == 3


def test_streams_share_no_items() -> None:
    target = Chat(Listening([]), Questions(10))
    assert len({target.population(stream) for stream in target.corpus.streams}) == len(target.corpus.streams)
    assert target.size("test") == 10
    assert target.size("train") == 0


# ---- tools ----

CLINIC = Questions(40)
TASKS = Trials(7, "task", 0, 20)


@dataclass
class Busy:
    """Reads first and books then, for whom it is told to; goes on for so many calls."""

    heard: list[Conversation]
    calls: int = 2
    patient: str = ""
    fails_at: int = 99

    recipe = "busy"
    title = "it acts"
    handles = True

    def reply(self, asked: Sequence[Conversation]) -> list[Reply]:
        self.heard += asked
        return [self._one(one) for one in asked]

    def _one(self, one: Conversation) -> Reply:
        done = len(one.of("call"))
        if done == self.fails_at:
            return Reply("", error="HTTP 500")
        who = self.patient or one.session.partition(" ")[2]
        if done >= self.calls:
            return Reply(f"done {done}")
        return Reply("", (Call("find_slots", {"day": "Monday"}) if not done else Call("book", {"patient": who, "day": "Monday", "hour": "9"}),))


def ruled(channel: Channel, ruling: Ruling, word: str = "") -> Tap:
    def tap(here: Channel, signal: Signal) -> Signal:
        return Signal(signal.values, np.array([ruling if here == channel and word in str(text) else 0 for text in signal.values], dtype=np.int8), signal.last)

    return tap


def test_with_tools_every_call_and_what_comes_back_passes_a_channel() -> None:
    passed: list[Channel] = []
    wanted: list[str] = []

    def tap(channel: Channel, signal: Signal) -> Signal:
        passed.append(channel)
        wanted.extend(str(text) for text in signal.values[:1] if channel == CALL)
        return signal

    outcome = Chat(Busy([]), CLINIC).run(TASKS, tap)
    assert passed == [SESSION, OFFER, PROMPT, DOCUMENT, INPUT, CALL, TOOL, ORDER, CALL, TOOL, ORDER, OUTPUT]
    assert read(wanted[0]) == Call("find_slots", {"day": "Monday"})
    assert set(outcome.columns["reply"]) == {"done 2"}
    assert outcome.calls.tolist() == [3.0] * 20
    assert all(
        state == f"booking: {tools.rpartition('patient=')[2].strip(')')}, Monday, 9" for state, tools in zip(*two(outcome, "state", "tools"), strict=True)
    )
    assert set(outcome.columns["beyond"]) == {""}


def two(outcome: Outcome, *names: str) -> list[list[str]]:
    return [[str(text) for text in outcome.columns[name]] for name in names]


def test_without_tools_nothing_more_flows() -> None:
    assert Chat(Listening([]), CLINIC).channels == frozenset({PROMPT, DOCUMENT, INPUT, OUTPUT})
    assert Chat(Busy([]), CLINIC).channels >= {SESSION, OFFER, CALL, TOOL, ORDER}
    assert "state" not in Chat(Listening([]), CLINIC).run(TEN, through).columns


def test_a_call_that_is_ruled_out_is_told_so_and_changes_nothing() -> None:
    busy = Busy([])
    outcome = Chat(busy, CLINIC).run(TASKS, ruled(CALL, Ruling.BLOCKED, "book"))
    assert set(outcome.columns["state"]) == {""}
    assert all(str(text).startswith("book(") for text in outcome.columns["denied"])
    assert set(outcome.columns["tools"]) == {"find_slots(day=Monday)"}
    assert {one.turns[-1] for one in busy.heard if len(one.of("call")) == 2} == {("tool", "This call was not carried out: it is not allowed here.")}
    assert (np.asarray(outcome.columns["ruling"]) == 0).all(), "the conversation goes on"


def test_what_came_back_and_is_held_back_is_not_read() -> None:
    busy = Busy([])
    outcome = Chat(busy, CLINIC).run(TASKS, ruled(TOOL, Ruling.BLOCKED, "Booked"))
    assert all(str(text) for text in outcome.columns["state"]), "it was carried out"
    assert {one.turns[-1][1] for one in busy.heard if len(one.of("call")) == 2} == {"What came back was held back."}


def test_a_call_for_somebody_else_is_carried_out_and_told_apart() -> None:
    outcome = Chat(Busy([], patient="Anna Novak"), CLINIC).run(TASKS, through)
    mine = ["Anna Novak" in item.session for item in CLINIC.items(TASKS)]
    assert [bool(text) for text in outcome.columns["beyond"]] == [not one for one in mine]


def test_what_is_done_after_an_order_of_the_operator_is_told_apart() -> None:
    said = [["", "", "", "stop", *[""] * 16]]

    def tap(channel: Channel, signal: Signal) -> Signal:
        return Signal(said.pop(), signal.rulings) if channel == ORDER and said else signal

    busy = Busy([])
    outcome = Chat(busy, CLINIC).run(TASKS, tap)
    assert np.flatnonzero(outcome.columns["ordered"]).tolist() == [3]
    assert [k for k, text in enumerate(outcome.columns["late"]) if text] == [3]
    assert next(one.messages[-1] for one in busy.heard if one.of("order")) == {"role": "system", "content": "stop"}


def test_who_never_ends_is_ended() -> None:
    outcome = Chat(Busy([], calls=99), CLINIC, steps=3).run(TASKS, through)
    assert outcome.calls.tolist() == [4.0] * 20
    assert all(str(text).count("\n") == 2 for text in outcome.columns["tools"])
    assert all(str(text).startswith("book(") for text in outcome.columns["denied"])


def test_what_breaks_in_mid_task_is_broken_and_what_was_done_is_told() -> None:
    outcome = Chat(Busy([], fails_at=2), CLINIC).run(TASKS, through)
    assert outcome.broken.all()
    assert all(str(text) for text in outcome.columns["state"])
    assert set(outcome.columns["reply"]) == {""}


def test_a_call_may_be_rewritten_on_its_way_and_what_is_none_is_told() -> None:
    def tap(channel: Channel, signal: Signal) -> Signal:
        return Signal([str(text).replace("Monday", "Friday") for text in signal.values], signal.rulings) if channel == CALL else signal

    outcome = Chat(Busy([]), CLINIC).run(TASKS, tap)
    assert all("Friday" in str(text) for text in outcome.columns["state"])
    with pytest.raises(PartError, match="«call» must let through calls as they are written"):
        Chat(Busy([]), CLINIC).run(TASKS, lambda channel, signal: Signal(["book()"] * 20, signal.rulings) if channel == CALL else signal)


# ---- turns ----


def talking(turns: Sequence[Sequence[str]]) -> Tap:
    """The user says these in turn, a text a trial each, then the question."""
    left = iter(turns)

    def tap(channel: Channel, signal: Signal) -> Signal:
        if channel != INPUT:
            return signal
        now = next(left, None)
        return signal if now is None else Signal(list(now), signal.rulings, last=False)

    return tap


def test_a_conversation_goes_on_while_the_user_has_more_to_say() -> None:
    listening = Listening([])
    outcome = Chat(listening, Questions(10)).run(TEN, talking([["one"] * 10, ["two"] * 10]))
    last = listening.heard[-1]
    assert [text for role, text in last.turns if role == "user"][:2] == ["one", "two"]
    assert [text for role, text in last.turns if role == "assistant"] == ["heard one", "heard two"]
    assert str(outcome.columns["reply"][-1]) == f"heard {last.said}"
    assert str(outcome.columns["said"][-1]).split("\n")[:2] == ["heard one", "heard two"]
    assert outcome.calls.tolist() == [3.0] * 10


def test_who_says_nothing_in_a_turn_sits_it_out() -> None:
    outcome = Chat(Listening([]), Questions(10)).run(TEN, talking([["one"] + [""] * 9]))
    assert outcome.calls.tolist() == [2.0] + [1.0] * 9


@pytest.mark.parametrize("channel", [INPUT, OUTPUT])
def test_what_is_held_back_ends_the_conversation(channel: Channel) -> None:
    talk, rule = talking([["one"] * 10, ["two"] * 10]), ruled(channel, Ruling.BLOCKED, "two")
    outcome = Chat(Listening([]), Questions(10)).run(TEN, lambda here, signal: rule(here, talk(here, signal)))
    assert outcome.calls.tolist() == [1.0 if channel == INPUT else 2.0] * 10
    assert set(outcome.columns["reply"]) == {""}
    assert {str(text).strip() for text in outcome.columns["said"]} == {"heard one"}


def test_a_talk_without_an_end_is_told() -> None:
    with pytest.raises(PartError, match="«input» must end a conversation after 100 turns"):
        Chat(Listening([]), Questions(10)).run(TEN, lambda _channel, signal: Signal(signal.values, signal.rulings, last=False))


def test_it_is_told_of_the_tools_that_are_offered_and_of_such_as_do_nothing() -> None:
    busy = Busy([])
    Chat(busy, CLINIC).run(TASKS, lambda here, signal: Signal(["book\nopen_form_1"] * 20, signal.rulings) if here == OFFER else signal)
    assert {tuple(tool.name for tool in one.tools) for one in busy.heard} == {("book", "open_form_1")}
    assert busy.heard[0].tools[0] in CLINIC.tools
    assert not busy.heard[0].tools[1].acts
