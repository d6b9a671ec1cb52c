"""What a mitigation costs in time: a call with it over a call without. Shown beside the verdicts; none rests on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from keepstone.core.channel import through
from keepstone.core.part import Tabular
from keepstone.core.trial import Trials
from keepstone.intake.threads import one_thread
from keepstone.measure.play import Built

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.cell import Arm, Plan

ROWS = 512
REPEATS = 3


def latency(plan: Plan, shelf: Shelf, clock: Callable[[], float]) -> dict[str, float]:
    """Time ordinary use under each mitigation, best of a few, as a multiple of no mitigation; never of what is talked to, where each answer may cost."""
    calm = [arm for arm in plan.arms if isinstance(arm.target, Tabular)]
    arms = {arm.mitigation.id: arm for arm in calm if arm.condition.name == "nominal" and arm.condition.stream == "test"}
    if "none" not in arms:
        return {}
    with one_thread():
        took = {name: _seconds(arm, plan.seed, shelf, clock) for name, arm in arms.items()}
    floor = max(took["none"], 1e-9)
    return {name: round(seconds / floor, 2) for name, seconds in took.items() if name != "none"}


def _seconds(arm: Arm, seed: int, shelf: Shelf, clock: Callable[[], float]) -> float:
    target = shelf.get(Built(arm, seed))
    trials = Trials(seed, "test", 0, min(ROWS, target.size("test")))
    best = float("inf")
    for _ in range(REPEATS):
        began = clock()
        target.run(trials, through)
        best = min(best, clock() - began)
    return best
