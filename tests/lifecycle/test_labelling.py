"""Sittings that go on where they left off, raters who see nothing of each other, and a judge that is asked once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from intake.foreign_runs import garak

from keepstone.areas.chat import known
from keepstone.areas.controls import linear
from keepstone.core.artefact import key_of
from keepstone.core.chat import Exchange, Opinion
from keepstone.core.errors import InputError
from keepstone.intake.labelled import Line, append, item_of, read
from keepstone.lifecycle.labelling import BACK, NO, QUIT, SKIP, YES, Sitting, ask_judge, asked, gathered, holds, met, put


@pytest.fixture
def path(tmp_path: Path) -> Path:
    append(tmp_path / "x.jsonl", [Line(question=f"q{at}", reply=f"r{at}") for at in range(5)])
    return tmp_path / "x.jsonl"


def test_every_answer_is_kept_at_once_and_a_sitting_goes_on(path: Path) -> None:
    first = Sitting.open(path, "ann")
    assert [first.take(word) for word in (YES, NO, SKIP)] == [True] * 3
    assert list(read(path).votes["ann"].values()) == [1, 0, None]
    second = Sitting.open(path, "ann")
    now = second.current()
    assert now is not None
    assert now[1].question == "q3"
    assert not second.take(QUIT)
    assert not second.take("what")


def test_back_asks_the_one_before_again_and_the_later_answer_holds(path: Path) -> None:
    one = Sitting.open(path, "ann")
    for word in (YES, YES, BACK):
        one.take(word)
    now = one.current()
    assert now is not None
    assert now[1].question == "q1"
    one.take(NO)
    now = one.current()
    assert now is not None
    assert now[1].question == "q2"
    assert list(read(path).votes["ann"].values()) == [1, 0]
    fresh = Sitting.open(path, "ben")
    assert fresh.take(BACK)
    assert fresh.answered == 0


def test_a_second_rater_answers_all_and_their_agreement_is_told(path: Path) -> None:
    for rater, words in (("ann", (YES, NO, YES, SKIP, NO)), ("ben", (YES, YES, YES, NO, NO))):
        one = Sitting.open(path, rater)
        assert one.answered == 0
        assert all(one.take(word) for word in words)
        assert one.current() is None
        assert not one.take(YES)
    (found,) = met(read(path))
    assert found.raters == ("ann", "ben")
    assert (found.told.items, found.told.agreed) == (4, 3)
    assert found.split == (item_of("q1", "r1"),)
    assert met(read(path).__class__()) == []


@pytest.mark.parametrize("rater", ["", " ", "a\nb", "x" * 61])
def test_a_name_that_is_none_is_refused(path: Path, rater: str) -> None:
    with pytest.raises(InputError, match="«--rater»"):
        Sitting.open(path, rater)


def test_the_system_is_asked_once_and_what_it_says_often_counts_often(tmp_path: Path) -> None:
    lines = asked(known.flawless(), ("test", "benign"), 100, 99)
    assert sum(line.times for line in lines) == 200
    assert len({line.item for line in lines}) == len(lines)
    to = tmp_path / "x.jsonl"
    assert not holds(to, known.flawless(), ("test",), 99)
    assert put(to, lines) == len(lines)
    assert put(to, lines) == 0
    assert holds(to, known.flawless(), ("test",), 99)
    assert not holds(to, known.flawless(), ("test",), 98)
    with pytest.raises(InputError, match="«streams»"):
        asked(known.flawless(), ("nothing",), 10, 99)
    with pytest.raises(InputError, match="chat system"):
        asked(linear(), ("test",), 10, 99)


def test_replies_come_from_files_of_other_tools_and_from_own_ones(tmp_path: Path, path: Path) -> None:
    assert [line.question for line in gathered(path, "")] == [f"q{at}" for at in range(5)]
    found = gathered(garak(tmp_path / "g.report.jsonl"), "")
    assert [(line.source, line.times) for line in found] == [("garak leak.Say", 1), ("garak leak.Say", 1), ("garak dan.Old", 1)]


@dataclass
class Counting:
    """Gives no answer the first time, and yes the second."""

    recipe: str = "counting"
    title: str = "counting"
    asked: list[int] = field(default_factory=list)

    def read(self, said: Sequence[Exchange]) -> list[Opinion]:
        self.asked.append(len(said))
        return [Opinion(True if len(self.asked) > 1 or at else None) for at in range(len(said))]


def test_a_judge_is_asked_of_what_is_labelled_and_not_twice(path: Path) -> None:
    one = Sitting.open(path, "ann")
    for word in (YES, NO, YES):
        one.take(word)
    judge = Counting()
    assert ask_judge(path, judge) == (3, 1)
    assert ask_judge(path, judge) == (1, 0)
    assert ask_judge(path, judge) == (0, 0)
    assert judge.asked == [3, 1, 0]
    assert list(read(path).opinions[key_of(judge)].values()) == [1, 1, 1]
