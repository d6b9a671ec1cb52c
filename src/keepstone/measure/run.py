"""The run: rounds of trials in lockstep, evidence after each, until every claim stands or the trials end.

All arms that are still needed advance together, round by round. Between rounds, and only there, the engine looks at the
evidence and lets go of arms that have nothing left to decide. In the design "all items" a round ends at a look fixed
beforehand: five for an arm that only criteria are read on, one at the end for an arm that a comparison needs whole; in
"sequential" a round is one block. A budget is reserved before it is spent. Batches are planned from finished batches only, in plan order, so that neither the
number of workers nor an interruption changes a byte.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.core.cell import Design
from keepstone.measure.families import judge_effects, verdict_family
from keepstone.measure.rounds import Opening, play_round
from keepstone.measure.state import State, bounded, needed, tracks
from keepstone.measure.turns import crowds, next_crowd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.artefact import Executor
    from keepstone.core.cell import Arm, Pair, Plan
    from keepstone.measure.families import Family
    from keepstone.measure.state import OnProgress
    from keepstone.measure.turns import Crowd


def run(
    plan: Plan,
    executor: Executor,
    *,
    failed_controls: frozenset[str] = frozenset(),
    most_rounds: int | None = None,
    on_progress: OnProgress | None = None,
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
    state, all_ = State(plan, tracks(plan)), crowds(plan)
    family = verdict_family(plan, failed_controls)
    while not state.stopped and (most_rounds is None or state.rounds < most_rounds):
        crowd = next_crowd(state, family, all_)
        if crowd is None:
            break
        _play(state, crowd, executor, on_progress)
        crowd.index += 1
        state.rounds += 1
        _weigh(state, family)
        state.saved = sum(_spared(state, arm, one.index) for one in all_ for arm in one.arms)
    return state


def _play(state: State, crowd: Crowd, executor: Executor, on_progress: OnProgress | None) -> None:
    """Play a crowd's next round, as far as the budget goes."""
    opening, waiting = Opening(crowd.index), crowd.waiting(state)
    while waiting and not state.stopped:
        live, waiting = _afforded(state, waiting, crowd.index)
        if not live:
            state.stopped = f"the budget of {state.plan.budget:g} calls ended"
        elif not play_round(state, opening, (live, waiting), executor, on_progress):
            state.stopped = "the time given ended"


def _weigh(state: State, family: Family) -> None:
    """See which claims stand now. In sequence an effect may be claimed at any time; over all items it is looked at once, at the end."""
    state.standing = family.judge(state.looks, _lost(state))
    if state.plan.design is Design.SEQUENTIAL:
        effects = judge_effects(state.plan.pairs, state.pairs, state.plan.design, state.plan.alpha, state.weighed_pairs)
        state.decided_pairs = frozenset(pair.id for pair in state.plan.pairs if _decided(pair, effects.direction.get(pair.id, ""), state))


def _decided(pair: Pair, direction: str, state: State) -> bool:
    """Whether an effect needs no more trials: it stands, and one that is shown no worse does not look better by more than its margin."""
    if direction == "no_worse":
        return float(pair.claim.mean(state.pairs[pair.id][-1].shown)) > -pair.margin
    return direction in ("worse", "better")


def _spared(state: State, arm: Arm, index: int) -> float:
    """Rows that an arm need not ask, since nothing is left for it to decide."""
    track = state.tracks[arm.id]
    if not track.played or track.error or index >= len(track.rounds) or needed(state, arm, index):
        return 0.0
    return track.calls / track.played * (track.rounds[-1][0] - track.played)


def _afforded(state: State, waiting: Sequence[Arm], index: int) -> tuple[list[Arm], list[Arm]]:
    """The arms, in plan order, whose costliest course still fits the budget, and those that wait for what the others leave of it."""
    left = state.plan.budget - state.calls
    live = []
    for arm in waiting:
        track = state.tracks[arm.id]
        left -= (track.rounds[index][0] - (track.rounds[index - 1][0] if index else 0)) * track.dearest
        if left < 0:
            break
        live.append(arm)
    return live, list(waiting[len(live) :])


def _lost(state: State) -> frozenset[str]:
    """Cells that are in error."""
    broken = {name: (bool(track.error), bool(track.broken)) for name, track in state.tracks.items()}
    lost = (cell.id for cell in state.plan.cells if broken[cell.arm.id][0] or (broken[cell.arm.id][1] and not bounded(state.plan, cell.claim)))
    return frozenset((*lost, *state.refused))
