"""By decisions alone a direction is found that turns a row within reach, where random corners rarely do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.areas import controls
from keepstone.core.channel import Signal
from keepstone.core.table import Feature
from keepstone.core.trial import Trials
from keepstone.stats.chance import Address, normal
from keepstone.stats.perturb import Room
from keepstone.stats.pursuit import Pursuit
from keepstone.stats.rays import Rays, pursue

if TYPE_CHECKING:
    from keepstone.core.channel import Floats, Ints

SLOTS, ROWS = 20, 120
FEATURES = tuple(Feature(name=f"c{k}", error_abs=1.0) for k in range(SLOTS))
WEIGHTS = normal(Address(1, "rays", 0, 1), "weights", SLOTS)[0]


class Halfspace:
    """Flags where a weighted sum is positive; says no more than that, and counts."""

    def __init__(self, rows: int) -> None:
        self.spent = np.zeros(rows, dtype=np.int64)

    def ask(self, signal: Signal, of: Ints) -> Signal:
        np.add.at(self.spent, of, 1)
        flagged = (np.asarray(signal.values, dtype=np.float64) @ WEIGHTS > 0).astype(np.float64)
        return Signal(np.column_stack([flagged, flagged]), signal.rulings)

    def left(self) -> Ints:
        return np.zeros(0, dtype=np.int64)


def rows(share: float) -> Floats:
    """Rows so far behind the boundary that this share of the way to the best corner is needed."""
    x = normal(Address(2, "rays", 0, ROWS), "rows", SLOTS)
    return x + np.outer((share * np.abs(WEIGHTS).sum() - x @ WEIGHTS) / (WEIGHTS @ WEIGHTS), WEIGHTS)


def turned(share: float, queries: int, learned: Floats | None = None) -> tuple[float, Pursuit, Halfspace]:
    oracle, x = Halfspace(ROWS), rows(share)
    room = Room(x, FEATURES, 1.0)
    pursuit = Pursuit(oracle, controls.constant(), x, goal="missed", queries=queries)
    pursue(Trials(3, "test", 0, ROWS), pursuit, room, np.zeros((0, SLOTS)) if learned is None else learned, queries)
    return float(pursuit.reached.mean()), pursuit, oracle


def by_corners(share: float, queries: int) -> float:
    x, found = rows(share), np.zeros(ROWS, dtype=bool)
    for k in range(queries - 1):
        corner = np.sign(normal(Address(4, "corners", 0, ROWS), str(k), SLOTS))
        found |= (x + corner) @ WEIGHTS <= 0
    return float(found.mean())


@pytest.mark.parametrize("share", [0.75, 0.8])
def test_directions_are_found_that_random_corners_miss(share: float) -> None:
    assert turned(share, 200)[0] > by_corners(share, 200) + 0.5


def test_what_counts_lies_within_reach_and_the_budget_is_kept() -> None:
    _share, pursuit, oracle = turned(0.6, 60)
    moved = np.abs(pursuit.best - pursuit.x)
    assert moved.max() <= 1 + 1e-9
    assert (pursuit.best[pursuit.reached] @ WEIGHTS <= 0).all()
    assert oracle.spent.max() <= 60


def test_a_learned_place_is_tried_first() -> None:
    share, _pursuit, oracle = turned(0.9, 50, -np.sign(WEIGHTS)[None, :])
    assert share == 1.0
    assert oracle.spent.max() == 2


def test_the_distance_only_falls_and_is_a_distance_that_turns() -> None:
    x = rows(0.9)
    room = Room(x, FEATURES, 1.0)
    pursuit = Pursuit(Halfspace(ROWS), controls.constant(), x, goal="missed", queries=80)
    rays = Rays(Trials(3, "test", 0, ROWS), pursuit, room, room.corner(np.full((ROWS, SLOTS), 0.2)))
    before, known = rays.far.copy(), np.zeros(ROWS, dtype=bool)
    for _ in range(6):
        rays.run(5)
        known = np.isfinite(rays.far)
        assert (rays.far[known] <= before[known] + 1e-12).all()
        assert ((room.at(rays.signs * np.where(known, rays.far, 0)[:, None])[known]) @ WEIGHTS <= 1e-9).all()
        before = rays.far.copy()
    assert known.any()
