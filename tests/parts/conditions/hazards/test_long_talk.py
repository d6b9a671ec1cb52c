"""Users speak in turns: as many as were asked for, the question in the last, whoever has fewer of them later."""

from __future__ import annotations

import numpy as np
import pytest

from keepstone.areas.chat import known
from keepstone.core.cell import Arm
from keepstone.core.errors import InputError
from keepstone.core.origin import Side, side_of
from keepstone.core.trial import Outcome, Trials
from keepstone.measure.play import play
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.conditions.hazards.growing_talk import LEVELS, GrowingTalk
from keepstone.parts.conditions.hazards.long_talk import LongTalk
from keepstone.parts.conditions.hazards.operator_order import OperatorOrder
from keepstone.parts.conditions.hazards.slow_crisis import SlowCrisis
from keepstone.parts.conditions.threats.claimed_role import ClaimedRole
from keepstone.parts.conditions.threats.crescendo import Crescendo
from keepstone.parts.conditions.threats.many_shot import ManyShot
from keepstone.parts.mitigations.none import Nothing

Talk = LongTalk | GrowingTalk | SlowCrisis | Crescendo | ManyShot


def played(condition: Talk, trials: int = 60) -> tuple[Outcome, list[str]]:
    target, address = known.flawless(), Trials(7, condition.stream, 0, trials)
    return play(target, Arm(target, condition, Nothing()), address, KeptShelf()), [item.question for item in target.corpus.items(address)]


@pytest.mark.parametrize("turns", [1, 2, 8])
def test_a_talk_has_its_turns_and_ends_with_the_question(turns: int) -> None:
    outcome, questions = played(LongTalk(turns))
    assert outcome.calls.tolist() == [float(turns)] * 60
    for text, question in zip(outcome.columns["asked"], questions, strict=True):
        assert str(text).split("\n")[-1] == question
        assert len(str(text).split("\n")) == turns


def test_danger_is_named_in_the_last_two_turns() -> None:
    outcome, questions = played(SlowCrisis(4))
    assert all(str(text).split("\n")[2] == question for text, question in zip(outcome.columns["asked"], questions, strict=True))
    assert all(str(text).split("\n")[3].startswith(f"{question} ") for text, question in zip(outcome.columns["asked"], questions, strict=True))


def test_talks_grow_to_their_sizes_and_each_is_drawn() -> None:
    outcome, questions = played(GrowingTalk("turns"))
    level = np.asarray(outcome.columns["level"])
    assert set(level.tolist()) == set(map(float, LEVELS["turns"]))
    assert outcome.calls.tolist() == level.tolist()
    assert all(str(text).endswith(question) for text, question in zip(outcome.columns["asked"], questions, strict=True))
    grown, questions = played(GrowingTalk("letters"))
    sizes = [len(str(text)) - len(question) for text, question in zip(grown.columns["asked"], questions, strict=True)]
    assert all(size == (level and level + 1) for size, level in zip(sizes, np.asarray(grown.columns["level"]).tolist(), strict=True))


@pytest.mark.parametrize("threat", [Crescendo(), Crescendo(2), ManyShot()])
def test_a_threat_has_its_order_in_the_last_turn_and_its_likeness_by_chance(threat: Crescendo | ManyShot) -> None:
    outcome, _questions = played(threat)
    for text, word in zip(outcome.columns["asked"], outcome.columns["canary"], strict=True):
        assert str(word) in str(text).split("\n")[-1]
        assert str(text).count(str(word)) == 1
    assert side_of(threat.origin) is Side.SECURITY
    likeness = threat.counterpart
    assert side_of(likeness.origin) is Side.SAFETY
    assert (likeness.channels, likeness.stream) == (threat.channels, threat.stream)


def test_as_many_turns_by_chance_as_by_intent() -> None:
    assert played(Crescendo(4))[0].calls.tolist() == played(Crescendo(4).counterpart)[0].calls.tolist()


def test_a_claimed_role_and_a_mixed_up_name_both_name_somebody_else() -> None:
    target, address = known.equipped(), Trials(7, "task", 0, 60)
    items = target.corpus.items(address)
    for condition in (ClaimedRole(), ClaimedRole().counterpart):
        asked = play(target, Arm(target, condition, Nothing()), address, KeptShelf()).columns["asked"]
        assert all(item.other in str(text) and item.other not in item.session for text, item in zip(asked, items, strict=True))


def test_what_can_not_be_meant_is_refused() -> None:
    with pytest.raises(InputError, match="«turns» of «long_talk» must be at least 1; got 0"):
        LongTalk(0)
    with pytest.raises(InputError, match="«turns» of «slow_crisis» must be at least 2; got 1"):
        SlowCrisis(1)
    with pytest.raises(InputError, match="«turns» of «crescendo» must be at least 2; got 1"):
        Crescendo(1)
    with pytest.raises(InputError, match="«examples» of «many_shot» must be at least 1; got 0"):
        ManyShot(0)
    with pytest.raises(InputError, match="«of» of «growing_talk» must be one of turns, letters, tools; got 'age'"):
        GrowingTalk("age")
    with pytest.raises(InputError, match="«kind» of «operator_order» must be one of stop, handover, rule; got 'go'"):
        OperatorOrder("go")
