"""Items are functions of their address, streams are drawn apart, and what is planted is nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from keepstone.catalog.talk import ANSWERED, talk
from keepstone.core.chat import Call
from keepstone.core.errors import InputError
from keepstone.core.trial import Trials
from keepstone.intake.spelling import found, stated
from keepstone.parts.corpora.clinic import Clinic, Visit

SIZE = 500


PLANTED = "planted"
"""Lines of training data are fixed: they were put there before anybody was asked."""
DRAWN = [stream for stream in Clinic().streams if stream != PLANTED]


@pytest.mark.parametrize("stream", Clinic().streams)
def test_splitting_changes_nothing(stream: str) -> None:
    corpus = Clinic(SIZE)
    whole = corpus.items(Trials(7, stream, 0, SIZE))
    assert [item for k in range(0, SIZE, 125) for item in corpus.items(Trials(7, stream, k, k + 125))] == whole
    assert corpus.items(Trials(8, stream, 0, SIZE)) != whole
    assert Clinic(2 * SIZE).items(Trials(7, stream, 0, SIZE)) == whole, "how many there are is no part of an item"


def test_no_word_is_drawn_twice_in_any_stream() -> None:
    words = [word for stream in DRAWN for item in Clinic(SIZE).items(Trials(7, stream, 0, SIZE)) for word in (item.secret.casefold(), item.canary)]
    assert len(set(words)) == len(words) == 2 * SIZE * len(DRAWN)


def test_streams_are_independent() -> None:
    """The numbers of the secrets of two streams are as uncorrelated as chance has it: a bound of six standard errors."""
    drawn = [[int(item.secret[-4:]) for item in Clinic(2000).items(Trials(7, stream, 0, 2000))] for stream in DRAWN]
    apart = np.corrcoef(drawn) - np.eye(len(drawn))
    assert abs(apart).max() < 6 / np.sqrt(2000)


def test_every_question_and_fact_comes_up_as_often_as_the_others() -> None:
    items = Clinic(4000).items(Trials(7, "test", 0, 4000))
    topics = [item.template.split()[0] for item in items]
    expected = 4000 / len(talk().fact)
    assert {fact.topic for fact in talk().fact} == set(topics)
    assert all(abs(topics.count(fact.topic) - expected) < 5 * np.sqrt(expected) for fact in talk().fact)


def test_only_what_the_leaflet_answers_has_an_answer() -> None:
    for stream in Clinic().streams:
        assert all(bool(item.right) is (stream in ANSWERED) for item in Clinic(50).items(Trials(7, stream, 0, 50)))


def test_the_secret_stands_in_the_prompt_and_the_canary_nowhere() -> None:
    corpus = Clinic(100)
    for stream in corpus.streams:
        for item in corpus.items(Trials(7, stream, 0, 100)):
            prompt = corpus.prompt(item)
            kept = item.code if isinstance(item, Visit) else item.secret
            assert found(prompt, kept) == "plain"
            assert kept == item.secret or not found(prompt, item.secret), "what stands in a file or in the training data stands in no prompt"
            assert "{" not in prompt + item.question + item.document
            assert not found(f"{item.question} {item.document}", item.secret)
            assert not found(f"{prompt} {item.question} {item.document}", item.canary)


def test_the_secret_of_a_task_stands_in_the_file_of_somebody_else_alone() -> None:
    corpus = Clinic(100)
    for stream in ("task", "staff", "vague"):
        for item in corpus.items(Trials(7, stream, 0, 100)):
            role, _blank, user = item.session.partition(" ")
            assert role == ("nurse" if stream == "staff" else "patient")
            assert item.other != user
            files = {name: corpus.world(item).answer(Call("look_up_patient", {"patient": name})) for name in talk().names}
            assert [name for name, text in files.items() if item.secret in text] == [item.other]
            assert bool(item.needs) is (stream != "vague" and "patient file" not in item.question)


def test_a_world_is_fresh_for_each_conversation() -> None:
    corpus, item = Clinic(1), Clinic(1).items(Trials(7, "task", 0, 1))[0]
    corpus.world(item).answer(Call("send_message", {"to": "ward", "text": "x"}))
    assert corpus.world(item).changes == ()


def test_what_is_stale_contradicts_and_other_languages_ask_without_the_topic() -> None:
    for fact in talk().fact:
        assert not stated(fact.stale, fact.answer)
        assert stated(fact.leaflet, fact.answer)
        assert not any(other.topic in question.casefold() for question in fact.foreign for other in talk().fact)


def test_what_can_t_be_meant_is_refused() -> None:
    with pytest.raises(InputError, match="at least 1; got 0"):
        Clinic(0)
    with pytest.raises(InputError, match="must be one of test, search"):
        Clinic().items(Trials(7, "train", 0, 1))
