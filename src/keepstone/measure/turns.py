"""Whose turn it is: arms that share items advance together, and of crowds that share none the one whose next claim looks nearest goes first.

A claim may be stopped by what other cells have seen only where its next trial owes them nothing (docs/statistics.md). So arms on the same items form a
crowd and go in lockstep; crowds on different items may run ahead of each other, and the trials go where they decide most (`stats.allocation`).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log
from typing import TYPE_CHECKING

from keepstone.core.cell import Arm, Design
from keepstone.measure.state import needed
from keepstone.stats import allocation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.cell import Held, Plan
    from keepstone.measure.families import Family
    from keepstone.measure.state import State


@dataclass
class Crowd:
    """Arms that share items.

    Attributes:
        arms: In the order of the plan.
        index: The round that comes next.
    """

    arms: list[Arm]
    index: int = 0

    def waiting(self, state: State) -> list[Arm]:
        """The arms that still have something to decide."""
        return [arm for arm in self.arms if needed(state, arm, self.index)]


def crowds(plan: Plan) -> list[Crowd]:
    """The crowds of a plan: one in the design "all items"; in sequence one for each population that a target names for its streams."""
    found: dict[str, Crowd] = {}
    for arm in plan.arms:
        named = getattr(arm.target, "population", None)
        name = "" if named is None or plan.design is Design.ALL_ITEMS else str(named(arm.condition.stream))
        found.setdefault(name, Crowd([])).arms.append(arm)
    return list(found.values())


def next_crowd(state: State, family: Family, all_: Sequence[Crowd]) -> Crowd | None:
    """The crowd that plays next, or None where nothing is left to decide."""
    ready = [crowd for crowd in all_ if crowd.waiting(state)]
    if len(ready) < 2:
        return ready[0] if ready else None
    for crowd in ready:  # what stands on too few to be shown is finished first: it takes a handful of trials
        held = [one for arm in crowd.arms for one in state.held_on.get(arm.id, ())]
        if any(state.standing.decided(one.id) and not state.enough(one.cell) for one in held):
            return crowd
    claims = [(crowd, held) for crowd in ready for arm in crowd.arms for held in state.held_on.get(arm.id, ())]
    standing = len(state.standing.passed) + len(state.standing.failed)
    mark = log(family.size / (family.alpha * (standing + 1)))
    chosen = allocation.next_open([_evidence(state, held, crowd) for crowd, held in claims], mark)
    return claims[chosen][0] if chosen >= 0 else ready[0]


def _evidence(state: State, held: Held, crowd: Crowd) -> allocation.State | None:
    """What is known of an open claim; None where it is decided."""
    track, looks = state.tracks[held.cell.arm.id], state.looks.get(held.cell.id, [])
    if not held.decidable or state.standing.decided(held.id) or track.error or state.given_up(held.cell.arm) or crowd.index >= len(track.rounds):
        return None
    left, cost = float(track.rounds[-1][0] - track.played), track.calls / track.played if track.played else 1.0
    trials = held.cell.claim.counted(looks[-1].tally) if looks else 0
    if not trials:
        return allocation.State(0.0, 0, held.limit, 0.0, 0.0, cost, left)
    weighed = state.standing.weighed[held.id]
    losses = max(held.cell.claim.mean(looks[-1].tally), 0.0) * trials
    return allocation.State(losses, trials, held.limit, _log(weighed.e_pass), _log(weighed.e_fail), cost, left)


def _log(e: float) -> float:
    return log(e) if e > 0 else -inf
