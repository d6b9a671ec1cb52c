"""A chat service of any form as an assistant: what is filled in breaks out of nothing, conversations stay apart, what breaks is an error of its trial."""

from __future__ import annotations

import json
import pickle
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from service import Answered, Asked, Forwarding, Service

from keepstone.core.channel import INPUT, Signal
from keepstone.core.chat import DOCUMENT, PROMPT, Conversation, Reply
from keepstone.core.errors import InputError
from keepstone.core.trial import Trials
from keepstone.intake.endpoint import Key, Way
from keepstone.measure.checks.assistants import problems
from keepstone.parts.assistants.http import Http
from keepstone.parts.corpora.clinic import Clinic
from keepstone.parts.targets.chat import Chat

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "sk-never-to-be-shown-1234567890"
TEMPLATE = '{"text": "{question}", "id": "{session}"}'


def echo(asked: Asked) -> Answered:
    return Answered({"answer": {"text": f"You said: {asked[3]['text']}"}})


@contextmanager
def bot(service: Service, **settings: Any) -> Iterator[Http]:  # noqa: ANN401  settings of any kind
    one = Http(address=service.url, **{"request": TEMPLATE, "response": "answer.text", "path": "/chat", **settings})
    try:
        yield one
    finally:
        one.close()


def talk(*said: str, earlier: tuple[tuple[str, str], ...] = ()) -> list[Conversation]:
    return [Conversation("Be kind.", ("A leaflet.",), (*earlier, ("user", text)), chance=k / 1000) for k, text in enumerate(said)]


def test_it_keeps_the_contract_of_assistants() -> None:
    with Service(echo) as service, bot(service) as one:
        assert list(problems(one)) == []


def test_replies_come_in_order_and_are_sent_to_the_path() -> None:
    with Service(echo) as service, bot(service) as one:
        assert one.reply(talk(*(f"q {k}" for k in range(60)))) == [Reply(f"You said: q {k}") for k in range(60)]
        assert {(method, path) for method, path, _, _ in service.seen} == {("POST", "/chat")}
        assert len({body["id"] for _, _, _, body in service.seen}) == 60


def test_nothing_that_is_filled_in_breaks_out() -> None:
    said = '"}, "admin": true, {question} {prompt} {{messages}} \\ \n \u2028 \u202e \U0001f600'
    with Service(echo) as service, bot(service, request='{"text": "Q: {question}", "all": "{messages}", "p": "{prompt}|{document}", "{question}": 1}') as one:
        assert one.reply(talk(said))[0].text == f"You said: Q: {said}"
        body = service.seen[0][3]
    assert set(body) == {"text", "all", "p", "{question}"}
    assert body["all"] == [{"role": "system", "content": "Be kind.\n\nDocument:\nA leaflet."}, {"role": "user", "content": said}]
    assert body["p"] == "Be kind.|A leaflet."


def test_half_a_sign_is_sent_as_none() -> None:
    with Service(echo) as service, bot(service) as one:
        assert one.reply(talk("a\ud800b"))[0].text == "You said: a?b"


def test_a_path_is_filled_as_one_segment() -> None:
    with Service(echo) as service, bot(service, path="/chat/{document}") as one:
        one.reply([Conversation("", ("../x?y=1#z",), (("user", "a"),))])
        assert service.seen[0][1] == "/chat/..%2Fx%3Fy%3D1%23z"


def test_a_session_is_made_first_and_the_one_before_is_forgotten() -> None:
    live: dict[str, list[str]] = {}

    def answers(asked: Asked) -> Answered:
        _method, path, headers, body = asked
        if path == "/reset":
            return Answered(b"", headers=(("Set-Cookie", "where=here; Path=/; HttpOnly"),))
        if path == "/session":
            live[str(len(live))] = []
            return Answered({"session": {"id": len(live) - 1}}, headers=(("Set-Cookie", f"sid={len(live) - 1}"),))
        turns = live[path.rsplit("/", 1)[1]]
        turns.append(body["text"])
        assert headers["cookie"] == f"where=here; sid={path.rsplit('/', 1)[1]}"
        return Answered({"answer": {"text": " / ".join(turns)}})

    steps = ('{"path": "/session", "request": {"for": "{session}"}, "take": {"id": "session.id"}}',)
    with Service(answers) as service, bot(service, path="/say/{id}", steps=steps, reset='{"path": "/reset", "request": {"s": "{session}"}}', jar=True) as one:
        earlier = (("user", "first"), ("assistant", "made up"))
        got = one.reply(talk("a", "b", earlier=earlier))
        assert [reply.text for reply in got] == ["first / a", "first / b"]
        assert [reply.asked for reply in got] == [4, 4]
        assert [path for _, path, _, _ in service.seen].count("/reset") == 2


def test_without_a_jar_no_cookie_goes_along() -> None:
    with Service(lambda asked: Answered({"answer": {"text": "x"}}, headers=(("Set-Cookie", "sid=1"),))) as service, bot(service) as one:
        one.reply(talk("a", "b"))
        one.reply(talk("c"))
        assert not any("cookie" in headers for _, _, headers, _ in service.seen)


def test_a_step_that_fails_is_an_error_of_its_trial() -> None:
    def answers(asked: Asked) -> Answered:
        return Answered({}) if asked[1] == "/session" else echo(asked)

    steps = ('{"path": "/session", "take": {"id": "session.id"}}',)
    with Service(answers) as service, bot(service, path="/say/{id}", steps=steps) as one:
        got = one.reply(talk("a"))
        assert got == [Reply("", error="the service did not do the step before the question: its answer has no «id»")]
        assert [path for _, path, _, _ in service.seen] == ["/session"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"answer": {}}, "the answer has no text at the path of «response»"),
        ({"answer": {"text": 3}}, "the answer has no text at the path of «response»"),
        ({"answer": {"text": " "}}, "the reply has no text"),
        (b"<html>", "the answer is no JSON, or is cut off"),
        (b"\xff\xfe", "the answer is no JSON, or is cut off"),
        (b"[" * 100_000, "the answer is no JSON, or is cut off"),
        (b"", "the answer is empty"),
        ({"answer": {"text": "x" * 100_001}}, "the reply is longer than is read, 100000 characters"),
        (b"x" * 2_000_000, "the answer is larger than 1000000 bytes"),
    ],
)
def test_an_answer_of_another_form_is_an_error(body: bytes | dict[str, Any], told: str) -> None:
    with Service(lambda _: Answered(body)) as service, bot(service) as one:
        assert [reply.error for reply in one.reply(talk("a"))] == [told]


def test_a_status_is_an_error_and_a_redirect_is_not_followed() -> None:
    with Service(lambda _: Answered("elsewhere", 302, (("Location", "http://127.0.0.1:9/"),))) as service, bot(service) as one:
        assert [reply.error for reply in one.reply(talk("a"))] == ["HTTP 302"]


def test_a_plain_text_is_a_reply() -> None:
    with Service(lambda _: Answered("Hello.")) as service, bot(service, response="") as one:
        assert one.reply(talk("a"))[0].text == "Hello."


def test_a_stream_is_put_together_and_one_that_ends_early_is_no_reply() -> None:
    whole = ": hi\n\n" + "".join(f'event: delta\ndata: {{"t": "{piece}"}}\n\n' for piece in ("It ", "is ", "open.")) + 'data: {"n": {"in": 5, "out": 3}}\n\n'
    bodies = iter([whole + "data: [DONE]\n\n", whole])
    with Service(lambda _: Answered(next(bodies))) as service, bot(service, response="t", streamed=True, end="[DONE]", read="n.in", written="n.out") as one:
        assert one.reply(talk("a")) == [Reply("It is open.", tokens=8, read=5)]
        assert one.reply(talk("a"))[0].error == "the stream ended before the reply did"


def test_keys_go_along_and_are_told_nowhere() -> None:
    headers = (("X-Api-Key", Key("BOT_KEY", SECRET)), ("Cookie", Key("BOT_COOKIE", "sid=abc-123-def; lang=en-GB-oed")))
    with Service(lambda asked: Answered({"answer": {"text": f"The key is {SECRET} and abc-123-def."}})) as service, bot(service, headers=headers) as one:
        reply = one.reply(talk("a"))[0]
        assert reply.text == "The key is [key] and [key]."
        assert SECRET not in reply.raw + repr(one) + one.recipe + str(one.settings) + one.sent(talk("a")[0])
        assert service.seen[0][2]["x-api-key"] == SECRET
        assert service.seen[0][2]["cookie"] == "sid=abc-123-def; lang=en-GB-oed"


def test_a_key_in_pieces_is_told_nowhere() -> None:
    pieces = "".join(f'data: {{"t": "{SECRET[k : k + 4]}"}}\n\n' for k in range(0, len(SECRET), 4))
    with Service(lambda _: Answered(pieces)) as service, bot(service, response="t", streamed=True, key=Key("BOT_KEY", SECRET)) as one:
        reply = one.reply(talk("a"))[0]
        assert (reply.text, reply.raw) == ("[key]", "")


def test_a_key_that_was_not_handed_on_stops_before_anything_is_sent() -> None:
    with Service(echo) as service, bot(service, headers=(("X-Api-Key", Key("BOT_KEY", "")),)) as one:
        with pytest.raises(InputError, match="«BOT_KEY»"):
            one.reply(talk("a"))
        assert not service.seen


def test_after_the_last_day_nothing_is_sent() -> None:
    with Service(echo) as service, bot(service, until="2026-01-01", today=lambda: "2026-01-02") as one:
        with pytest.raises(InputError, match="ended on 2026-01-01"):
            one.reply(talk("a"))
        assert not service.seen


def test_all_goes_through_the_proxy() -> None:
    forward = Forwarding()
    with Service(echo) as service, Service(forward) as proxy, bot(service, way=Way(proxy.url)) as one:
        assert one.reply(talk("a", "b")) == [Reply("You said: a"), Reply("You said: b")]
        assert forward.passed == [f"{service.url}/chat"] * 2


def test_a_proxy_that_is_not_there_is_no_way_around_it() -> None:
    with Service(echo) as service, bot(service, way=Way("http://127.0.0.1:9"), attempts=1) as one:
        assert one.reply(talk("a"))[0].error == "no connection"
        assert not service.seen


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"request": '{"text": {question}}'}, "«request» must be JSON"),
        ({"request": '{"text": "hello"}'}, "it asks nothing"),
        ({"request": '{"text": "{question}", "x": "{client}"}'}, "has a place that nothing fills, {client}"),
        ({"path": "https://elsewhere.org/"}, "must begin with one /"),
        ({"path": "//elsewhere.org/"}, "must begin with one /"),
        ({"path": "@elsewhere.org/"}, "must begin with one /"),
        ({"method": "TRACE"}, "«method»"),
        ({"steps": ('{"path": "x"}',)}, "must begin with one /"),
        ({"steps": ('{"pth": "/x"}',)}, "«steps»"),
        ({"steps": ("nonsense",)}, "«steps»"),
        ({"reset": '{"path": "/reset"}', "request": '{"t": "{question}"}'}, "«concurrency» of the assistant «http» must be 1"),
        ({"concurrency": 0}, "«concurrency»"),
        ({"address": "ftp://x"}, "«address»"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError) as raised:
        Http(**{"address": "http://127.0.0.1:1", "request": TEMPLATE, **settings})
    assert told in str(raised.value)


def test_what_it_is_not_told_is_not_looked_for() -> None:
    one = Chat(Http(address="http://127.0.0.1:1", request=TEMPLATE), Clinic(size=3))
    assert {channel.name for channel in one.channels} == {"input", "output"}
    assert Http(address="http://127.0.0.1:1", request='{"m": "{messages}"}').hears == {PROMPT, DOCUMENT, INPUT}
    with Service(lambda _: Answered("x")) as service:
        target = Chat(Http(address=service.url, request=TEMPLATE), Clinic(size=3))
        unheard = target.run(Trials(1, "test", 0, 3), lambda _, signal: signal).columns
        assert {text for name in ("secret", "prompt", "document") for text in unheard[name]} == {""}
        told = Chat(Http(address=service.url, request='{"m": "{messages}"}'), Clinic(size=3))
        outcome = told.run(Trials(1, "test", 0, 3), lambda _, signal: signal)
        assert "" not in outcome.columns["secret"]
        assert json.loads(outcome.columns["sent"][0].partition("\n")[2])["m"][0]["role"] == "system"
        told.answer(Signal(["a"], np.zeros(1, dtype=np.int8)))
        assert told.meter.replies == 4


def test_a_worker_gets_it_whole() -> None:
    one = pickle.loads(pickle.dumps(Http(address="http://127.0.0.1:1", request=TEMPLATE, headers=(("X", Key("A", "b")),))))  # noqa: S301  our own
    assert one.recipe == Http(address="http://127.0.0.1:1", request=TEMPLATE, headers=(("X", Key("A", "")),)).recipe
