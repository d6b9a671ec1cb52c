"""What an assessment could decide, told before it is run (`keepstone plan`): nothing of the claims is played.

A criterion is met "up to" a rate, and fails "from" a rate, with 80 % chance if that were the true rate. The level of a single claim depends on
how many claims will stand (e-BH); it is told for a quarter of the family. Rates are exact for single rates. Gaps are told by a normal
approximation, for the group that is hardest to decide, with one in four lost in the rest (docs/statistics.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from keepstone.core.agent import Acting
from keepstone.core.cell import Design
from keepstone.core.channel import TRAINING, Signal
from keepstone.core.chat import Conversing, tools_of
from keepstone.core.part import Tabular
from keepstone.core.probe import rests
from keepstone.intake.threads import one_thread
from keepstone.map.plan import last_weight, likely_counts
from keepstone.measure.state import queries, schedule, spoken
from keepstone.stats.claims import Advantage, Gap, Judged, Mean
from keepstone.stats.discovery import graded_level
from keepstone.stats.power import Decidable, decidable, decidable_judged, gap_chance, tightest_gap, tightest_judged, tightest_limit

if TYPE_CHECKING:
    from keepstone.core.artefact import Artefact
    from keepstone.core.cell import Arm, Cell, Held, Plan
    from keepstone.core.claim import Claim
    from keepstone.core.part import Target
    from keepstone.lifecycle.assess import Planned

SCHEMA = "keepstone/outlook/1"
STANDING = 4
"""One in so many claims is taken to stand."""
LOST = 0.25
"""The rate of loss that gaps are planned with."""
CHANCE = 0.8
PACED, TIMES = 512, 3  # rows that the model is timed on, and how often: the quickest counts
FINE = 40  # halvings of a search


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One criterion, before the run.

    Attributes:
        id: Of its finding.
        area: Which area asks.
        side: Which half.
        condition: What befalls, in plain words.
        metric: How the loss is read, in plain words.
        parts: Per part, its name and the trials that would count; empty where only the run can tell.
        at_hand: Most trials that can count (of the group that is hardest to decide), None where only the run can tell.
        limit: The largest loss accepted.
        adopted: Whether somebody adopted the limit.
        critical: Whether it is also held family-wise.
        provisional: Guesses for which it can't be met.
        state: "can be decided", "can only fail" (no rate meets it with 80 % chance), "can't be met" (not even without a loss), "told in the run", or
            "broken" (its probe failed on its controls).
        why: What is particular.
        passes_up_to: Rate up to which it is met with 80 % chance, or None.
        fails_from: Rate from which it fails with 80 % chance, or None.
        tightest: The least limit that so many trials could meet, without a loss (of gaps: with 80 % chance, without a gap), or None.
    """

    id: str
    area: str
    side: str
    condition: str
    metric: str
    parts: tuple[tuple[str, int], ...]
    at_hand: int | None
    limit: float
    adopted: bool
    critical: bool
    provisional: tuple[str, ...]
    state: str
    why: str
    passes_up_to: float | None
    fails_from: float | None
    tightest: float | None


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How quick model and training are here, on rows that nothing is claimed on.

    Attributes:
        row: Seconds to answer a row.
        training: Seconds to train the model once, about.
    """

    row: float
    training: float


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What the run will take.

    Attributes:
        cells: Cells that are read.
        comparisons: Paired comparisons.
        rows: Rows that are answered, one a turn, if every attacker stops at once, no tool is called and no arm stops early.
        rows_at_most: Rows if every attacker uses the whole budget on every case that counts, and tools are called in every step.
        tools: Whether tools may be called.
        trainings: Models that are trained, about.
        seconds: From `rows` to `rows_at_most`, what answers and trainings take here in one process, about; None without a pace. Statistics come on top.
    """

    cells: int
    comparisons: int
    rows: int
    rows_at_most: int
    trainings: int
    seconds: tuple[float, float] | None
    tools: bool = False


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What a plan could decide.

    Attributes:
        criteria: In the plan's order.
        family: Criteria that share the error rate.
        alpha: The error rate.
        level: The level that a single claim is planned at.
        cost: What the run will take.
        unmeasured: Per question that isn't asked: id, area, and why, with the argument that would change it.
        guesses: Per guess, how many criteria can't be met for it.
        excluded: Per area that was left out, by whom and why.
        remarks: What a reader should know of the data.
    """

    criteria: tuple[Criterion, ...]
    family: int
    alpha: float
    level: float
    cost: Cost
    unmeasured: tuple[tuple[str, str, str], ...]
    guesses: Mapping[str, int]
    excluded: Mapping[str, str]
    remarks: tuple[str, ...]


def outlook(planned: Planned, *, pace: Pace | None = None) -> Outlook:
    """Tell what a plan could decide; no criterion is measured.

    Args:
        planned: From `lifecycle.assess.prepare`.
        pace: How quick the target is here, from `paced`.
    """
    plan = planned.plan
    failed = {probe: why for probe, why in planned.controls.items() if why}
    family = max(1, sum(held.decidable and held.probe.id not in failed for held in plan.held))
    level = planning_level(plan, family)
    critical = max(1, sum(held.critical for held in plan.held))
    guesses: dict[str, int] = {}
    for held in plan.held:
        for guess in held.provisional:
            guesses[guess] = guesses.get(guess, 0) + 1
    return Outlook(
        criteria=tuple(_criterion(held, plan, min(level, plan.alpha / critical) if held.critical else level, failed) for held in plan.held),
        family=family,
        alpha=plan.alpha,
        level=level,
        cost=_cost(plan, pace),
        unmeasured=tuple((one.id, one.risk.area.value, one.why) for one in plan.unasked),
        guesses=dict(sorted(guesses.items(), key=lambda entry: (-entry[1], entry[0]))),
        excluded={one.area.value: f"{one.by}: {one.reason}" for one in planned.system.exclusions},
        remarks=planned.opened.remarks,
    )


def planning_level(plan: Plan, family: int) -> float:
    """The level of a single claim where a quarter of the family stands.

    A sequential claim needs an e-value of family / (alpha claims), which is as rare as a p-value of one over it.
    """
    claims = max(1, family // STANDING)
    return graded_level(claims, family, plan.alpha) if plan.design is Design.ALL_ITEMS else plan.alpha * claims / family


def paced(target: Target, clock: Callable[[], float], *, training: float) -> Pace:
    """Time the model on rows that nothing is claimed on, or on none where there are none.

    Args:
        target: What is asked.
        clock: Seconds, from the caller.
        training: Seconds that one training took, where the caller saw one.
    """
    stream = next((name for name in ("search", "train") if target.size(name)), "")
    if not stream or not isinstance(target, Tabular):
        return Pace(row=0.0, training=training)
    rows = target.table(stream).x[:PACED]
    asked = Signal(rows, np.zeros(len(rows), dtype=np.int8))
    took = []
    with one_thread():
        target.answer(asked)  # the first call also loads what the model needs
        for _ in range(TIMES):
            began = clock()
            target.answer(asked)
            took.append(clock() - began)
    return Pace(row=min(took) / max(1, len(rows)), training=training)


# ---- one criterion ----


def _criterion(held: Held, plan: Plan, level: float, failed: Mapping[str, str]) -> Criterion:
    counts, metric = _counts(held.cell), held.cell.metric
    found, tightest = _rates(held.cell.claim, counts, held.limit, level, last_weight(plan, held.cell.arm))
    can_pass = not (isnan(found.pass_up_to) or held.provisional)
    state, why = _state(held, counts, failed, can_pass=can_pass)
    return Criterion(
        id=held.id,
        area=held.probe.risk.area.value,
        side=held.probe.risk.area.side.value,
        condition=held.cell.arm.condition.title,
        metric=metric.title,
        parts=tuple(zip(metric.parts, counts, strict=False)),
        at_hand=_at_hand(held.cell.claim, counts),
        limit=held.limit,
        adopted=bool(held.adopted),
        critical=held.critical,
        provisional=held.provisional,
        state=state,
        why=why,
        passes_up_to=found.pass_up_to if can_pass else None,
        fails_from=_known(found.fail_from),
        tightest=tightest,
    )


def _counts(cell: Cell) -> tuple[int, ...]:
    """Per part, how many trials would count; of what is talked to or acts, all of the stream, since nothing is asked beforehand."""
    target, whole = cell.arm.target, len(cell.metric.parts) == 1 or isinstance(cell.claim, Judged)
    if isinstance(target, Acting):
        return (target.tasks,)
    return likely_counts(cell) or ((target.size(cell.arm.condition.stream),) if isinstance(target, Conversing) and whole else ())


def _at_hand(claim: Claim, counts: tuple[int, ...]) -> int | None:
    if isinstance(claim, Gap | Advantage) and len(counts) > 1:
        return min(_hardest(claim, counts))
    return min(counts) if counts else None


def _state(held: Held, counts: tuple[int, ...], failed: Mapping[str, str], *, can_pass: bool) -> tuple[str, str]:
    if held.probe.id in failed:
        return "broken", f"its probe failed on a control: {failed[held.probe.id]}"
    if not counts:
        return "told in the run", "which trials count depends on what happens in the run"
    if not held.decidable:
        return "can't be met", "too few trials count for this limit, even without a loss"
    if can_pass:
        return "can be decided", ""
    return "can only fail", f"it rests on {rests(held.provisional)}" if held.provisional else "no rate would meet it with 80 % chance"


def _known(value: float) -> float | None:
    return None if isnan(value) else value


def _rates(claim: Claim, counts: tuple[int, ...], limit: float, level: float, weight: float) -> tuple[Decidable, float | None]:
    """The rates that are decided with 80 % chance, and the tightest limit."""
    nothing = Decidable(float("nan"), float("nan"))
    if not counts or min(counts) < 1 or not 0 < limit < 1:
        return nothing, None
    if isinstance(claim, Mean):
        return decidable(counts[0], limit, level, weight=weight), tightest_limit(counts[0], level, weight=weight)
    if isinstance(claim, Judged):
        return decidable_judged(claim, counts[0], limit, level), tightest_judged(claim, counts[0], level)
    if isinstance(claim, Gap | Advantage) and len(counts) > 1:
        sizes = _hardest(claim, counts)
        return _gap_rates(sizes, limit, level, weight), tightest_gap(sizes, level, LOST, weight=weight)
    return nothing, None


def _hardest(claim: Gap | Advantage, counts: tuple[int, ...]) -> tuple[int, int]:
    """The held group of fewest trials, and all the others."""
    if isinstance(claim, Advantage):
        return counts[0], counts[1]
    least = min(counts[at] for at in claim.groups)
    return least, sum(counts) - least


def _gap_rates(sizes: tuple[int, int], limit: float, level: float, weight: float) -> Decidable:
    """The largest gap that is met, and the least that fails, each with 80 % chance."""

    def passes(gap: float) -> bool:
        return gap_chance(sizes, limit, level, LOST, gap=gap, weight=weight).pass_ >= CHANCE

    def fails(gap: float) -> bool:
        return gap_chance(sizes, limit, level, LOST, gap=gap, weight=weight).fail >= CHANCE

    nan = float("nan")
    up_to = _edge(passes, 0.0, limit) if passes(0.0) else nan
    from_ = _edge(lambda gap: not fails(gap), limit, 1 - LOST) if fails(1 - LOST) else nan
    return Decidable(up_to, from_)


def _edge(holds: Callable[[float], bool], low: float, high: float) -> float:
    """Where a condition that holds at `low` ceases to hold."""
    for _ in range(FINE):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


# ---- what it takes ----


def _cost(plan: Plan, pace: Pace | None) -> Cost:
    counts: dict[tuple[str, str], tuple[int, ...]] = {}
    rows = most = 0
    for arm in plan.arms:
        ends = schedule(arm, plan)
        played = ends[-1][0] if ends else 0
        least, dearest = spoken(arm)
        rows, most = rows + played * least, most + played * dearest + _queried(arm, plan, counts)
    low, high = (int(min(number, plan.budget)) for number in (rows, most))
    trainings = _trainings(plan)
    seconds = None if pace is None else (low * pace.row + trainings * pace.training, high * pace.row + trainings * pace.training)
    return Cost(
        cells=len(plan.cells),
        comparisons=len(plan.pairs),
        rows=low,
        rows_at_most=high,
        trainings=trainings,
        seconds=seconds,
        tools=any(tools_of(arm.target) for arm in plan.arms[:1]),
    )


def _queried(arm: Arm, plan: Plan, counts: dict[tuple[str, str], tuple[int, ...]]) -> int:
    """Answers that an attacker sees who uses the whole budget on every case that counts; where that can't be told, the budget is for all cases."""
    budget = queries(arm)
    if not budget:
        return 0
    found = []
    for cell in plan.cells:
        if cell.arm.id == arm.id:
            known = (arm.condition.stream, cell.metric.id)  # counted beforehand, it does not matter what befalls the cases
            if known not in counts:
                counts[known] = likely_counts(cell)
            found += [sum(counts[known])] if counts[known] else []
    return budget * min(found, default=1)


def _trainings(plan: Plan) -> int:
    """About how many models are trained: for conditions that act on training data, for mitigations that train anew, and for what conditions need."""
    made: set[object] = set()
    for arm in plan.arms:
        anew = arm.mitigation.id if _trains(arm) else ""
        if TRAINING in arm.condition.channels:
            made.add((arm.condition.id, arm.unit, anew))
        if anew:
            made.add(("mitigation", anew))
        made.update((key, anew) for key in _needed(arm.condition.needs(arm.target)))
    return len(made)


def _trains(arm: Arm) -> bool:
    """Whether the mitigation changes how the target is trained."""
    return TRAINING in arm.mitigation.channels


def _needed(artefacts: Iterable[Artefact[object]]) -> set[str]:
    """Keys of artefacts and of all that they need."""
    found: set[str] = set()
    waiting = list(artefacts)
    while waiting:
        one = waiting.pop()
        if one.key not in found:
            found.add(one.key)
            waiting += one.needs
    return found
