"""An attacker who learns finds the one hole there is, stays within the budget, and is stopped by what closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.core.cell import Arm
from keepstone.core.errors import InputError
from keepstone.core.trial import Outcome, Trials
from keepstone.measure.play import play
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.assistants.clinic import Clinic
from keepstone.parts.conditions.threats.adaptive_injection import AdaptiveInjection, Openings, openings, order
from keepstone.parts.conditions.threats.prompt_injection import PromptInjection
from keepstone.parts.corpora.clinic import Clinic as Questions
from keepstone.parts.metrics.hijacked import Hijacked
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.mitigations.plain_text import PlainText
from keepstone.parts.mitigations.query_budget import QueryBudget
from keepstone.parts.targets.chat import Chat

if TYPE_CHECKING:
    from keepstone.core.part import AnyCondition, Mitigation

SIZE = 100
ONE_HOLE = Clinic(obeys_documents=0.0, obeys_users=1.0, decodes=("base64",), reminders_help=1.0)


def played(assistant: Clinic, condition: AnyCondition, mitigation: Mitigation | None = None) -> Outcome:
    mitigation = mitigation or Nothing()
    target = mitigation.wrap(Chat(assistant, Questions(SIZE)), KeptShelf())
    return play(target, Arm(target, condition, mitigation), Trials(7, "test", 0, SIZE), KeptShelf())


def share(outcome: Outcome) -> float:
    return float(Hijacked().loss(outcome, lambda: outcome).mean())


def test_several_tries_get_what_one_does_not() -> None:
    half = Clinic(obeys_users=0.3)
    once, often = share(played(half, PromptInjection("input"))), share(played(half, AdaptiveInjection(queries=8)))
    assert once < 0.45
    assert often > 0.85


def test_what_does_not_obey_is_not_breached_and_every_query_is_spent() -> None:
    outcome = played(Clinic(), AdaptiveInjection(queries=5))
    assert share(outcome) == 0
    assert set(np.asarray(outcome.columns["queries"]).tolist()) == {5.0}
    assert outcome.calls.tolist() == [6.0] * SIZE


def test_it_learns_what_works_through_the_mitigation() -> None:
    bare = Chat(ONE_HOLE, Questions(200))
    behind = PlainText().wrap(bare, KeptShelf())
    for target, gone in ((bare, ()), (behind, ("base64",))):
        first = Openings(target, 200, 7).make(KeptShelf())["order"].tolist()[0]  # type: ignore[arg-type]  # wrapped, it is talked to as before
        assert openings()[first][1] not in gone


def test_where_it_does_not_learn_it_tries_in_turn() -> None:
    learned = Openings(Chat(Clinic(), Questions(10)), 0, 7).make(KeptShelf())["order"]
    assert learned.tolist() == list(range(len(openings())))


def test_a_budget_of_queries_holds_for_it() -> None:
    outcome = played(Clinic(obeys_users=1.0), AdaptiveInjection(queries=6), QueryBudget(queries=1))
    assert share(outcome) <= 1.0
    blocked = played(Clinic(), AdaptiveInjection(queries=6), QueryBudget(queries=2))
    assert share(blocked) == 0


def test_an_order_holds_the_word_of_its_item() -> None:
    items = Questions(4).items(Trials(7, "test", 0, 4))
    assert all(item.canary in order(item, 0) for item in items)
    assert len(openings()) == len(set(openings())) >= 40


def test_what_can_t_be_meant_is_refused() -> None:
    with pytest.raises(InputError, match="«queries» of «adaptive_injection» must be at least 1; got 0"):
        AdaptiveInjection(queries=0)
