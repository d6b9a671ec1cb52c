"""Search along rays by decisions alone: the direction whose decision boundary is nearest, found by flipping signs.

A decision within reach says nothing until it turns, but one further out does: the distance at which it turns along a direction can be compared. RayS (Chen
& Gu 2020, *RayS: a ray searching method for hard-label adversarial attack*) keeps for each row a direction of signs and the distance at which it turns;
flips blocks of signs, the halves first, then quarters and so on; keeps a flip if the decision is still turned at that distance; and then halves
the distance anew. Once a direction turns the decision within reach the search of that row is over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from keepstone.stats.chance import uniform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.channel import Floats, Ints
    from keepstone.core.trial import Trials
    from keepstone.stats.perturb import Room
    from keepstone.stats.pursuit import Pursuit

    Flags = NDArray[np.bool_]

FARTHEST: Final = 8.0
"""Where a direction is first tried, in reaches."""
LEARNED: Final = 0.8
"""Largest share of the budget that goes to learned places."""
CHUNK: Final = 8
"""Most places that are asked about at once."""
NEAR: Final = 0.1
"""A distance is halved until it is known to this share of it."""


class Rays:
    """The search for a batch of rows, one question each at a time.

    Attributes:
        signs: The direction of each row, float64 (rows, slots): a corner of its room.
        far: The least distance, in reaches, at which the decision is known to turn; infinite where none is.
        near: The largest at which it is known not to, on the same ray.
    """

    def __init__(self, trials: Trials, pursuit: Pursuit, room: Room, start: Floats) -> None:
        """Take a direction for each row, float64 (rows, slots)."""
        self.trials, self.pursuit, self.room = trials, pursuit, room
        self.signs, rows, slots = start, len(start), start.shape[1]
        self.far, self.near = np.full(rows, np.inf), np.ones(rows)
        self.turn = np.argsort(uniform(trials, "rays.turn", slots), axis=1, kind="stable")
        self.level: Ints = np.zeros(rows, dtype=np.int64)
        self.block: Ints = np.zeros(rows, dtype=np.int64)

    def run(self, queries: int) -> None:
        """Ask so many times about each row at most."""
        slots = self.signs.shape[1]
        for step in range(queries):
            of = self.pursuit.open()
            if not len(of):
                return
            corner = self.room.take(of).corner(uniform(self.trials, f"rays.{step}", slots)[of])
            lost = ~np.isfinite(self.far[of])
            if step:
                self.signs[of[lost]] = corner[lost]  # the direction did not turn it at all: another
            halving = ~lost & (self.far[of] - self.near[of] > NEAR * self.far[of])
            signs, at = self.signs[of], np.where(lost, FARTHEST, np.where(halving, (self.far[of] + self.near[of]) / 2, self.far[of]))
            flipping = ~lost & ~halving
            signs = np.where(flipping[:, None] & self._block(of), -signs, signs)
            at = np.where(self.near[of] < 1, 1.0, at)
            self._learn(of, signs, at, flipping, self._asked(signs * at[:, None], of, at))

    def _block(self, of: Ints) -> Flags:
        """The slots of each row's present block, in an order of its own; codes are in it like the others."""
        slots = self.signs.shape[1]
        parts = np.minimum(2 ** self.level[of], slots)
        edge = np.arange(slots)[None, :] * parts[:, None] // slots
        inside = np.zeros((len(of), slots), dtype=bool)
        np.put_along_axis(inside, self.turn[of], edge == self.block[of][:, None], axis=1)
        return inside

    def _asked(self, places: Floats, of: Ints, at: Floats) -> Flags:
        """Whether the decision turns at the places; within reach it counts, further out it is only known."""
        turned = np.zeros(len(of), dtype=bool)
        for some, ask in ((at <= 1, self.pursuit.ask), (at > 1, self.pursuit.probe)):
            if some.any():
                turned[some] = ask(self.room.take(of[some]).at(places[some]), of[some]).reached
        return turned

    def _learn(self, of: Ints, signs: Floats, at: Floats, flipping: Flags, turned: Flags) -> None:
        """Keep what turned: the distance, and the flip with it. A new direction is first asked about within reach."""
        fresh = turned & (flipping | ~np.isfinite(self.far[of]))
        self.signs[of[turned]] = signs[turned]
        self.far[of[turned]] = at[turned]
        self.near[of[fresh]] = 0.0
        missed = ~turned & ~flipping
        self.near[of[missed]] = np.maximum(self.near[of[missed]], at[missed])
        next_ = of[flipping]
        self.block[next_] += 1
        done = self.block[next_] >= np.minimum(2 ** self.level[next_], self.signs.shape[1])
        self.block[next_[done]] = 0
        last = 2 ** self.level[next_] >= self.signs.shape[1]
        self.level[next_[done]] = np.where(last[done], 0, self.level[next_[done]] + 1)


def pursue(trials: Trials, pursuit: Pursuit, room: Room, learned: Floats, queries: int) -> None:
    """Turn decisions by decisions alone: learned places first, then along rays.

    Args:
        trials: The address.
        pursuit: What is attacked.
        room: Where the rows may be moved.
        learned: Places that turn many other rows, best first, float64 (places, slots); may be none.
        queries: Of each row at most.
    """
    first = min(len(learned), int(LEARNED * queries))
    for start in range(0, first, CHUNK):
        of = pursuit.open()
        some = learned[start : min(start + CHUNK, first)]
        pursuit.ask_all([room.take(of).at(np.tile(place, (len(of), 1))) for place in some], of)
    corner = room.corner(uniform(trials, "rays.start", len(room.slots)))
    best = np.where(learned[0] != 0, np.sign(learned[0]), corner) if first else corner
    Rays(trials, pursuit, room, best).run(queries - first)
