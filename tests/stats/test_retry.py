"""Blind retry keeps the first draw that does it, leaves alone what is as wanted, and never lets an answer guide a draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from keepstone.areas import controls
from keepstone.stats.chance import Address, uniform
from keepstone.stats.retry import decisions, luckiest

if TYPE_CHECKING:
    from keepstone.core.channel import Floats, Ints

ROWS = 500
DRAWS = np.stack([uniform(Address(1, "test", 0, ROWS), f"try.{k}", 1) for k in range(7)])


def draw(k: int, at: Ints) -> Floats:
    return np.asarray(DRAWS[k][at], dtype=np.float64)


def high(x: Floats) -> Floats:
    return np.where(x[:, 0] > 0.9, 1.0, 0.0)


def test_it_keeps_the_first_that_does_it_and_else_the_last() -> None:
    kept = luckiest(np.zeros((ROWS, 1)), draw, 8, high, "alarm")[:, 0]
    hit = DRAWS[:, :, 0] > 0.9
    first = np.where(hit.any(axis=0), hit.argmax(axis=0), 6)
    assert np.array_equal(kept, DRAWS[first, np.arange(ROWS), 0])


def test_what_is_as_wanted_is_left_alone() -> None:
    x = np.linspace(0, 1, ROWS)[:, None]
    kept = luckiest(x, draw, 8, high, "alarm")
    assert np.array_equal(kept[x > 0.9], x[x > 0.9])
    turned = luckiest(x, draw, 8, high, "any")
    assert float((high(turned) != high(x)).mean()) > 0.5


def test_one_try_asks_nothing_and_spares_nobody() -> None:
    def refuse(x: Floats) -> Floats:
        raise AssertionError

    assert np.array_equal(luckiest(np.ones((ROWS, 1)), draw, 1, refuse, "missed"), DRAWS[0])


def test_no_decision_is_not_the_wanted_one_and_only_open_rows_are_asked() -> None:
    asked: list[int] = []

    def decide(x: Floats) -> Floats:
        asked.append(len(x))
        return np.full(len(x), np.nan)

    luckiest(np.zeros((5, 1)), draw, 4, decide, "missed")
    assert asked == [5, 5, 5]
    asked.clear()
    luckiest(np.zeros((5, 1)), draw, 4, decide, "any")
    assert asked == [5]


def test_decisions_are_those_of_a_client() -> None:
    target = controls.linear()
    found = decisions(target, target.test.x)
    assert np.array_equal(found, target.scorer(target.test.x).scores >= target.threshold)
