"""What an attacker learns on other rows: moves that turn many answers, in the order in which they turn the most that are still left.

A target that hides its scores gives nothing to climb along for one case, but its decisions on other cases tell which moves work in general. The moves
are found by a cross-entropy search (Rubinstein & Kroese 2004, *The cross-entropy method*): draw places, count what they turn, draw more where it
was much, rows that few moves turn counting more; then ordered by greedy cover. A move that works for many rows is a universal perturbation
(Moosavi-Dezfooli et al. 2017, *Universal adversarial perturbations*).

A rehearsal is an artefact, made through the mitigated target on rows of "search", before and apart from the trials: its questions are asked about the
attacker's own cases and are not part of a trial's budget.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Final

import numpy as np

from keepstone.core.artefact import key_of
from keepstone.core.channel import Ruling, Signal
from keepstone.core.part import Tabular
from keepstone.stats.chance import Address, order, uniform
from keepstone.stats.perturb import Room

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.channel import Floats, Ints
    from keepstone.core.part import Target

    Flags = NDArray[np.bool_]

ROWS: Final = 150
ROUNDS: Final = 3
DRAWS: Final = 100
"""Places drawn a round."""
LEVELS: Final = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
FIRST: Final = np.array([0.35, 0.1, 0.1, 0.1, 0.35])
"""Chance of each level at first: mostly ends."""
SHARP: Final = 2.0
SETS: Final = 400
"""Most sets of columns that are tried."""
KEPT: Final = 100
FEW: Final = 32
"""Up to so many different scores are coarse."""


def cover(turned: Flags, most: int) -> Ints:
    """Order moves by greedy cover: next is the one that turns most rows that are left; where none turns another, all rows count again.

    Args:
        turned: bool (moves, rows).
        most: How many moves to name at most; those that turn nothing are left out.

    Example:
        >>> cover(np.array([[1, 1, 0, 0], [1, 1, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]], dtype=bool), 3).tolist()
        [1, 2, 0]
    """
    left, free = np.ones(turned.shape[1], dtype=bool), np.array(turned.any(axis=1))
    total, chosen = turned.sum(axis=1) / (turned.shape[1] + 1), list[int]()
    while free.any() and len(chosen) < most:
        worth = np.where(free, (turned & left).sum(axis=1) + total, -1.0)  # ties: the one that turns more in all
        best = int(np.argmax(worth))
        if worth[best] < 1:
            left[:] = True
            continue
        chosen.append(best)
        free[best] = False
        left &= ~turned[best]
    return np.array(chosen, dtype=np.int64)


def _decisions(target: Target, rows: Floats) -> Floats:
    said = target.answer(Signal(rows, np.zeros(len(rows), dtype=np.int8)))
    return np.where(np.asarray(said.rulings) <= Ruling.CHANGED, np.asarray(said.values, dtype=np.float64)[:, 1], np.nan)


def _practice(target: Tabular, goal: str, seed: int) -> tuple[Floats, Floats]:
    """Rows of "search" whose answer is not yet as the attacker wants, and the decision that is wanted for each."""
    x = target.table("search").x
    x = x[order(seed, "rehearsal.rows", len(x))[: 4 * ROWS]]
    now = _decisions(target, x)
    wanted = 1.0 - now if goal == "any" else np.full(len(x), 1.0 if goal == "alarm" else 0.0)
    use = np.flatnonzero((now != wanted) & ~(np.isnan(now) & (goal == "any")))[:ROWS]
    return x[use], wanted[use]


def _turned(target: Target, versions: Sequence[Floats], wanted: Floats) -> Flags:
    """Which rows each version turns, bool (versions, rows)."""
    if not len(wanted):
        return np.zeros((len(versions), 0), dtype=bool)
    said = _decisions(target, np.concatenate(versions)).reshape(len(versions), -1)
    turned: Flags = said == wanted
    return turned


@dataclass(frozen=True, eq=False)
class _Rehearsal:
    """What rehearsals share.

    Attributes:
        target: The mitigated target; it has rows of "search".
        goal: "missed", "alarm" or "any".
        seed: The run's seed.
    """

    target: Tabular
    goal: str
    seed: int

    @property
    def needs(self) -> Sequence[Artefact[object]]:
        """Nothing."""
        return ()

    @property
    def home(self) -> str:
        """With the target."""
        return self.target.recipe

    @property
    def lasting(self) -> bool:
        """Moves are arrays."""
        return True


@dataclass(frozen=True, eq=False)
class Places(_Rehearsal):
    """Places in the room of a row (see `Room`) that turn many answers, best first.

    Attributes:
        errors: The reach of the room.
    """

    errors: float = 1.0

    @property
    def key(self) -> str:
        """Target, goal, reach and seed."""
        return key_of("places", self.target.recipe, self.goal, self.errors, self.seed)

    def make(self, shelf: Shelf) -> dict[str, Floats]:
        """Search; "places" is float64 (moves, slots)."""
        del shelf
        x, wanted = _practice(self.target, self.goal, self.seed)
        room = Room(x, self.target.features, self.errors)
        slots = len(room.slots)
        chance = np.tile(FIRST, (slots, 1))
        drawn, turned = np.zeros((0, slots), dtype=np.int64), np.zeros((0, len(x)), dtype=bool)
        for step in range(ROUNDS):
            luck = uniform(Address(self.seed, "rehearsal", 0, DRAWS), f"places.{step}", slots)
            level = (luck[:, :, None] > np.cumsum(chance, axis=1)[None, :, :-1]).sum(axis=2)
            level[0] = np.argmax(chance, axis=1)
            rows = [room.at(np.tile(LEVELS[place], (len(x), 1))) for place in level]
            drawn, turned = np.vstack([drawn, level]), np.vstack([turned, _turned(self.target, rows, wanted)])
            chance = _sharpened(drawn, turned)
        return {"places": LEVELS[drawn[cover(turned, KEPT)]]}


def _sharpened(drawn: Ints, turned: Flags) -> Floats:
    """The chance of each level of each slot: higher where moves with it turned much, by ridge regression on all moves drawn so far."""
    moves, slots = drawn.shape
    worth = (turned / (1 + turned.sum(axis=0))).sum(axis=1)
    table = np.zeros((moves, slots * len(LEVELS)))
    table[np.arange(moves)[:, None], drawn + np.arange(slots) * len(LEVELS)] = 1
    effect = np.linalg.solve(table.T @ table + 2 * np.eye(table.shape[1]), table.T @ (worth - worth.mean())).reshape(slots, len(LEVELS))
    high = SHARP * effect / (effect.std() + 1e-12)
    chance = np.exp(high - high.max(axis=1, keepdims=True))
    mixed: Floats = 0.9 * chance / chance.sum(axis=1, keepdims=True) + 0.1 / len(LEVELS)
    return mixed


@dataclass(frozen=True, eq=False)
class Sets(_Rehearsal):
    """Sets of columns whose absence turns many answers, best first.

    Attributes:
        columns: Which columns may be missing.
        count: How many of them are in a set.
    """

    columns: tuple[int, ...] = ()
    count: int = 1

    @property
    def key(self) -> str:
        """Target, goal, columns, count and seed."""
        return key_of("sets", self.target.recipe, self.goal, self.columns, self.count, self.seed)

    def make(self, shelf: Shelf) -> dict[str, Flags]:
        """Try all sets, or some; "sets" is bool (moves, columns)."""
        del shelf
        x, wanted = _practice(self.target, self.goal, self.seed)
        width, count = len(self.columns), min(self.count, len(self.columns))
        hidden = all_sets(width, count) if comb(width, count) <= SETS else _some_sets(self.seed, width, count)
        turned = _turned(self.target, [without(x, self.columns, some) for some in hidden], wanted)
        return {"sets": hidden[cover(turned, KEPT)]}


def all_sets(width: int, count: int) -> Flags:
    """Every choice of `count` of `width` columns, bool (choices, width)."""
    return np.array([np.isin(np.arange(width), some) for some in combinations(range(width), count)], dtype=bool).reshape(-1, width)


def _some_sets(seed: int, width: int, count: int) -> Flags:
    luck = uniform(Address(seed, "rehearsal", 0, SETS), f"sets.{count}", width)
    some: Flags = np.argsort(np.argsort(luck, axis=1, kind="stable"), axis=1, kind="stable") < count
    return some


def without(x: Floats, columns: Sequence[int], hidden: Flags) -> Floats:
    """Give the rows with some of the columns missing.

    Args:
        x: float64 (rows, features).
        columns: Which columns may be missing.
        hidden: Which of them are, bool (columns,) or (rows, columns).
    """
    rows = x.copy()
    rows[:, columns] = np.where(hidden, np.nan, rows[:, columns])
    return rows


@dataclass(frozen=True, eq=False)
class Donors(_Rehearsal):
    """Rows of "search" whose block of values turns many answers when it is attached to other rows, best first.

    Attributes:
        block: Which columns the block has.
    """

    block: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """Target, goal, block and seed."""
        return key_of("donors", self.target.recipe, self.goal, self.block, self.seed)

    def make(self, shelf: Shelf) -> dict[str, Ints]:
        """Try some donors; "donors" is int64 (moves,), places in "search"."""
        del shelf
        x, wanted = _practice(self.target, self.goal, self.seed)
        every = self.target.table("search").x
        some = order(self.seed, "rehearsal.donors", len(every))[: 2 * DRAWS]
        turned = _turned(self.target, [attached(x, every[[donor]], self.block) for donor in some], wanted)
        return {"donors": some[cover(turned, KEPT)]}


def attached(x: Floats, donors: Floats, block: Sequence[int]) -> Floats:
    """Give the rows with the block of the donors: one donor for all, or one for each."""
    rows = x.copy()
    rows[:, block] = donors[:, block]
    return rows


@dataclass(frozen=True, eq=False)
class Shown(_Rehearsal):
    """How many different scores the target gives on how many rows."""

    @property
    def key(self) -> str:
        """Target and seed."""
        return key_of("shown", self.target.recipe, self.seed)

    def make(self, shelf: Shelf) -> dict[str, Ints]:
        """Ask about some rows; "shown" is int64 (2,), the different scores and the rows that were answered."""
        del shelf
        x = self.target.table("search").x
        x = x[order(self.seed, "rehearsal.rows", len(x))[: 4 * ROWS]]
        scores = np.asarray(self.target.answer(Signal(x, np.zeros(len(x), dtype=np.int8))).values, dtype=np.float64)[:, 0]
        scores = scores[np.isfinite(scores)]
        return {"shown": np.array([len(np.unique(scores)), len(scores)], dtype=np.int64)}


def coarse(target: Target, shelf: Shelf, seed: int) -> bool:
    """Tell whether the scores that a client sees are so coarse that there is nothing to climb along: few different ones on many rows."""
    if not isinstance(target, Tabular) or not target.size("search"):
        return False
    different, rows = shelf.get(Shown(target, "any", seed))["shown"].tolist()
    return bool(different <= min(FEW, rows // 4))


def rehearsed(target: Target, shelf: Shelf, goal: str, seed: int, *, errors: float) -> Floats:
    """Give the learned places, best first, float64 (moves, slots); none where there are no rows to rehearse on."""
    if not isinstance(target, Tabular) or not target.size("search"):
        return np.zeros((0, 0))
    return shelf.get(Places(target, goal, seed, errors))["places"]


def rehearsed_sets(target: Target, shelf: Shelf, goal: str, seed: int, *, columns: tuple[int, ...], count: int) -> Flags:
    """Give the learned sets, best first, bool (moves, columns); none where there are no rows to rehearse on."""
    if not isinstance(target, Tabular) or not target.size("search"):
        return np.zeros((0, len(columns)), dtype=bool)
    return shelf.get(Sets(target, goal, seed, columns, count))["sets"]
