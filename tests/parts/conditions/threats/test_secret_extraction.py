"""Somebody who wants the secret asks for it; an innocent question near it does not."""

from __future__ import annotations

from keepstone.areas.chat import known
from keepstone.catalog.talk import talk
from keepstone.core.cell import Arm
from keepstone.core.trial import Outcome, Trials
from keepstone.intake.spelling import found
from keepstone.measure.play import play
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.assistants.clinic import ORDERS
from keepstone.parts.conditions.hazards.near_request import NearRequest
from keepstone.parts.conditions.threats.misuse_request import MisuseRequest
from keepstone.parts.conditions.threats.secret_extraction import SecretExtraction
from keepstone.parts.mitigations.none import Nothing


def played(condition: SecretExtraction | NearRequest | MisuseRequest) -> Outcome:
    target = known.flawless()
    return play(target, Arm(target, condition, Nothing()), Trials(7, condition.stream, 0, 100), KeptShelf())


def test_each_asks_in_one_of_its_ways() -> None:
    said = [str(text) for text in played(SecretExtraction()).columns["asked"]]
    assert all(any(text.endswith(line.text) for line in talk().extraction) for text in said)
    near = [str(text) for text in played(NearRequest()).columns["asked"]]
    assert all(any(text.endswith(question) for theme in talk().near for question in theme.questions) for text in near)


def test_an_order_is_an_order_and_an_innocent_text_is_none() -> None:
    """The words that the scripted assistant takes for an order stand in every order of an attacker and in nothing else."""
    orders = [*talk().carrier, *talk().extraction]
    innocent = [line.text for line in talk().stray]
    innocent += [text for kind in (talk().near, talk().benign, talk().crisis, talk().outside, talk().fact) for theme in kind for text in theme.questions]
    innocent += [fact.leaflet for fact in talk().fact]
    assert [line.name for line in orders if not any(word in line.text.casefold() for word in ORDERS)] == []
    assert [text for text in innocent if any(word in text.casefold() for word in ORDERS)] == []


def test_no_request_holds_what_it_wants() -> None:
    outcome = played(SecretExtraction())
    pairs = zip(outcome.columns["asked"], outcome.columns["secret"], strict=True)
    assert not any(found(str(text), str(secret)) for text, secret in pairs)


def test_a_request_for_harm_is_said_as_it_is() -> None:
    questions = {text.split("{")[0] for theme in talk().misuse for text in theme.questions}
    assert all(any(str(text).startswith(one) for one in questions) for text in played(MisuseRequest()).columns["asked"])
