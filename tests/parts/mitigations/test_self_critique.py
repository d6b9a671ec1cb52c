"""Asked about its own reply, the assistant takes back what broke a rule and some of what did not, at exactly its switches; every call is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from talking import NEAR, played, rate

from keepstone.core.cell import Arm
from keepstone.core.chat import Call, Conversation, Reply
from keepstone.core.errors import InputError
from keepstone.measure.state import dearest
from keepstone.parts.assistants.clinic import CRITICISED, Clinic
from keepstone.parts.conditions.hazards.near_request import NearRequest
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.conditions.threats.adaptive_injection import AdaptiveInjection
from keepstone.parts.conditions.threats.prompt_injection import PromptInjection
from keepstone.parts.corpora.clinic import Clinic as Questions
from keepstone.parts.metrics.hijacked import Hijacked
from keepstone.parts.metrics.leaked import Leaked
from keepstone.parts.metrics.wrong_answer import WrongAnswer
from keepstone.parts.mitigations.composed import Composed
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.mitigations.secret_filter import SecretFilter
from keepstone.parts.mitigations.self_critique import CRITIQUE, RULES, Critic, SelfCritique
from keepstone.parts.targets.chat import Chat

TARGET = Chat(Clinic(obeys_users=0.8, leaky=0.8, critique_mends=0.75, critique_spoils=0.2), Questions(400))


@pytest.mark.parametrize(
    ("condition", "metric", "before", "after"),
    [
        (PromptInjection("input"), Hijacked(), 0.8, 0.8 * 0.25 * 0.8),
        (NearRequest(), Leaked(), 0.8, 0.8 * 0.25 * 0.8),
        (Nominal(), WrongAnswer(), 0.0, 0.2),
    ],
)
def test_the_effect_on_both_halves_is_the_switches(
    condition: PromptInjection | NearRequest | Nominal, metric: Hijacked | Leaked | WrongAnswer, before: float, after: float
) -> None:
    assert abs(rate(TARGET, Nothing(), condition, metric) - before) < NEAR
    assert abs(rate(TARGET, SelfCritique(), condition, metric) - after) < NEAR


def test_every_call_is_counted_and_set_aside() -> None:
    assert played(TARGET, SelfCritique(), Nominal(), 50).calls.tolist() == [2.0] * 50
    assert dearest(Arm(TARGET, Nominal(), SelfCritique())) == 2
    assert dearest(Arm(TARGET, Nominal(), Composed((SecretFilter(), SelfCritique())))) == 2
    assert dearest(Arm(TARGET, AdaptiveInjection(8), SelfCritique())) == 18
    tried = played(TARGET, SelfCritique(), AdaptiveInjection(3, lessons=20), 30)
    assert tried.calls.tolist() == (2 + 2 * np.asarray(tried.columns["queries"])).tolist(), "an attacker's query costs as much as a question"


def test_screens_stand_outside_of_it_in_either_order() -> None:
    for both in (Composed((SecretFilter(), SelfCritique())), Composed((SelfCritique(), SecretFilter()))):
        assert rate(TARGET, both, NearRequest(), Leaked()) == 0.0
        assert played(TARGET, both, Nominal(), 20).calls.tolist() == [2.0] * 20


@dataclass(frozen=True)
class Scripted:
    """Gives replies in turn, and keeps what it was asked."""

    replies: tuple[Reply, ...]
    seen: list[Conversation]
    recipe: str = "scripted"
    title: str = "scripted"

    def reply(self, asked: Sequence[Conversation]) -> list[Reply]:
        start = len(self.seen)
        self.seen.extend(asked)
        return list(self.replies[start : start + len(asked)])


def test_what_failed_or_calls_a_tool_is_not_asked_about_and_the_second_failure_is_an_error() -> None:
    drafts = (Reply("", error="HTTP 500", asked=3), Reply("one moment", (Call("book"),)), Reply("draft", tokens=5, asked=2), Reply("draft"))
    one = Scripted((*drafts, Reply("better", tokens=7), Reply("", error="no connection", asked=0)), [])
    said = Critic(one, ("Be kind.",)).reply([Conversation("p", ("d",), (("user", f"question {k}"),), 0.5) for k in range(4)])
    assert said[:2] == list(drafts[:2])
    assert said[2] == Reply("better", tokens=12, asked=3)
    assert (said[3].error, said[3].asked) == ("no connection", 1)
    assert one.seen[4] == Conversation("p", ("d",), (("user", "question 2"), ("assistant", "draft"), ("user", CRITIQUE.format(rules="- Be kind."))), 0.5)


def test_its_words_are_known_and_its_rules_are_those_given() -> None:
    assert CRITIQUE.startswith(CRITICISED)
    for given, rules in ((SelfCritique(), RULES), (SelfCritique(constitution=("C",)), ("C",)), (SelfCritique(("R",), ("C",)), ("R",))):
        around = given.around(Clinic())
        assert isinstance(around, Critic)
        assert around.rules == rules
    with pytest.raises(InputError, match="one is empty"):
        SelfCritique((" ",))
    assert len({SelfCritique(rules).around(Clinic()).recipe for rules in ((), ("a",), ("b",))}) == 3
    assert np.isfinite(rate(TARGET, SelfCritique(("a",)), Nominal(), WrongAnswer()))
