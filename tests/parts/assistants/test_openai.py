"""The endpoint as an assistant, against a server on this machine: what is sent, what is read, and that whatever breaks is an error of its trial alone."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import pytest
from loopback import BROKEN, Body, Loopback, breaking, completion, content
from service import Forwarding, Service

from keepstone.core.channel import through
from keepstone.core.chat import Conversation, Reply
from keepstone.core.errors import InputError, MissingExtra
from keepstone.core.trial import Trials
from keepstone.intake.completion import LONGEST
from keepstone.intake.endpoint import Key, Way
from keepstone.parts.assistants.openai import Openai
from keepstone.parts.corpora.clinic import Clinic
from keepstone.parts.targets.chat import Chat

SECRET = "sk-never-to-be-shown-1234567890"


@contextmanager
def asked(server: Loopback, **settings: Any) -> Iterator[Openai]:  # noqa: ANN401  settings of any kind
    one = Openai(address=server.url, model="small", **settings)
    try:
        yield one
    finally:
        one.close()


def talk(*said: str) -> list[Conversation]:
    return [Conversation("Be kind.", ("A leaflet.",), (("user", text),), chance=k / 1000) for k, text in enumerate(said)]


def texts(count: int) -> list[Conversation]:
    return talk(*(f"question {k}" for k in range(count)))


@pytest.mark.parametrize("streamed", [False, True])
def test_replies_come_in_order_with_their_tokens(*, streamed: bool) -> None:
    with Loopback() as server, asked(server, streamed=streamed, concurrency=16) as one:
        assert one.reply(texts(100)) == [Reply(f"You said: question {k}", tokens=12) for k in range(100)]
        assert one.reply([]) == []


def test_what_is_sent_is_what_is_set() -> None:
    with Loopback() as server, asked(server, temperature=0.5, max_tokens=9, top_p=0.9, key=Key("NAME", SECRET)) as one:
        one.reply(talk("a", "b"))
    headers, body = next((headers, body) for headers, body in server.seen if body["messages"][-1]["content"] == "b")
    assert headers["path"] == "/v1/chat/completions"
    assert headers["authorization"] == f"Bearer {SECRET}"
    assert body == {
        "model": "small",
        "messages": [{"role": "system", "content": "Be kind.\n\nDocument:\nA leaflet."}, {"role": "user", "content": "b"}],
        "stream": False,
        "temperature": 0.5,
        "max_tokens": 9,
        "top_p": 0.9,
        "seed": int(0.001 * 2**31),
    }


def test_the_other_form_is_read_as_well() -> None:
    said = '{"output": [{"type": "reasoning"}, {"type": "message", "content": [{"type": "output_text", "text": "Hi."}]}], "usage": {"total_tokens": 3}}'
    with Loopback(how=lambda _: f"body:{said}") as server, asked(server, form="responses", max_tokens=5) as one:
        assert one.reply(talk("a")) == [Reply("Hi.", tokens=3)]
    headers, body = server.seen[0]
    assert headers["path"] == "/v1/responses"
    assert (body["max_output_tokens"], body["input"][-1]["content"]) == (5, "a")
    assert "seed" not in body


@pytest.mark.parametrize("way", BROKEN)
@pytest.mark.parametrize("streamed", [False, True])
def test_each_way_to_break_is_an_error_of_its_trial(way: str, *, streamed: bool) -> None:
    with Loopback(how=lambda body: way if "odd" in content(body) else "") as server, asked(server, streamed=streamed, seconds=0.5) as one:
        got = one.reply(talk("even", "odd", "even", "odd", "even"))
    assert [bool(reply.error) for reply in got] == [False, True, False, True, False]
    assert [reply.text for reply in got] == ["You said: even", "", "You said: even", "", "You said: even"]
    assert all("said" not in reply.error and len(reply.error) < 80 for reply in got)


def test_a_third_broken_loses_nothing_else() -> None:
    with Loopback(how=breaking(0.3)) as server, asked(server, seconds=2.0, concurrency=32) as one:
        got = one.reply(texts(300))
    broken = [bool(breaking(0.3)(body)) for _, body in sorted(server.seen, key=lambda seen: int(content(seen[1]).split()[1]))]
    assert len(broken) == 300
    assert [bool(reply.error) for reply in got] == broken
    assert 60 < sum(broken) < 120
    assert {reply.text for reply, broke in zip(got, broken, strict=True) if broke} == {""}


def test_a_busy_service_is_asked_again_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keepstone.intake.endpoint.FIRST_WAIT", 0.01)
    with Loopback(how=lambda _: "429-then-well") as server, asked(server) as one:
        assert one.reply(talk("a", "b")) == [Reply("You said: a", tokens=12, asked=2), Reply("You said: b", tokens=12, asked=2)]
        assert server.count == 4
    with Loopback(how=lambda _: "503") as server, asked(server, attempts=3) as one:
        assert one.reply(talk("a")) == [Reply("", error="HTTP 503", asked=3)]
        assert server.count == 3


def test_a_service_that_stays_busy_is_not_waited_for_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keepstone.intake.endpoint.FIRST_WAIT", 0.01)
    with Loopback(how=lambda _: "429") as server, asked(server, concurrency=4, attempts=3) as one:
        for _ in range(2):
            before, got = server.count, one.reply(texts(100))
            assert {reply.error for reply in got} == {"HTTP 429", "calls before it got no answer"}
            assert sum(reply.asked for reply in got) == server.count - before
        assert server.count <= (4 + 4) * 3 + 4


def test_one_that_is_free_again_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keepstone.intake.endpoint.FIRST_WAIT", 0.01)
    ways = iter(["503"] * 8)
    with Loopback(how=lambda _: next(ways, "")) as server, asked(server, concurrency=4, attempts=2) as one:
        assert [reply.error for reply in one.reply(texts(4))] == ["HTTP 503"] * 4
        assert [reply.error for reply in one.reply(texts(40))] == [""] * 40


def test_cookies_of_a_conversation_are_not_sent_in_another() -> None:
    with Loopback(how=lambda _: "header:Set-Cookie:session=1; Path=/") as server, asked(server, concurrency=1) as one:
        one.reply(texts(3))
        one.reply(texts(3))
        assert server.count == 6
        assert not any("cookie" in headers for headers, _ in server.seen)


def test_no_more_calls_at_a_time_than_allowed() -> None:
    with Loopback(how=lambda _: "slow") as server, asked(server, concurrency=3) as one:
        one.reply(texts(60))
        assert 1 < server.most <= 3


def test_a_service_that_never_answers_is_not_waited_for_again_and_again() -> None:
    with Loopback(how=lambda _: "hang") as server, asked(server, seconds=0.2, concurrency=4) as one:
        began = monotonic()
        assert all(reply.error for reply in one.reply(texts(400)))
        assert all(reply.error for reply in one.reply(texts(400)))
        assert monotonic() - began < 5
        assert server.count <= 4 + 4 + 4


def test_one_that_answers_again_is_asked_again() -> None:
    ways = iter(["hang"] * 4)
    with Loopback(how=lambda _: next(ways, "")) as server, asked(server, seconds=0.2, concurrency=4) as one:
        assert [reply.error for reply in one.reply(texts(4))] == ["no whole answer within 0.2 s"] * 4
        assert [reply.error for reply in one.reply(texts(40))] == [""] * 40


def test_nobody_there_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keepstone.intake.endpoint.FIRST_WAIT", 0.01)
    with Loopback() as server:
        pass
    with asked(server, concurrency=1) as one:
        got = one.reply(texts(20))
    assert {reply.error for reply in got} == {"no connection", "calls before it got no answer"}
    assert {reply.asked for reply in got} == {0}, "nothing was sent"


@pytest.mark.parametrize(
    ("way", "why"),
    [
        ("302", "HTTP 302"),
        ("header:Content-Encoding:gzip", "the answer is compressed, which was not asked for"),
        ('body:{"choices": []}', "the answer is not in the form of a reply"),
        ('body:{"choices": [{"message": {"content": ""}}]}', "the reply has no text"),
        ('body:{"choices": [{"message": {"content": "x"}, "finish_reason": "content_filter"}]}', "the filter of the service held the reply back"),
        ('body:{"x": ' + "[" * 50_000, "the answer is no JSON, or is cut off"),
        ('body:{"choices": [{"message": {"content": 7}}]}', "the answer is not in the form of a reply"),
    ],
)
def test_strange_answers_are_told_in_our_words(way: str, why: str) -> None:
    with Loopback(how=lambda _: way) as server, asked(server) as one:
        assert [reply.error for reply in one.reply(talk("a"))] == [why]
        assert server.count == 1


@pytest.mark.parametrize("streamed", [False, True])
def test_a_reply_longer_than_is_read_is_an_error_and_not_cut(*, streamed: bool) -> None:
    with Loopback(says=lambda asked: "x" * int(content(asked))) as server, asked(server, streamed=streamed, largest=10**8) as one:
        got = one.reply(talk(str(LONGEST), str(LONGEST + 1)))
    assert [(len(reply.text), reply.error) for reply in got] == [(LONGEST, ""), (0, "the reply is longer than is read, 100000 characters")]


def test_a_call_of_a_tool_longer_than_is_read_is_an_error() -> None:
    call = f'{{"choices": [{{"message": {{"tool_calls": [{{"function": {{"name": "send", "arguments": "{"x" * (LONGEST + 1)}"}}}}]}}}}]}}'
    with Loopback(how=lambda _: f"body:{call}") as server, asked(server) as one:
        assert one.reply(talk("a")) == [Reply("", error="the reply is longer than is read, 100000 characters")]


CUT_OFF = {
    "chat": '{"choices": [{"message": {"content": "The key is"}, "finish_reason": "length"}]}',
    "chat streamed": 'data: {"choices": [{"delta": {"content": "The key is"}, "finish_reason": "length"}]}\n\ndata: [DONE]\n\n',
    "responses": '{"output": [{"type": "message", "content": [{"type": "output_text", "text": "The key is"}]}], "status": "incomplete"}',
}


@pytest.mark.parametrize("way", CUT_OFF)
def test_a_reply_that_the_service_cut_off_is_whole_only_where_a_longest_was_asked_for(way: str) -> None:
    form, _, streamed = way.partition(" ")
    for settings, want in (({}, Reply("", error="the service cut the reply off")), ({"max_tokens": 3}, Reply("The key is"))):
        with Loopback(how=lambda _: f"body:{CUT_OFF[way]}") as server, asked(server, form=form, streamed=bool(streamed), **settings) as one:
            assert one.reply(talk("a")) == [want]


def test_a_response_that_a_filter_held_back_is_an_error() -> None:
    said = CUT_OFF["responses"][:-1] + ', "incomplete_details": {"reason": "content_filter"}}'
    with Loopback(how=lambda _: f"body:{said}") as server, asked(server, form="responses", max_tokens=3) as one:
        assert [reply.error for reply in one.reply(talk("a"))] == ["the filter of the service held the reply back"]


def test_a_call_of_a_tool_is_kept() -> None:
    call = '{"choices": [{"message": {"tool_calls": [{"function": {"name": "send", "arguments": "{\\"to\\": 1}"}}]}}]}'
    with Loopback(how=lambda _: f"body:{call}") as server, asked(server) as one:
        (reply,) = one.reply(talk("a"))
    assert [(one.name, one.arguments) for one in reply.calls] == [("send", {"arguments": '{"to": 1}'})]
    assert not reply.error


def test_the_key_is_sent_and_stands_nowhere() -> None:
    with Loopback(says=lambda _: f"your key is {SECRET}") as server, asked(server, key=Key("NAME", SECRET)) as one:
        assert one.reply(talk("a"))[0].text == "your key is [key]"
        shown = (one.recipe, repr(one), str(one), one.title)
        assert all(SECRET not in text for text in shown)
        assert "NAME" in one.recipe


def test_another_key_is_the_same_target_and_another_setting_is_not() -> None:
    def recipe(**settings: Any) -> str:  # noqa: ANN401  settings of any kind
        return Openai(address="http://127.0.0.1:1/v1", model="m", **settings).recipe

    assert recipe(key=Key("A", "one")) == recipe(key=Key("A", "two"))
    changed: list[dict[str, Any]] = [{"temperature": 0.1}, {"top_p": 0.5}, {"max_tokens": 3}, {"streamed": True}, {"seeded": False}, {"form": "responses"}]
    assert len({recipe(), *(recipe(**one) for one in changed)}) == len(changed) + 1


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with Loopback() as server, asked(server) as one:
        assert not one.reply(talk("a"))[0].error


def test_after_the_scope_nothing_is_sent() -> None:
    days = iter(["2026-12-31", "2027-01-01"])
    with Loopback() as server, asked(server, until="2026-12-31", today=lambda: next(days)) as one:
        assert not one.reply(talk("a"))[0].error
        with pytest.raises(InputError, match="ended on 2026-12-31: nothing is sent"):
            one.reply(talk("a"))
        assert server.count == 1


def test_a_key_that_was_not_handed_on_sends_nothing() -> None:
    with Loopback() as server, asked(server, key=Key("NAME", "")) as one, pytest.raises(InputError, match="«NAME», which was not read"):
        one.reply(talk("a"))
    assert not server.count


def test_a_worker_opens_its_own_connection() -> None:
    with Loopback() as server, asked(server) as one:
        one.reply(talk("a"))
        with asked(server) as other:
            sent = pickle.dumps(one)
            copy = pickle.loads(sent)  # noqa: S301  our own bytes
            assert copy.reply(talk("b"))[0].text == other.reply(talk("b"))[0].text == "You said: b"
            copy.close()


def test_without_the_extra_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "httpx2", None)
    with pytest.raises(MissingExtra, match=r"pip install 'keepstone\[chat\]'"):
        Openai(address="http://127.0.0.1:1/v1", model="m").reply(talk("a"))


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"temperature": -1.0}, "temperature"),
        ({"max_tokens": 1.5}, "max_tokens"),
        ({"concurrency": 0}, "concurrency"),
        ({"form": "other"}, "form"),
        ({"model": " "}, "model"),
        ({"streamed": 1}, "streamed"),
        ({"address": "http://me:secret@127.0.0.1/v1"}, "address"),
    ],
)
def test_settings_that_are_none_are_refused(settings: dict[str, Any], why: str) -> None:
    with pytest.raises(InputError, match=f"«{why}»") as raised:
        Openai(**{"address": "http://127.0.0.1:1/v1", "model": "m", **settings})
    assert "secret" not in str(raised.value)


def test_the_fake_answers_in_form() -> None:
    assert completion("x")["choices"][0]["message"]["content"] == "x"


def test_tokens_are_counted_apart_and_all_goes_through_the_proxy() -> None:
    said = completion("Hi.") | {"usage": {"total_tokens": 12, "prompt_tokens": 9}}
    forward = Forwarding()
    with Loopback(how=lambda _: f"body:{json.dumps(said)}") as server, Service(forward) as proxy, asked(server, way=Way(proxy.url)) as one:
        got = one.reply(talk("a"))
        assert (got[0].tokens, got[0].read) == (12, 9)
        assert forward.passed == [f"{server.url}/chat/completions"]
        assert json.loads(got[0].raw) == said


def test_what_is_sent_can_be_shown_without_the_key() -> None:
    one = Openai(address="http://127.0.0.1:1/v1", model="small", key=Key("NAME", SECRET), headers=(("X-Api-Key", Key("OTHER", SECRET)),))
    assert one.sent(talk("a")[0]).startswith('POST /chat/completions\n{"model":"small"')
    assert SECRET not in one.sent(talk("a")[0]) + one.recipe + repr(one)


# ---- tools ----


def booking(asked: Body) -> str:
    """Books for whom the session names, then says so."""
    turns = asked.get("messages") or asked["input"]
    if any(turn.get("role") == "tool" or turn.get("type") == "function_call_output" for turn in turns):
        return "body:" + json.dumps(response("Done.") if "input" in asked else completion("Done."))
    who = turns[0]["content"].rpartition("You talk to: patient ")[2].partition("\n")[0]
    call = {"name": "book", "arguments": json.dumps({"patient": who, "day": "Monday", "hour": 9})}
    whole = (
        {"output": [{"type": "function_call", "call_id": "x", **call}]}
        if "input" in asked
        else {"choices": [{"message": {"content": None, "tool_calls": [{"id": "x", "function": call}]}}]}
    )
    return "body:" + json.dumps(whole)


def response(text: str) -> Body:
    return {"output": [{"type": "message", "content": [{"type": "output_text", "text": text}]}]}


@pytest.mark.parametrize("form", ["chat", "responses"])
def test_a_service_is_told_of_tools_and_what_it_calls_acts_on_the_desk(form: str) -> None:
    with Loopback(how=booking, says=lambda _asked: "") as server, asked(server, form=form, tools=True) as one:
        outcome = Chat(one, Clinic(4)).run(Trials(7, "task", 0, 4), through)
    assert set(outcome.columns["reply"]) == {"Done."}
    users = [item.session.partition(" ")[2] for item in Clinic(4).items(Trials(7, "task", 0, 4))]
    assert [str(state) for state in outcome.columns["state"]] == [f"booking: {user}, Monday, 9" for user in users]
    assert outcome.calls.tolist() == [2.0] * 4
    first, last = server.seen[0][1], server.seen[-1][1]
    names = [tool["name"] if form == "responses" else tool["function"]["name"] for tool in first["tools"]]
    assert names == [tool.name for tool in Clinic(4).tools]
    call, back = last["input" if form == "responses" else "messages"][-2:]
    given = (call["call_id"], back["call_id"]) if form == "responses" else (call["tool_calls"][0]["id"], back["tool_call_id"])
    assert given == ("call00001", "call00001")
    assert (back["output"] if form == "responses" else back["content"]) == "Booked."


def test_without_tools_none_are_sent_and_it_is_the_same_target_as_before() -> None:
    with Loopback() as server, asked(server) as one:
        Chat(one, Clinic(4)).run(Trials(7, "test", 0, 2), through)
        assert "tools" not in one.recipe
    assert all("tools" not in body for _headers, body in server.seen)


def test_a_name_that_no_service_takes_is_not_sent_back() -> None:
    turns = (("user", "Hello."), ("call", '{"arguments":{},"name":"a b\\u0000"}'), ("tool", "There is no such tool."))
    with Loopback() as server, asked(server, tools=True) as one:
        one.reply([Conversation("", (), turns, 0.5, Clinic(4).tools)])
    assert server.seen[0][1]["messages"][-2]["tool_calls"][0]["function"]["name"] == "unknown"
