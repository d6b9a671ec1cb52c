"""Flagged replies are not given, by words or by a service; a service that fails is an error of the trial, and every call is counted."""

from __future__ import annotations

import json

import numpy as np
import pytest
from loopback import Loopback
from talking import NEAR, played, rate

from keepstone.core.cell import Arm
from keepstone.core.errors import InputError
from keepstone.intake.endpoint import Limits
from keepstone.intake.moderating import Moderator
from keepstone.measure.state import dearest
from keepstone.parts.assistants.clinic import Clinic
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.conditions.threats.misuse_request import MisuseRequest
from keepstone.parts.corpora.clinic import Clinic as Questions
from keepstone.parts.metrics.complied import Complied
from keepstone.parts.metrics.invented import Invented
from keepstone.parts.metrics.refused import Refused
from keepstone.parts.metrics.wrong_answer import WrongAnswer
from keepstone.parts.mitigations.moderation import REFUSAL, Moderation
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.targets.chat import Chat

TARGET = Chat(Clinic(complies=0.6, gaps=0.5), Questions(400))


def test_words_take_misuse_off_and_send_honest_people_away() -> None:
    words = Moderation(("here is how", "250"))
    for condition, metric, before, after in (
        (MisuseRequest(), Complied(), 0.6, 0.0),
        (Nominal("outside"), Invented(), 0.5, 0.0),
        (Nominal("benign"), Refused(), 0.0, 0.5),
        (Nominal(), WrongAnswer(), 0.0, 0.0),
    ):
        assert abs(rate(TARGET, Nothing(), condition, metric) - before) < NEAR
        assert abs(rate(TARGET, words, condition, metric) - after) < NEAR
    assert played(TARGET, words, Nominal(), 20).calls.tolist() == [1.0] * 20


def flags(asked: dict[str, str]) -> str:
    flagged = any(word in asked["input"].casefold() for word in ("forge", "spy", "paracetamol in 24"))
    return f"body:{json.dumps({'id': 'm', 'results': [{'flagged': flagged, 'categories': {}}]})}"


def test_a_service_is_asked_before_and_after_and_each_call_counts() -> None:
    with Loopback(str, flags) as server:
        service = Moderation(moderator=Moderator(address=server.url, model="mod", limits=Limits(attempts=1)))
        misuse = played(TARGET, service, MisuseRequest(), 40)
        assert misuse.calls.tolist() == [1.0] * 40, "the question was flagged, so nobody was asked to answer"
        assert list(misuse.columns["reply"]) == [REFUSAL] * 40
        calm = played(TARGET, service, Nominal(), 60)
        held = np.array([reply == REFUSAL for reply in calm.columns["reply"]])
        assert 0 < held.sum() < 30, "the leaflet's own words on a medicine are flagged too"
        assert set(calm.calls.tolist()) <= {1.0, 3.0}
        assert server.seen[0][1].keys() == {"input", "model"}
        assert dearest(Arm(TARGET, Nominal(), service)) == 3


@pytest.mark.parametrize("how", ["500", "empty", "cut", "shape", "body:{}", 'body:{"results":[]}', 'body:{"results":[{"flagged":"no"}]}'])
def test_a_service_that_fails_is_an_error_and_lets_nothing_pass(how: str) -> None:
    with Loopback(str, lambda _asked: how) as server:
        outcome = played(TARGET, Moderation(moderator=Moderator(address=server.url, limits=Limits(attempts=1))), Nominal(), 6)
    assert outcome.broken.all()
    assert list(outcome.columns["reply"]) == [""] * 6
    assert all(why.startswith("the moderation service: ") for why in outcome.why.values())


def test_a_service_that_fails_on_the_reply_keeps_it_back() -> None:
    with Loopback(str, lambda asked: "500" if "euros" in asked["input"] else flags(asked)) as server:
        outcome = played(TARGET, Moderation(moderator=Moderator(address=server.url, limits=Limits(attempts=1))), Nominal(), 60)
    assert 0 < outcome.broken.sum() < 60
    assert all(not reply for reply, broken in zip(outcome.columns["reply"], outcome.broken, strict=True) if broken)
    assert not any("euros" in str(reply) for reply in outcome.columns["reply"])


def test_what_flags_nothing_is_refused_and_an_unopened_service_is_not_measured() -> None:
    for given in ({}, {"words": ("a", " ")}):
        with pytest.raises(InputError, match=r"«moderation» needs|one is empty"):
            Moderation(**given)  # type: ignore[arg-type]  # on purpose
    assert "[scope]" in Moderation(address="https://api.example.org/v1").unfit(TARGET)
    assert [one.id for one in (Moderation(("a",)), Moderation(address="https://a.example/v1"), Moderation(("a",), "https://a.example/v1"))] == [
        "moderation-words",
        "moderation-service",
        "moderation-words_service",
    ]
