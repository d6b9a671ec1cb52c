"""An attack keeps the best it found, goes on only where it is worth it, and never spends more than it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.areas import controls
from keepstone.core.channel import INPUT, OUTPUT, Ruling, Signal
from keepstone.core.errors import InputError
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.mitigations.query_budget import QueryBudget
from keepstone.stats.pursuit import Pursuit, check_goal, check_positive, submitted

if TYPE_CHECKING:
    from keepstone.core.channel import Floats, Ints, Rulings


class Told:
    """Answers with the first column as score, flagged from a half, and with the second column as ruling."""

    def __init__(self) -> None:
        self.asked = 0

    def ask(self, signal: Signal, of: Ints) -> Signal:
        rows = np.asarray(signal.values, dtype=np.float64)
        self.asked += len(of)
        rulings: Rulings = rows[:, 1].astype(np.int8)
        values = np.where((rulings > Ruling.CHANGED)[:, None], np.nan, np.column_stack([rows[:, 0], rows[:, 0] >= 0.5]))
        return Signal(values, rulings)

    def left(self) -> Ints:
        return np.zeros(0, dtype=np.int64)


def pursuit(rows: Floats, goal: str = "missed", queries: int = 3) -> tuple[Pursuit, Told]:
    told = Told()
    return Pursuit(told, controls.constant(), rows, goal=goal, queries=queries), told


ROWS = np.array([[0.9, 0.0], [0.2, 0.0], [0.6, 2.0]])


def test_only_what_can_matter_is_open() -> None:
    assert pursuit(ROWS)[0].open().tolist() == [0, 2]
    assert pursuit(ROWS, "alarm")[0].open().tolist() == [1, 2]
    assert pursuit(ROWS, "any")[0].open().tolist() == [0, 1]  # who was handed over has no decision to turn


def test_the_best_is_kept_and_a_turned_row_is_dropped() -> None:
    chase, told = pursuit(ROWS)
    of = chase.open()
    chase.ask(np.array([[0.7, 0.0], [0.4, 0.0]]), of)
    assert chase.best.tolist() == [[0.7, 0.0], [0.2, 0.0], [0.4, 0.0]]
    assert chase.open().tolist() == [0]
    chase.ask(np.array([[0.8, 0.0]]), np.array([0]))
    assert chase.best[0, 0] == 0.7
    assert chase.open().tolist() == []  # the budget is used
    assert told.asked == 6


def test_a_person_is_no_success_and_a_refusal_is_nothing() -> None:
    chase, _told = pursuit(ROWS[:1])
    handed = chase.ask(np.array([[0.1, 2.0]]), np.array([0]))
    blocked = chase.ask(np.array([[0.1, 3.0]]), np.array([0]))
    assert handed.handed.all()
    assert not blocked.handed.any()
    assert not chase.reached.any()
    assert chase.best[0, 0] == 0.9


def test_the_other_decision_counts_either_way() -> None:
    chase, _told = pursuit(ROWS[:2], "any")
    chase.ask(np.array([[0.6, 0.0], [0.4, 0.0]]), np.array([0, 1]))
    assert chase.best[:, 0].tolist() == [0.6, 0.4]
    chase.ask(np.array([[0.4, 0.0], [0.6, 0.0]]), np.array([0, 1]))
    assert chase.reached.all()


def test_a_client_gets_no_more_than_is_answered() -> None:
    target = QueryBudget(queries=2).wrap(controls.linear(), KeptShelf())
    assert Pursuit(Told(), target, ROWS, goal="missed", queries=50).left.tolist() == [1, 1, 1]


def test_probing_keeps_nothing() -> None:
    chase, _told = pursuit(ROWS[:1])
    assert chase.probe(np.array([[0.1, 0.0]]), np.array([0])).reached.all()
    assert not chase.reached.any()


def test_what_is_submitted_is_told() -> None:
    act = submitted(INPUT, lambda x: x + np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]), lambda asked, x: np.abs(asked - x).sum(axis=1))
    signal = Signal(ROWS, np.zeros(3, dtype=np.int8))
    assert act.tap(OUTPUT, signal) is signal
    act.tap(INPUT, signal)
    assert np.asarray(act.notes()["acted"]).tolist() == [1.0, 0.0, 0.0]
    assert np.asarray(act.notes()["size"]).tolist() == pytest.approx([1.0, 0.0, 0.0])


def test_what_can_t_be_meant_is_refused() -> None:
    with pytest.raises(InputError, match="The «goal» of «x» must be one of missed, alarm, any; got 'win'"):
        check_goal("win", "x")
    with pytest.raises(InputError, match="The «queries» of «x» must be above 0; got 0"):
        check_positive(0, "queries", "x")
    with pytest.raises(InputError, match="got nan"):
        check_positive(float("nan"), "queries", "x")
