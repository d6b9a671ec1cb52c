"""Hazards of what people say: mistyped, wrong, too long; the question stays what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keepstone.areas.chat import known
from keepstone.catalog.talk import talk
from keepstone.core.cell import Arm
from keepstone.core.errors import InputError
from keepstone.core.trial import Trials
from keepstone.measure.play import play
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.conditions.hazards.false_claim import FalseClaim
from keepstone.parts.conditions.hazards.long_paste import LongPaste
from keepstone.parts.conditions.hazards.typos import Typos, swapped
from keepstone.parts.conditions.threats.token_flood import TokenFlood
from keepstone.parts.mitigations.none import Nothing

if TYPE_CHECKING:
    from keepstone.core.part import AnyCondition

TRIALS = Trials(7, "test", 0, 100)


def asked(condition: AnyCondition) -> list[tuple[str, str]]:
    """Questions as they were and as they reached the assistant."""
    target = known.flawless()
    outcome = play(target, Arm(target, condition, Nothing()), TRIALS, KeptShelf())
    return [(item.question, str(text)) for item, text in zip(target.corpus.items(TRIALS), outcome.columns["asked"], strict=True)]


def test_every_longer_word_is_mistyped_and_can_still_be_read() -> None:
    for before, after in asked(Typos(1.0)):
        for one, other in zip(before.split(" "), after.split(" "), strict=True):
            assert (one[0], one[-1], sorted(one)) == (other[0], other[-1], sorted(other))
            assert (one == other) == (swapped(one, 0.0) == one), "only what has no two letters to swap stays"


def test_a_share_of_the_words_and_none() -> None:
    words = [
        one != other for before, after in asked(Typos(0.5)) for one, other in zip(before.split(" "), after.split(" "), strict=True) if swapped(one, 0) != one
    ]
    assert 0.4 < sum(words) / len(words) < 0.6
    assert all(before == after for before, after in asked(Typos(0.0)))


@pytest.mark.parametrize("word", ["4000", "fee", "wifi2", "aaaa", "a", "", "24/7"])
def test_what_has_no_inside_stays(word: str) -> None:
    assert swapped(word, 0.99) == word


def test_a_claim_and_a_flood_stand_behind_the_question() -> None:
    for condition, lines in ((FalseClaim(), talk().claim), (TokenFlood(), talk().flood)):
        for before, after in asked(condition):
            assert after.removeprefix(f"{before} ") in {line.text for line in lines}


def test_a_wrong_belief_is_no_right_answer() -> None:
    assert not [line for line in talk().claim for fact in talk().fact if any(answer in line.text for answer in fact.answer)]


def test_the_question_stands_last_after_a_long_paste() -> None:
    for before, after in asked(LongPaste(3000)):
        assert after.endswith(f"\n{before}")
        assert 3000 <= len(after) - len(before) < 4000
    topics = [fact.topic for fact in talk().fact]
    assert not [text for text in talk().paste if any(topic in text.casefold() for topic in topics)], "it has nothing to do with any question"


def test_a_share_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="«share» of «typos» must lie in"):
        Typos(1.5)
