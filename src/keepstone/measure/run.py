"""The run: rounds of trials in lockstep, evidence after each, until every claim stands or the trials end.

All arms that are still needed advance together, round by round. Between rounds, and only there, the engine looks at the
evidence and lets go of arms that have nothing left to decide. In the design "all items" a round ends at a look fixed
beforehand: five for an arm that only criteria are read on, one at the end for an arm that a comparison needs whole; in
"sequential" a round is one block. A budget is reserved before it is spent. Batches are planned from finished batches only, in plan order, so that neither the
number of workers nor an interruption changes a byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, cast

import numpy as np

from keepstone.core.cell import Arm, Cell, Design, Held, Plan
from keepstone.core.claim import NOT_COUNTED, UNIT, Claim, Look, Tally
from keepstone.core.origin import Adversary
from keepstone.core.trial import Trials
from keepstone.measure.families import Standing, verdict_family
from keepstone.measure.play import Played
from keepstone.stats.claims import difference, looks

if TYPE_CHECKING:
    from keepstone.core.artefact import Executor
    from keepstone.core.claim import Losses
    from keepstone.core.part import Metric

BLOCK = 4096  # trials of an arm that are held in memory at once
SEQUENTIAL_BLOCKS = 64  # blocks that a sequential run divides its trials into, at most
SMALLEST_BLOCK = 16


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a run is.

    Attributes:
        done: Rows answered so far.
        expected: Rows that it will take, as far as known: all trials of all arms that still have something to decide.
        text: What is going on.
        open: Criteria still open.
        saved: Rows that are not asked since what they could decide is decided.
    """

    done: float
    expected: float
    text: str
    open: int
    saved: float = 0.0


@dataclass
class Track:
    """What is known of one arm.

    Attributes:
        rounds: (stop, weight) of each of its rounds.
        played: Trials played.
        calls: Rows answered for it.
        broken: Rows that broke, as (row, reason).
        error: What made the whole arm fail, or "".
        size: Sum and count of realised changes.
        spans: Start and stop of each round that was played; an arm that sat a round out has lost its trials.
    """

    rounds: tuple[tuple[int, float], ...]
    metrics: tuple[Metric, ...]
    played: int = 0
    calls: float = 0.0
    broken: list[tuple[int, str]] = field(default_factory=list)
    error: str = ""
    size: tuple[float, int] = (0.0, 0)
    spans: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class State:
    """All that a run has learned: per arm a track, per cell its looks, per pair its looks."""

    plan: Plan
    tracks: dict[str, Track]
    looks: dict[str, list[Look]] = field(default_factory=dict)
    pairs: dict[str, list[Look]] = field(default_factory=dict)
    standing: Standing = field(default_factory=Standing)
    rounds: int = 0
    stopped: str = ""
    saved: float = 0.0

    @cached_property
    def held_on(self) -> dict[str, list[Held]]:
        """The criteria that can be decided, by the arm that they are read on."""
        found: dict[str, list[Held]] = {}
        for held in self.plan.held:
            if held.decidable:
                found.setdefault(held.cell.arm.id, []).append(held)
        return found

    @cached_property
    def calm(self) -> dict[tuple[str, str], Cell]:
        """The cells of ordinary use, by metric and mitigation."""
        return {(cell.metric.id, cell.arm.mitigation.id): cell for cell in self.plan.cells if cell.arm.condition.name == "nominal"}

    @property
    def calls(self) -> float:
        """Rows answered so far."""
        return sum(track.calls for track in self.tracks.values())


def run(
    plan: Plan,
    executor: Executor,
    *,
    failed_controls: frozenset[str] = frozenset(),
    most_rounds: int | None = None,
    on_progress: Callable[[Progress], bool] | None = None,
) -> State:
    """Run the plan.

    Args:
        plan: What to run, fixed beforehand.
        executor: Where batches are made.
        failed_controls: Ids of probes whose control came out wrong; their findings are in ERROR and claim nothing.
        most_rounds: Stop after so many rounds.
        on_progress: Called after every batch; answers False to stop at the end of the round (a budget in minutes).

    Returns:
        The state, from which verdicts and effects are read.
    """
    state = State(plan, _tracks(plan))
    family = verdict_family(plan, failed_controls)
    ends = max((len(track.rounds) for track in state.tracks.values()), default=0)
    for index in range(ends):
        waiting = [arm for arm in plan.arms if _needed(state, arm, index)]
        if not waiting or state.stopped or (most_rounds is not None and index >= most_rounds):
            break
        while waiting and not state.stopped:
            live = _afforded(state, waiting, index)
            if not live:
                state.stopped = f"the budget of {plan.budget:g} calls ended"
            elif not _round(state, live, index, executor, on_progress):
                state.stopped = "the time given ended"
            waiting = waiting[len(live) :]
        state.rounds = index + 1
        state.standing = family.judge(state.looks, _broken(state))
        state.saved = sum(_spared(state, arm, index + 1) for arm in plan.arms)
    return state


def _spared(state: State, arm: Arm, index: int) -> float:
    """Rows that an arm need not ask, since nothing is left for it to decide."""
    track = state.tracks[arm.id]
    if not track.played or track.error or index >= len(track.rounds) or _needed(state, arm, index):
        return 0.0
    return track.calls / track.played * (track.rounds[-1][0] - track.played)


def _afforded(state: State, waiting: Sequence[Arm], index: int) -> list[Arm]:
    """The arms, in plan order, whose costliest course still fits the budget."""
    left = state.plan.budget - state.calls
    live = []
    for arm in waiting:
        rounds = state.tracks[arm.id].rounds
        left -= (rounds[index][0] - (rounds[index - 1][0] if index else 0)) * (1 + queries(arm))
        if left < 0:
            break
        live.append(arm)
    return live


def queries(arm: Arm) -> int:
    """Most answers that the arm's condition may ask for, a trial."""
    origin = arm.condition.origin
    return origin.queries if isinstance(origin, Adversary) else 0


def schedule(arm: Arm, plan: Plan) -> tuple[tuple[int, float], ...]:
    """The ends of an arm's rounds and their weights, at boundaries of units."""
    size = arm.target.size(arm.condition.stream)
    if not size:
        return ()
    if plan.design is Design.ALL_ITEMS:
        ends = [(size, 1.0)] if arm.id in plan.compared else list(looks(size))
    else:
        step = max(SMALLEST_BLOCK, -(-size // SEQUENTIAL_BLOCKS))
        ends = [(min(size, stop), 1.0) for stop in range(step, size + step, step)]
    cut = cast("Callable[[Trials, int], int] | None", getattr(arm.target, "cut", None))
    address = Trials(plan.seed, arm.condition.stream, 0, size)
    out: dict[int, float] = {}
    for stop, weight in ends:
        at = stop if cut is None else cut(address, stop)
        out[at] = out.get(at, 0.0) + weight if plan.design is Design.ALL_ITEMS else 1.0
    return tuple(out.items())


def _tracks(plan: Plan) -> dict[str, Track]:
    metrics: dict[str, dict[str, Metric]] = {}
    for cell in plan.cells:
        metrics.setdefault(cell.arm.id, {})[cell.metric.id] = cell.metric
    return {arm.id: Track(schedule(arm, plan), tuple(metrics[arm.id].values())) for arm in plan.arms}


def _needed(state: State, arm: Arm, index: int) -> bool:
    """Whether an arm has trials left and something that they could decide."""
    track = state.tracks[arm.id]
    if track.error or index >= len(track.rounds):
        return False
    if arm.id in state.plan.compared:
        return True
    return any(not state.standing.decided(held.id) for held in state.held_on.get(arm.id, ()))


def _round(state: State, live: Sequence[Arm], index: int, executor: Executor, on_progress: Callable[[Progress], bool] | None) -> bool:
    """Play one round of all live arms, block by block, and add a look to each cell and pair."""
    going = True
    cells: dict[str, Tally] = {}
    pairs: dict[str, Tally] = {}
    for wanted in _blocks(state, live, index):
        losses: dict[str, dict[str, Losses]] = {}
        for played, value in zip(wanted, executor.make(wanted), strict=True):
            losses[played.arm.id] = _take(state.tracks[played.arm.id], played, value)
            if on_progress is not None:
                going = on_progress(_progress(state, played)) and going
        _fold(state.plan, losses, cells, pairs)
    _close(state, live, index, cells, pairs)
    return going


def _close(state: State, live: Sequence[Arm], index: int, cells: dict[str, Tally], pairs: dict[str, Tally]) -> None:
    """Note how far each arm got, and add a look to each cell and pair that was played."""
    for track in (state.tracks[arm.id] for arm in live):
        track.spans.append((track.rounds[index - 1][0] if index else 0, track.rounds[index][0]))
    for cell in state.plan.cells:
        if cell.id in cells:
            _look(state.looks.setdefault(cell.id, []), cell.metric.claim, cells[cell.id], state.tracks[cell.arm.id].rounds[index][1])
    for pair in state.plan.pairs:
        if pair.id in pairs:
            _look(state.pairs.setdefault(pair.id, []), pair.claim, pairs[pair.id], 1.0)


def _blocks(state: State, live: Sequence[Arm], index: int) -> Iterator[list[Played]]:
    """The batches of a round. Arms of one stream share their boundaries, so pairs meet in the same block."""
    spans = {arm.id: (state.tracks[arm.id].rounds[index - 1][0] if index else 0, state.tracks[arm.id].rounds[index][0]) for arm in live}
    longest = max(stop - start for start, stop in spans.values())
    for offset in range(0, longest, BLOCK):
        wanted = []
        for arm in live:
            start, stop = spans[arm.id]
            if start + offset < stop:
                trials = Trials(state.plan.seed, arm.condition.stream, start + offset, min(stop, start + offset + BLOCK), arm.unit)
                wanted.append(Played(arm, trials, state.tracks[arm.id].metrics))
        yield wanted


def _take(track: Track, played: Played, value: dict[str, np.ndarray]) -> dict[str, Losses]:
    """Note what a batch cost and what broke; give its losses, one row a unit of independence."""
    if "error" in value:
        track.error = str(value["error"][0])
        return {}
    track.played += len(played.trials)
    track.calls += float(value["calls"].sum())
    track.broken += [(int(row), str(why)) for row, why in zip(value["why_row"], value["why"], strict=True)]
    if value["broken"].any() and not len(value["why"]):
        track.broken += [(int(row), "broken") for row in value["row"][value["broken"]][:5]]
    size = value["size"][np.isfinite(value["size"])] if value["size"].size else np.zeros(0)
    track.size = (track.size[0] + float(size.sum()), track.size[1] + len(size))
    return {metric.id: by_unit(value[f"loss:{metric.id}"], value["unit"]) for metric in track.metrics}


def by_unit(losses: Losses, unit: np.ndarray) -> Losses:
    """Average the losses of rows that belong to one unit of independence; rows of a unit stand together.

    Example:
        >>> by_unit(np.array([[1000], [0], [1000]], dtype=np.int16), np.array([4, 4, 7])).tolist()
        [[500], [1000]]
    """
    starts = np.flatnonzero(np.r_[True, unit[1:] != unit[:-1]])
    if len(starts) == len(unit):
        return losses
    counted = losses != NOT_COUNTED
    total = np.add.reduceat(np.where(counted, losses, 0).astype(np.int64), starts, axis=0)
    number = np.add.reduceat(counted.astype(np.int64), starts, axis=0)
    mean = np.clip(np.rint(total / np.maximum(number, 1)), 0, UNIT)
    return np.where(number > 0, mean, NOT_COUNTED).astype(np.int16)


def _fold(plan: Plan, losses: dict[str, dict[str, Losses]], cells: dict[str, Tally], pairs: dict[str, Tally]) -> None:
    """Add a block's losses to the round's tallies."""
    for cell in plan.cells:
        got = losses.get(cell.arm.id, {}).get(cell.metric.id)
        if got is not None:
            tally = cell.metric.claim.tally(got)
            cells[cell.id] = cell.metric.claim.add(cells[cell.id], tally) if cell.id in cells else tally
    for pair in plan.pairs:
        of, against = _of(pair.of, losses), _of(pair.against, losses)
        if of is None or (pair.against is not None and against is None):
            continue
        tally = pair.claim.tally(of if against is None else difference(of, against))
        pairs[pair.id] = pair.claim.add(pairs[pair.id], tally) if pair.id in pairs else tally


def _of(cell: Cell | None, losses: dict[str, dict[str, Losses]]) -> Losses | None:
    return None if cell is None else losses.get(cell.arm.id, {}).get(cell.metric.id)


def _look(seen: list[Look], claim: Claim, tally: Tally, weight: float) -> None:
    """Add a look: its tally is all that was seen so far."""
    seen.append(Look(weight=weight, tally=claim.add(seen[-1].tally, tally) if seen else tally))


def _broken(state: State) -> frozenset[str]:
    """Arms that are in error."""
    return frozenset(name for name, track in state.tracks.items() if track.error or track.broken)


def _progress(state: State, played: Played) -> Progress:
    expected = sum(track.calls * track.rounds[-1][0] / track.played for track in state.tracks.values() if track.played and not track.error)
    waiting = [track for track in state.tracks.values() if not track.played and not track.error and track.rounds]
    known = [track.calls / track.played for track in state.tracks.values() if track.played]
    expected += sum(track.rounds[-1][0] for track in waiting) * (float(np.median(known)) if known else 1.0)
    open_ = sum(held.decidable and not state.standing.decided(held.id) for held in state.plan.held)
    text = f"{played.arm.condition.title}, {played.arm.mitigation.title}"
    return Progress(done=state.calls, expected=expected - state.saved, text=text, open=open_, saved=state.saved)
