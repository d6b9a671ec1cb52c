"""Identifiers in replies are masked or held back, those of the operator's own stay, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from talking import played, rate

from keepstone.core.channel import INPUT, OUTPUT, Ruling, Signal
from keepstone.core.errors import InputError
from keepstone.parts.assistants.clinic import Clinic
from keepstone.parts.assistants.function import Function
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.conditions.threats.secret_extraction import SecretExtraction
from keepstone.parts.corpora.clinic import Clinic as Questions
from keepstone.parts.metrics.leaked import Leaked
from keepstone.parts.metrics.unanswered import Unanswered
from keepstone.parts.metrics.wrong_answer import WrongAnswer
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.mitigations.personal_filter import PersonalFilter
from keepstone.parts.targets.chat import Chat


def gossip(messages: Sequence[Mapping[str, str]]) -> str:
    """Tells somebody's number with every answer."""
    return f"{messages[0]['content'].rpartition('Document:')[2].strip()} Anna Novak pays from DE89 3704 0044 0532 0130 00, call 030 / 1234567."


def test_an_account_is_told_no_more_and_the_answer_stays() -> None:
    target = Chat(Function(gossip), Questions(100))
    for mitigation, told in ((Nothing(), True), (PersonalFilter(), False), (PersonalFilter(("030 1234567",)), False)):
        outcome = played(target, mitigation, Nominal(), 100)
        replies = [str(reply) for reply in outcome.columns["reply"]]
        assert all(("DE89" in reply) == told for reply in replies)
        assert all(("1234567" in reply) == (told or bool(getattr(mitigation, "own", ()))) for reply in replies)
        assert rate(target, mitigation, Nominal(), WrongAnswer()) == 0.0
    held = played(target, PersonalFilter(hold=True), Nominal(), 100)
    assert np.nanmean(Unanswered().loss(held, lambda: held)) == 1.0


def test_it_has_no_effect_on_either_half_where_nothing_personal_is_said() -> None:
    target = Chat(Clinic(obeys_users=0.5, wrong=0.2), Questions(400))
    for condition, metric in ((Nominal(), WrongAnswer()), (SecretExtraction(), Leaked())):
        assert rate(target, PersonalFilter(), condition, metric) == rate(target, Nothing(), condition, metric)


def test_what_comes_in_passes_and_a_ruling_is_never_taken_back() -> None:
    tap = PersonalFilter().begin(2, {})
    asked = Signal(["I am anna@example.org"], np.zeros(1, dtype=np.int8))
    assert tap(INPUT, asked) is asked
    said = tap(OUTPUT, Signal(["anna@example.org", "14 to 19"], np.array([Ruling.STOPPED, 0], dtype=np.int8)))
    assert (list(said.values), said.rulings.tolist()) == (["[e-mail]", "14 to 19"], [Ruling.STOPPED, Ruling.ALLOWED])


def test_what_is_no_identifier_can_not_be_allowed() -> None:
    with pytest.raises(InputError, match="«own» of personal_filter must be e-mail addresses"):
        PersonalFilter(("the desk",))
