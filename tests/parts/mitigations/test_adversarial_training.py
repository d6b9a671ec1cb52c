from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from keepstone.core.errors import InputError
from keepstone.core.table import Feature
from keepstone.parts.mitigations.adversarial_training import AdversarialTraining, worst
from keepstone.stats.chance import Address
from keepstone.stats.perturb import Room

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.core.channel import Floats
    from keepstone.core.part import Target

FEATURES = (Feature(name="a", error_abs=1.0), Feature(name="b", error_abs=2.0), Feature(name="age", immutable=True))


def linear_score(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-(x[:, 0] - x[:, 1]))), dtype=np.float64)


def test_it_is_sound(sound: Callable[..., Target]) -> None:
    sound(AdversarialTraining(rounds=2, tries=6))


def test_outcomes_are_moved_down_and_others_up_to_the_corner() -> None:
    x, y = np.tile([0.0, 0.0, 50.0], (40, 1)), (np.arange(40) % 2).astype(np.int8)
    moved = worst(linear_score, Room(x, FEATURES, 2.0), y, Address(1, "rows", 0, 40), 60)
    assert np.array_equal(moved[y == 1], np.tile([-2.0, 4.0, 50.0], (20, 1)))
    assert np.array_equal(moved[y == 0], np.tile([2.0, -4.0, 50.0], (20, 1)))


def test_no_row_is_moved_to_where_it_is_judged_better() -> None:
    x, y = np.linspace(-3, 3, 60).reshape(20, 3), (np.arange(20) % 2).astype(np.int8)
    moved = worst(linear_score, Room(x, FEATURES, 1.0), y, Address(1, "rows", 0, 20), 5)
    sign = np.where(y == 1, 1.0, -1.0)
    assert (sign * linear_score(moved) <= sign * linear_score(x)).all()


def test_a_room_without_slots_leaves_rows_as_they_are() -> None:
    x = np.zeros((4, 1))
    room = Room(x, (Feature(name="age", immutable=True),), 2.0)
    assert np.array_equal(worst(lambda rows: rows[:, 0], room, np.zeros(4, dtype=np.int8), Address(1, "rows", 0, 4), 3), x)


@pytest.mark.parametrize("wrong", [{"errors": 0.0}, {"rounds": 0}, {"share": 1.5}, {"tries": 0}])
def test_what_is_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=f"«{next(iter(wrong))}»"):
        AdversarialTraining(**wrong)
