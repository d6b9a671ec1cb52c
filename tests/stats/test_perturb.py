"""A row is moved no further than its columns allow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepstone.core.table import Feature
from keepstone.stats.perturb import Room, errors, groups, settle, size

FEATURES = (
    Feature(name="lab", lower=0.0, upper=20.0, error_abs=1.0, error_rel=0.1, missing=True),
    Feature(name="age", immutable=True, error_abs=1.0),
    Feature(name="visits", kind="integer", lower=0, upper=9, error_abs=1.0),
    Feature(name="ward", kind="category", levels=("a", "b", "c"), error_abs=1.0),
    Feature(name="red", kind="binary", one_hot="colour", error_abs=1.0),
    Feature(name="blue", kind="binary", one_hot="colour", error_abs=1.0),
    Feature(name="green", kind="binary", one_hot="colour", error_abs=1.0),
    Feature(name="exact"),
)
ROWS = np.array([[15.0, 50.0, 4.0, 1.0, 0.0, 1.0, 0.0, 7.0], [np.nan, 60.0, 0.0, 2.0, 1.0, 0.0, 0.0, 7.0], [25.0, 70.0, 9.0, 0.0, 0.0, 0.0, 1.0, 7.0]])


def legal(asked: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> bool:
    """What holds of every settled row, read from the facts."""
    same = (asked == ROWS) | (np.isnan(asked) & np.isnan(ROWS))
    return bool(
        same[:, 1].all()
        and (np.isnan(asked[1, 0]) and (asked[0, 0] <= 20) and (0 <= asked[2, 0] <= 25))
        and (asked[:, 2] == np.rint(asked[:, 2])).all()
        and np.isin(asked[:, 2], np.arange(10)).all()
        and np.isin(asked[:, 3], (0, 1, 2)).all()
        and np.isin(asked[:, 4:7], (0, 1)).all()
        and (asked[:, 4:7].sum(axis=1) == 1).all()
    )


def test_errors_are_the_larger_of_both_and_nought_where_nothing_moves() -> None:
    assert errors(ROWS, FEATURES)[0].tolist() == [1.5, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0]
    assert errors(ROWS, FEATURES)[1, 0] == 0


@given(st.lists(st.floats(-1e3, 1e3), min_size=24, max_size=24))
def test_whatever_is_wanted_what_is_settled_is_legal(numbers: list[float]) -> None:
    settled = settle(np.array(numbers).reshape(3, 8), ROWS, FEATURES)
    assert legal(settled)
    assert np.array_equal(settle(settled, ROWS, FEATURES), settled, equal_nan=True)


@given(st.lists(st.floats(-1, 1), min_size=12, max_size=12), st.sampled_from([0.5, 1.0, 2.5]))
def test_every_place_of_a_room_is_legal_and_within_reach(numbers: list[float], reach: float) -> None:
    room = Room(ROWS, FEATURES, reach)
    asked = room.at(np.array(numbers)[: 3 * len(room.slots)].reshape(3, -1))
    assert legal(asked)
    step = np.abs(np.nan_to_num(asked - ROWS))[:, [0, 2]] / np.maximum(errors(ROWS, FEATURES)[:, [0, 2]], 1e-9)
    assert (step <= reach + 1e-9).all()
    assert (asked[:, 7] == 7).all()


def test_the_middle_of_a_room_is_the_row_itself() -> None:
    room = Room(ROWS, FEATURES, 2.0)
    assert np.array_equal(room.at(np.zeros((3, len(room.slots)))), ROWS, equal_nan=True)


def test_codes_and_groups_are_one_slot_each_and_open_where_a_change_is_paid() -> None:
    assert Room(ROWS, FEATURES, 1.0).slots == ((0,), (2,), (3,), (4, 5, 6))
    assert Room(ROWS, FEATURES, 0.5).slots == ((0,), (2,))
    dear = (*FEATURES[:3], Feature(name="ward", kind="category", levels=("a", "b", "c"), error_abs=1.0, cost=3.0))
    assert Room(ROWS[:, :4], dear, 2.0).slots == ((0,), (2,))
    assert Room(ROWS[:, :4], dear, 3.0).slots == ((0,), (2,), (3,))


def test_a_dear_column_moves_less() -> None:
    cheap, dear = (Room(np.array([[10.0]]), (Feature(name="x", error_abs=1.0, cost=cost),), 2.0).at(np.array([[1.0]]))[0, 0] for cost in (1.0, 4.0))
    assert (cheap, dear) == (12.0, 10.5)


def test_an_integer_is_rounded_towards_the_row() -> None:
    room = Room(np.array([[5.0]]), (Feature(name="n", kind="integer", error_abs=0.9),), 1.0)
    assert room.at(np.array([[1.0]]))[0, 0] == 5
    assert Room(np.array([[5.0]]), (Feature(name="n", kind="integer", error_abs=0.9),), 2.0).at(np.array([[-1.0]]))[0, 0] == 4


def test_all_levels_of_a_code_can_be_reached_and_a_corner_takes_ends() -> None:
    room = Room(np.tile(ROWS[:1], (50, 1)), FEATURES, 1.0)
    corner = room.corner(np.linspace(0, 0.999, 50)[:, None].repeat(4, axis=1))
    asked = room.at(corner)
    assert set(corner[:, 0].tolist()) == {-1.0, 1.0}
    assert set(asked[:, 3].tolist()) == {0.0, 1.0, 2.0}
    assert len(np.unique(asked[:, 4:7], axis=0)) == 3


def test_size_is_the_mean_step_of_what_was_changed() -> None:
    moved = ROWS.copy()
    moved[0, 0] += 3.0  # two errors
    moved[0, 3] = 0.0  # a code: one
    assert size(moved, ROWS, FEATURES).tolist() == [1.5, 0.0, 0.0]
    moved[2, 0] = np.nan  # hidden: one
    assert size(moved, ROWS, FEATURES)[2] == 1.0


def test_groups_are_found_by_name() -> None:
    assert groups(FEATURES) == ((4, 5, 6),)
    fixed = (Feature(name="a", one_hot="g", kind="binary", immutable=True), Feature(name="b", one_hot="g", kind="binary"))
    assert settle(np.array([[0.0, 1.0]]), np.array([[1.0, 0.0]]), fixed).tolist() == [[1.0, 0.0]]


@pytest.mark.parametrize("value", [25.0, -3.0])
def test_a_value_already_outside_goes_no_further_out(value: float) -> None:
    row = np.array([[value]])
    features = (Feature(name="x", lower=0.0, upper=20.0, error_abs=1.0),)
    assert settle(row + np.sign(value) * 5, row, features)[0, 0] == value
