"""A function of a user's is asked with messages; whatever it does is a reply or an error of that conversation alone."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from keepstone.core.channel import through
from keepstone.core.chat import Conversation
from keepstone.core.trial import Trials
from keepstone.intake.completion import LONGEST
from keepstone.parts.assistants.function import MOST_HUNG, Function
from keepstone.parts.corpora.clinic import Clinic
from keepstone.parts.targets.chat import Chat

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ONE = Conversation("Be kind.", ("Hours: 9 to 5.", "Closed on Sunday."), (("user", "hi"), ("assistant", "hello"), ("user", "when?")))


def test_messages_are_as_chat_completions_have_them() -> None:
    assert ONE.messages == [
        {"role": "system", "content": "Be kind.\n\nDocument:\nHours: 9 to 5.\n\nDocument:\nClosed on Sunday."},
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": "hello"},
        {"role": "user", "content": "when?"},
    ]
    assert Conversation("", (), (("user", "hi"),)).messages == [{"role": "user", "content": "hi"}]


def _raises(said: str) -> str:
    raise ValueError(said)


@pytest.mark.parametrize(
    ("function", "error"),
    [
        (lambda messages: 7, "the assistant must answer with a text; got int"),
        (lambda messages: None, "the assistant must answer with a text; got NoneType"),
        (lambda messages: _raises("no\x1b[31m"), "ValueError"),
    ],
)
def test_a_failure_is_told(function: Callable[[Any], str], error: str) -> None:
    said = Function(function).reply([ONE])[0]
    assert said.text == ""
    assert error in said.error
    assert "\x1b" not in said.error


def test_one_failure_does_not_touch_the_others() -> None:
    asked = [Conversation("", (), (("user", text),)) for text in ("a", "", "c")]
    said = Function(lambda messages: messages[0]["content"] or _raises("empty")).reply(asked)
    assert [one.text for one in said] == ["a", "", "c"]
    assert [bool(one.error) for one in said] == [False, True, False]


def test_a_reply_that_is_too_long_is_an_error_and_not_cut() -> None:
    sizes = iter((LONGEST, LONGEST + 1))
    said = Function(lambda messages: "x" * next(sizes)).reply([ONE, ONE])
    assert [(len(one.text), one.error) for one in said] == [(LONGEST, ""), (0, "the reply is longer than is read, 100000 characters")]


def test_after_a_few_calls_that_hang_no_other_is_begun() -> None:
    begun: list[int] = []

    def hang(messages: object) -> str:
        begun.append(1)
        time.sleep(2)
        return "late"

    function = Function(hang, seconds=0.05)
    said = function.reply([ONE] * (MOST_HUNG + 2))
    assert len(begun) == MOST_HUNG
    assert [one.error for one in said] == ["the call took longer than 0.05 s"] * MOST_HUNG + ["calls before it took longer than 0.05 s"] * 2
    assert [one.asked for one in said] == [1] * MOST_HUNG + [0] * 2
    function.reply([ONE] * 5)
    function.reply([ONE] * 5)
    assert len(begun) == MOST_HUNG + 2, "of a later batch one is begun, to see whether that still is so"


def test_calls_that_hang_are_counted_over_small_batches() -> None:
    begun: list[int] = []

    def hang(messages: object) -> str:
        begun.append(1)
        time.sleep(2)
        return "late"

    function = Function(hang, seconds=0.05)
    for _ in range(5):
        function.reply([ONE] * 2)
    assert len(begun) == 2 + 1 + 1 + 1 + 1


def test_a_function_that_answers_again_is_called_again() -> None:
    free = threading.Event()

    def waits(messages: object) -> str:
        free.wait(60)
        return "here"

    function = Function(waits, seconds=0.5)
    assert [bool(one.error) for one in function.reply([ONE] * 5)] == [True] * 5
    free.set()
    assert [one.text for one in function.reply([ONE] * 5)] == ["here"] * 5


# ---- tools ----


def acting(messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]]) -> str | dict[str, Any]:
    if messages[-1]["role"] == "tool":
        return f"It says: {messages[-1]['content']}"
    name = next(tool["function"]["name"] for tool in tools if tool["function"]["name"] == "find_slots")
    return {"content": None, "tool_calls": [{"function": {"name": name, "arguments": '{"day": "Monday"}'}}]}


def test_with_tools_it_is_told_of_them_and_may_call_them() -> None:
    outcome = Chat(Function(acting, tools=True), Clinic(4)).run(Trials(7, "task", 0, 4), through)
    assert set(outcome.columns["tools"]) == {"find_slots(day=Monday)"}
    assert {str(text) for text in outcome.columns["reply"]} == {"It says: Free on Monday: 8, 9, 10, 11, 14, 15."}
    assert Function(acting, tools=True).recipe != Function(acting).recipe


@pytest.mark.parametrize("said", [{"tool_calls": [{"function": {"name": 7}}]}, {"tool_calls": "book"}, {"content": 7}, {}])
def test_a_message_in_another_form_is_an_error_of_its_trial(said: dict[str, Any]) -> None:
    assert Function(lambda _messages, _tools: said, tools=True).reply([Conversation("", (), (("user", "a"),))])[0].error
