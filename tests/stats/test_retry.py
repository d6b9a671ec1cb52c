"""Blind retry keeps the first draw that does it, asks about nothing twice, and never lets an answer guide a draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from keepstone.stats.chance import Address, uniform
from keepstone.stats.retry import luckiest

if TYPE_CHECKING:
    from keepstone.core.channel import Floats, Ints


def draws(rows: int) -> Floats:
    return np.stack([uniform(Address(1, "test", 0, rows), f"try.{k}", 1) for k in range(8)])


def test_it_keeps_the_first_that_does_it_and_else_the_last() -> None:
    all_draws = draws(500)
    kept = luckiest(lambda k, at: all_draws[k][at], 500, 8, lambda x: np.where(x[:, 0] > 0.9, 1.0, 0.0), 1.0)[:, 0]
    hit = all_draws[:, :, 0] > 0.9
    first = np.where(hit.any(axis=0), hit.argmax(axis=0), 7)
    assert np.array_equal(kept, all_draws[first, np.arange(500), 0])


def test_one_try_asks_nothing() -> None:
    def refuse(x: Floats) -> Floats:
        raise AssertionError

    assert luckiest(lambda k, at: draws(5)[k][at], 5, 1, refuse, 1.0).shape == (5, 1)


def test_a_decision_that_is_none_is_not_the_wanted_one() -> None:
    asked: list[int] = []

    def decide(x: Floats) -> Floats:
        asked.append(len(x))
        return np.full(len(x), np.nan)

    luckiest(lambda k, at: draws(5)[k][at], 5, 4, decide, 0.0)
    assert asked == [5, 5, 5]


def test_only_rows_that_are_left_are_drawn_and_asked_again() -> None:
    seen: list[int] = []

    def draw(k: int, at: Ints) -> Floats:
        seen.append(len(at))
        return np.asarray(draws(100)[k][at], dtype=np.float64)

    luckiest(draw, 100, 8, lambda x: np.where(x[:, 0] > 0.5, 1.0, 0.0), 1.0)
    assert seen[0] == 100
    assert seen[1] < 70
    assert seen == sorted(seen, reverse=True)
