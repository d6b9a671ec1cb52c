from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.core.channel import INPUT, OUTPUT, Ruling, Signal
from keepstone.core.errors import InputError
from keepstone.core.screened import allowed
from keepstone.parts.mitigations.query_budget import QueryBudget

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.core.channel import Floats
    from keepstone.core.part import Target
    from keepstone.measure.shelf import KeptShelf
    from keepstone.parts.targets.classifier import Classifier


def request(rows: int) -> Signal:
    return Signal(np.zeros((rows, 2)), np.zeros(rows, dtype=np.int8))


def test_it_is_sound_and_ordinary_use_is_not_touched(
    sound: Callable[..., Target], ward: Classifier, play: Callable[..., dict[str, Floats]], equal: Callable[..., bool]
) -> None:
    assert equal(play(sound(QueryBudget(queries=1))), play(ward))


def test_a_client_is_refused_after_its_answers_and_others_are_not() -> None:
    screen, mine, yours = QueryBudget(queries=3), dict[str, bytes](), dict[str, bytes]()
    assert [int(screen.begin(1, mine)(INPUT, request(1)).rulings[0]) for _ in range(5)] == [0, 0, 0, Ruling.BLOCKED, Ruling.BLOCKED]
    assert screen.begin(1, yours)(INPUT, request(1)).rulings.tolist() == [0]


def test_row_k_of_a_batch_is_client_k() -> None:
    screen, memory = QueryBudget(queries=1), dict[str, bytes]()
    assert screen.begin(2, memory)(INPUT, request(2)).rulings.tolist() == [0, 0]
    assert screen.begin(3, memory)(INPUT, request(3)).rulings.tolist() == [Ruling.BLOCKED, Ruling.BLOCKED, 0]


def test_what_it_remembers_of_a_client_is_a_count() -> None:
    memory = dict[str, bytes]()
    QueryBudget().begin(1, memory)(INPUT, request(1))
    assert memory == {"query_budget.asked": b"\x01\x00\x00\x00"}


def test_an_attack_is_told_how_many_answers_it_gets(ward: Classifier, shelf: KeptShelf) -> None:
    assert allowed(ward, 50) == 50
    assert allowed(QueryBudget(queries=10).wrap(ward, shelf), 50) == 10
    assert allowed(QueryBudget(queries=10).wrap(ward, shelf), 5) == 5
    assert allowed(QueryBudget(queries=7).wrap(QueryBudget(queries=10).wrap(ward, shelf), shelf), 50) == 7


def test_a_stricter_ruling_stays_and_the_output_is_left_alone() -> None:
    tap = QueryBudget(queries=1).begin(1, {"query_budget.asked": b"\x01\x00\x00\x00"})
    assert tap(INPUT, Signal(np.zeros((1, 2)), np.array([4], dtype=np.int8))).rulings.tolist() == [Ruling.STOPPED]
    said = request(1)
    assert tap(OUTPUT, said) is said


def test_a_budget_that_answers_nobody_is_refused() -> None:
    with pytest.raises(InputError, match="«queries»"):
        QueryBudget(queries=0)
