"""What answers conversations: by name, by file, or behind an address; of a key only the name of its variable is ever told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from loopback import Loopback

from keepstone.core.chat import Conversation
from keepstone.core.errors import InputError
from keepstone.core.system import Autonomy, Permission, Stage, System, TargetSpec
from keepstone.lifecycle.opening import open_target
from keepstone.lifecycle.talking import Outside
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.assistants.http import Http
from keepstone.parts.assistants.openai import Openai
from keepstone.parts.targets.chat import Chat

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRET = "sk-never-to-be-shown"
SCOPE = Permission(hosts=("api.example.org",), authorised_by="A. Name", until="2026-12-31")
ASKED = [Conversation("", (), (("user", "hello"),))]


def system(chat: str, scope: Permission | None = None, parameters: Mapping[str, object] | None = None) -> System:
    spec = TargetSpec(chat=chat, parameters={"model": "m", **(parameters or {})}, seconds=3.0, items=20)
    return System(
        name="bot", purpose="answers", domain="", autonomy=Autonomy.ADVISES, stage=Stage.RELEASE, population="", affected=(), target=spec, scope=scope
    )


def opened(said: System, outside: Outside, folder: Path = Path()) -> Openai:
    target = open_target(said, folder, seed=1, shelf=KeptShelf(), outside=outside).target
    assert isinstance(target, Chat)
    assert isinstance(target.assistant, Openai)
    return target.assistant


def test_an_address_on_this_machine_is_asked() -> None:
    with Loopback() as server:
        one = opened(system(server.url, parameters={"temperature": 0.0, "key": "NAME"}), Outside({"NAME": SECRET}, lambda: "2030-01-01"))
        assert one.reply(ASKED)[0].text == "You said: hello"
        assert (one.seconds, one.until) == (3.0, "")
        assert server.seen[0][0]["authorization"] == f"Bearer {SECRET}"
        one.close()


@pytest.mark.parametrize(
    ("scope", "day", "told"),
    [
        (SCOPE, "2027-01-01", "The [scope] ended on 2026-12-31: nothing is sent to api.example.org."),
        (replace(SCOPE, hosts=("other.org",)), "2026-12-01", "lies outside the [scope] of the system file: nothing is sent."),
        (None, "2026-12-01", "lies outside the [scope] of the system file: nothing is sent."),
    ],
)
def test_outside_its_scope_nothing_is_opened(scope: Permission | None, day: str, told: str) -> None:
    with pytest.raises(InputError) as raised:
        opened(system("https://api.example.org/v1", scope), Outside({}, lambda: day))
    assert told in str(raised.value)


def test_within_its_scope_the_last_day_goes_along() -> None:
    assert opened(system("https://api.example.org/v1", SCOPE), Outside({}, lambda: "2026-12-31")).until == "2026-12-31"


@pytest.mark.parametrize(
    ("key", "environment", "told"),
    [
        ("NAME", {}, "stands in the environment variable «NAME», which is not set"),
        ("NAME", {"NAME": "two\nlines"}, "must hold a key on one line"),
        (SECRET, {}, "must be the name of an environment variable"),
        (SECRET.replace("-", "_"), {}, "must be the name of an environment variable"),
    ],
)
def test_a_key_that_is_not_there_is_told_by_its_name(key: str, environment: dict[str, str], told: str) -> None:
    with pytest.raises(InputError) as raised:
        opened(system("http://127.0.0.1:9/v1", parameters={"key": key}), Outside(environment))
    assert told in str(raised.value)
    assert "never" not in str(raised.value)


def test_a_plan_needs_no_key_and_sends_nothing() -> None:
    one = opened(system("http://127.0.0.1:9/v1", parameters={"key": "NAME"}), Outside(None))
    with pytest.raises(InputError, match="which was not read"):
        one.reply(ASKED)


@pytest.mark.parametrize("name", ["address", "seconds", "until", "today"])
def test_what_stands_elsewhere_is_no_parameter(name: str) -> None:
    with pytest.raises(InputError, match=f"The «{name}» of «parameters» must not be given"):
        opened(system("http://127.0.0.1:9/v1", parameters={name: "x"}), Outside({}))


def test_a_function_of_a_file_answers(tmp_path: Path) -> None:
    (tmp_path / "bot.py").write_text("def reply(messages):\n    return messages[-1]['content'].upper()\n")
    said = system("bot.py:reply")
    assert said.target is not None
    target = open_target(replace(said, target=replace(said.target, parameters={})), tmp_path, seed=1, shelf=KeptShelf()).target
    assert isinstance(target, Chat)
    assert target.assistant.reply(ASKED)[0].text == "HELLO"


def test_the_small_model_is_named_by_its_digest_and_a_plan_starts_nothing() -> None:
    said = system("reference:smol")
    assert said.target is not None
    target = open_target(replace(said, target=replace(said.target, parameters={"max_tokens": 40})), Path(), seed=1, shelf=KeptShelf()).target
    assert isinstance(target, Chat)
    assert "sha256:b179c952" in target.assistant.recipe
    assert "40" in target.assistant.recipe
    with pytest.raises(InputError, match="is not started"):
        target.assistant.reply(ASKED)


# ---- any other service, what acts, and the tester's proxy ----

TEMPLATE = '{"q": "{question}"}'
ELSEWHERE = Permission(hosts=("bot.example.org",), authorised_by="A. Name", until="2026-12-31", side_effects=False)


def spoken(chat: str, parameters: Mapping[str, object], scope: Permission | None = None, autonomy: Autonomy = Autonomy.ADVISES) -> System:
    said = system(chat, scope)
    return replace(said, autonomy=autonomy, target=replace(said.target or TargetSpec(), parameters=parameters))


def asked_by(said: System, outside: Outside) -> Http:
    target = open_target(said, Path(), seed=1, shelf=KeptShelf(), outside=outside).target
    assert isinstance(target, Chat)
    assert isinstance(target.assistant, Http)
    return target.assistant


def test_a_request_of_its_own_makes_it_a_service_of_any_form() -> None:
    headers = {"headers": ("X-Api-Key=BOT_KEY",), "cookies": ("sid=BOT_SID", "lang=BOT_LANG")}
    environment = {"BOT_KEY": SECRET, "BOT_SID": "abc", "BOT_LANG": "en"}
    one = asked_by(spoken("http://127.0.0.1:1", {"request": TEMPLATE, **headers}), Outside(environment, lambda: "2030-01-01"))
    assert [(name, key.name, key.value) for name, key in one.headers] == [
        ("X-Api-Key", "BOT_KEY", SECRET),
        ("Cookie", "BOT_SID BOT_LANG", "sid=abc; lang=en"),
    ]
    assert SECRET not in one.recipe


@pytest.mark.parametrize(
    ("chat", "parameters", "environment", "told"),
    [
        ("http://127.0.0.1:1", {"headers": ("X: y=BOT_KEY",)}, {"BOT_KEY": "v"}, "The «headers» of «parameters» must each be a name"),
        ("http://127.0.0.1:1", {"headers": ("X-Api-Key=" + SECRET,)}, {}, "must be the name of an environment variable"),
        ("http://127.0.0.1:1", {"headers": "X-Api-Key=BOT_KEY"}, {}, "The «headers» of «parameters» must be a list"),
        ("http://127.0.0.1:1", {"cookies": ("sid=BOT_SID",)}, {}, "«BOT_SID», which is not set"),
        ("http://bot.example.org", {"headers": ("X=BOT_KEY",)}, {"BOT_KEY": "v"}, "must begin with https://"),
        ("https://other.example.org", {}, {}, "lies outside the [scope]"),
        ("https://bot.example.org", {"acts": True}, {}, "The target is declared to act («acts» of its parameters is true)"),
    ],
)
def test_what_may_not_be_sent_is_refused(chat: str, parameters: dict[str, object], environment: dict[str, str], told: str) -> None:
    with pytest.raises(InputError) as raised:
        asked_by(spoken(chat, {"request": TEMPLATE, **parameters}, ELSEWHERE), Outside(environment, lambda: "2026-12-01"))
    assert told in str(raised.value)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("autonomy", [Autonomy.ACTS_WITH_VETO, Autonomy.ACTS_ALONE])
def test_who_acts_is_not_asked_where_the_scope_allows_no_side_effects(autonomy: Autonomy) -> None:
    outside = Outside({}, lambda: "2026-12-01")
    for chat in ("https://bot.example.org", "http://127.0.0.1:1"):
        with pytest.raises(InputError, match="nothing is sent"):
            asked_by(spoken(chat, {"request": TEMPLATE}, ELSEWHERE, autonomy), outside)
    allowed = replace(ELSEWHERE, side_effects=True)
    assert asked_by(spoken("https://bot.example.org", {"request": TEMPLATE, "acts": True}, allowed, autonomy), outside).acts
    assert open_target(replace(spoken("reference:clinic", {}, ELSEWHERE, autonomy)), Path(), seed=1, shelf=KeptShelf()).target.id == "chat"


@pytest.mark.parametrize(
    ("proxy", "told"),
    [
        ("http://127.0.0.1:8888/", ""),
        ("https://bot.example.org:8443", ""),
        ("http://proxy.example.org:8888", "must be on this machine, or on a host that [scope] allows"),
        ("127.0.0.1:8888", "must be an address"),
        ("http://me:secret@127.0.0.1:8888", "must be an address"),
    ],
)
def test_the_proxy_is_on_this_machine_or_in_the_scope(proxy: str, told: str) -> None:
    outside = Outside({}, lambda: "2026-12-01", proxy=proxy)
    if told:
        with pytest.raises(InputError) as raised:
            asked_by(spoken("https://bot.example.org", {"request": TEMPLATE}, ELSEWHERE), outside)
        assert told in str(raised.value)
        assert "secret" not in str(raised.value)
        return
    one = asked_by(spoken("https://bot.example.org", {"request": TEMPLATE}, ELSEWHERE), outside)
    assert one.way.proxy == proxy.rstrip("/")
    assert one.recipe == asked_by(spoken("https://bot.example.org", {"request": TEMPLATE}, ELSEWHERE), Outside({}, lambda: "2026-12-01")).recipe


def test_a_certificate_that_is_none_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate", encoding="utf-8")
    outside = Outside({}, proxy="http://127.0.0.1:8888", authority=str(tmp_path / "ca.pem"))
    with pytest.raises(InputError, match="in PEM"):
        asked_by(spoken("http://127.0.0.1:1", {"request": TEMPLATE}), outside)


def test_prices_are_no_part_of_the_identity() -> None:
    cheap, dear = (opened(system("http://127.0.0.1:1/v1", parameters={"price_in": price}), Outside({})) for price in (0.1, 3.0))
    assert cheap.recipe == dear.recipe
    assert cheap.settings == dear.settings
    assert opened(system("http://127.0.0.1:1/v1", parameters={"temperature": 1.0}), Outside({})).settings["temperature"] == "1.0"
