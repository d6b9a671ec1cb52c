"""What is learned on other rows helps on these, and is the same each time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepstone.areas import controls
from keepstone.core.channel import Signal
from keepstone.core.table import Rule
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.mitigations.label_only import LabelOnly
from keepstone.stats.perturb import Room
from keepstone.stats.rehearsal import KEPT, Donors, Places, Sets, all_sets, attached, cover, rehearsed, rehearsed_sets, without

LABS = (4, 5, 6, 7)


@given(st.integers(0, 2**20), st.integers(1, 12))
def test_a_cover_turns_as_much_as_can_be_with_as_few_as_it_claims(bits: int, moves: int) -> None:
    turned = np.array([[(bits >> (3 * move + row)) & 1 for row in range(8)] for move in range(moves)], dtype=bool)
    ranked = cover(turned, 100)
    assert len(set(ranked.tolist())) == len(ranked) == int(turned.any(axis=1).sum())
    if len(ranked):
        assert turned[ranked[0]].sum() == turned.sum(axis=1).max()
        assert turned[ranked].any(axis=0).tolist() == turned.any(axis=0).tolist()


def test_sets_are_all_there_are() -> None:
    assert all_sets(4, 2).sum(axis=1).tolist() == [2] * 6
    assert len({some.tobytes() for some in all_sets(5, 3)}) == 10
    assert all_sets(3, 3).tolist() == [[True, True, True]]


def test_without_hides_and_attached_replaces() -> None:
    x = np.arange(6.0).reshape(2, 3)
    assert np.isnan(without(x, (0, 2), np.array([True, False]))).tolist() == [[True, False, False], [True, False, False]]
    assert attached(x, np.full((1, 3), 9.0), (1,)).tolist() == [[0.0, 9.0, 2.0], [3.0, 9.0, 5.0]]
    assert x.tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]


def share_turned(first: int) -> tuple[float, float]:
    """Of the flagged test cases, those that the best learned place turns, and those that an average corner turns."""
    target = LabelOnly().wrap(controls.linear(), KeptShelf())
    x = controls.linear().test.x
    flagged = x[np.asarray(target.answer(Signal(x, np.zeros(len(x), dtype=np.int8))).values)[:, 1] == 1]
    room = Room(flagged, controls.linear().features, 1.0)

    def turned(place: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
        said = target.answer(Signal(room.at(np.broadcast_to(place, (len(flagged), len(room.slots)))), np.zeros(len(flagged), dtype=np.int8)))
        return float((np.asarray(said.values)[:, 1] == 0).mean())

    learned = rehearsed(target, KeptShelf(), "missed", 3, errors=1.0)
    corners = [np.where((first >> (5 * at)) & np.array([1, 2, 4, 8, 16]), 1.0, -1.0) for at in range(6)]
    return turned(learned[0]), float(np.mean([turned(corner) for corner in corners]))


def test_a_learned_place_turns_far_more_than_a_random_one_though_no_score_is_shown() -> None:
    best, average = share_turned(0b10110_01011_11001_00110_10101_01010)
    assert best > 0.15
    assert best > 3 * average


@pytest.mark.parametrize("goal", ["missed", "alarm", "any"])
def test_rehearsals_are_the_same_each_time_and_have_their_shapes(goal: str) -> None:
    target = controls.linear()
    places, sets, donors = Places(target, goal, 3, 1.0), Sets(target, goal, 3, LABS, 2), Donors(target, goal, 3, LABS)
    first, second = (one.make(KeptShelf()) for one in (places, Places(target, goal, 3, 1.0)))
    assert np.array_equal(first["places"], second["places"])
    assert first["places"].shape[1] == 5
    assert len(first["places"]) <= KEPT
    assert (sets.make(KeptShelf())["sets"].sum(axis=1) == 2).all()
    assert donors.make(KeptShelf())["donors"].max() < target.size("search")
    assert len({places.key, sets.key, donors.key, Places(target, goal, 4, 1.0).key, Places(target, goal, 3, 2.0).key}) == 5


def test_where_nothing_turns_nothing_is_learned_and_where_nothing_is_known_nothing_is_tried() -> None:
    assert len(rehearsed(controls.immutable_only(), KeptShelf(), "missed", 3, errors=1.0)) == 0
    bare = controls.sliced(Rule(((0, "a", ">", 1.0),)), 3, weak=False)
    assert rehearsed(bare, KeptShelf(), "missed", 3, errors=1.0).shape == (0, 0)
    assert rehearsed_sets(bare, KeptShelf(), "missed", 3, columns=(0, 1), count=1).shape == (0, 2)
