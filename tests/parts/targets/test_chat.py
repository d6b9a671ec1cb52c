"""A conversation flows through prompt, document, question and reply; what is blocked is not asked, what breaks is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from keepstone.core.channel import INPUT, OUTPUT, Channel, Ruling, Signal, through
from keepstone.core.chat import DOCUMENT, PROMPT, Call, Conversation, Reply
from keepstone.core.errors import PartError
from keepstone.core.trial import Trials
from keepstone.parts.assistants.function import Function
from keepstone.parts.corpora.clinic import Clinic as Questions
from keepstone.parts.targets.chat import Chat

if TYPE_CHECKING:
    from collections.abc import Mapping

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
