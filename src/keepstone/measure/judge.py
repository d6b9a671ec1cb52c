"""From a finished run to findings: one for each criterion, with its verdict, its interval, and why."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from keepstone.core.cell import Design
from keepstone.core.claim import FEWEST
from keepstone.core.probe import PROXY, rests
from keepstone.core.result import Effect, Estimate, Finding, Kind, Measured, Verdict
from keepstone.measure.families import EffectStanding, Weighed, effect_bounds, judge_effects, verdict_family
from keepstone.measure.state import MOST_BROKEN, bounded
from keepstone.stats.claims import Judged
from keepstone.stats.power import about_further

if TYPE_CHECKING:
    from keepstone.core.cell import Cell, Held, Pair
    from keepstone.measure.families import Family
    from keepstone.measure.state import State, Track

FEWER = f"Fewer than {FEWEST} count, so no number is shown."
SEQUENTIAL_LEVEL = 0.01  # for telling how many more trials would decide, where the level is an e-value


def judge(state: State, controls: Mapping[str, str]) -> Measured:
    """Read every criterion and every effect off a finished run.

    Args:
        state: The run.
        controls: Per probe, "" where its controls came out as they must, else what was wrong.
    """
    failed = frozenset(probe for probe, why in controls.items() if why)
    family = verdict_family(state.plan, failed)
    findings = tuple(_finding(held, state, family, controls) for held in state.plan.held)
    whole = {pair.id: state.pairs[pair.id] for pair in state.plan.pairs if pair.id in state.pairs and _whole(pair, state)}
    standing = judge_effects(state.plan.pairs, whole, state.plan.design, state.plan.alpha)
    effects = tuple(_effect(pair, state, standing) for pair in state.plan.pairs)
    return Measured(
        findings=findings,
        effects=effects,
        verdict_level=state.standing.level,
        effect_level=standing.level,
        effect_claims=standing.claimed,
        calls=state.calls,
        calls_fixed=_calls_fixed(state),
        controls=controls,
        sizes={name: track.size[0] / track.size[1] for name, track in state.tracks.items() if track.size[1]},
    )


def _finding(held: Held, state: State, family: Family, controls: Mapping[str, str]) -> Finding:
    track = state.tracks[held.cell.arm.id]
    looks = state.looks.get(held.cell.id, ())
    nominal = _nominal(held, state)
    if controls.get(held.probe.id):
        return Finding(held=held, estimate=None, verdict=Verdict.ERROR, why=f"The probe's control came out wrong: {controls[held.probe.id]}", nominal=nominal)
    if track.error or held.cell.id in state.refused:
        why = track.error or state.refused[held.cell.id]
        return Finding(held=held, estimate=None, verdict=Verdict.ERROR, why=why, nominal=nominal)
    if looks and _counted(held, state) < FEWEST and _all(held, state) and _broken_share(held, state) > MOST_BROKEN:
        return Finding(held=held, estimate=None, verdict=Verdict.ERROR, why=_failed(held, state), nominal=nominal)
    if not looks or not _counted(held, state):
        why = state.stopped or "No trial counts for this criterion."
        return Finding(held=held, estimate=None, verdict=Verdict.NOT_MEASURED, why=why, nominal=nominal)
    if _counted(held, state) < FEWEST:
        return Finding(held=held, estimate=None, verdict=Verdict.NOT_MEASURED, why=FEWER)
    estimate = _estimate(held, state, family)
    verdict = _verdict(held, state)
    why = " ".join(one for one in (_why(held, verdict, estimate, state), held.probe.remark) if one)
    return Finding(held=held, estimate=estimate, verdict=verdict, why=why, nominal=nominal)


def _counted(held: Held, state: State) -> int:
    return int(held.cell.claim.counted(state.looks[held.cell.id][-1].shown))


def _unread(held: Held, state: State) -> int:
    """Trials of which a judge gave no answer that can be read."""
    claim = held.cell.claim
    return claim.unread(state.looks[held.cell.id][-1].shown) if isinstance(claim, Judged) else 0


def _all(held: Held, state: State) -> int:
    """The trials that count, those on which target or judge broke among them."""
    return int(held.cell.claim.counted(state.looks[held.cell.id][-1].tally)) + _unread(held, state)


def _broken_share(held: Held, state: State) -> float:
    """Share of the trials that count on which target or judge broke, where they only widen the bounds."""
    return 1 - _counted(held, state) / _all(held, state)


def _estimate(held: Held, state: State, family: Family) -> Estimate:
    claim, looks, track = held.cell.claim, state.looks[held.cell.id], state.tracks[held.cell.arm.id]
    bounds = family.bounds(held, looks, state.standing)
    weighed = state.standing.weighed.get(held.id, Weighed(e_pass=0.0, e_fail=0.0))
    tally = looks[-1].shown
    return Estimate(
        mean=float(claim.mean(tally)),
        lower=bounds.lower,
        upper=bounds.upper,
        e_pass=weighed.e_pass,
        e_fail=weighed.e_fail,
        trials=int(claim.counted(tally)),
        played=track.played,
        calls=track.calls,
        parts=tuple(
            (name, int(number), float(mean)) for name, (number, mean) in zip(held.cell.metric.parts, claim.parts(tally), strict=False) if not math.isnan(mean)
        ),
        kind=Kind.MEASURED,
    )


def _verdict(held: Held, state: State) -> Verdict:
    if state.tracks[held.cell.arm.id].broken and not bounded(state.plan, held.cell.claim):
        return Verdict.ERROR
    if held.id in state.standing.passed:
        return Verdict.PASS
    if held.id in state.standing.failed:
        return Verdict.FAIL
    return Verdict.ERROR if _broken_share(held, state) > MOST_BROKEN else Verdict.INCONCLUSIVE


def _why(held: Held, verdict: Verdict, estimate: Estimate, state: State) -> str:
    if verdict is Verdict.ERROR:
        return _failed(held, state)
    unread = _unread(held, state)
    some = _all(held, state) - estimate.trials - unread
    broke = f"{some} more trials broke ({state.tracks[held.cell.arm.id].broken[0][1]})" if some else ""
    told = "; ".join(one for one in (broke, f"{unread} more replies the judge could not read" if unread else "") if one)
    if verdict is not Verdict.INCONCLUSIVE:
        return f"{told}; it stands whichever way they are counted." if told else ""
    return f"{told}, counted against either verdict. {_open(held, estimate, state)}" if told else _open(held, estimate, state)


def _failed(held: Held, state: State) -> str:
    """What broke, the target or the judge, in a line."""
    track = state.tracks[held.cell.arm.id]
    return _broke(track) if track.broken else f"The judge could not read {_unread(held, state)} of {_all(held, state)} replies."


def _broke(track: Track) -> str:
    """What broke, in a line."""
    rows = ", ".join(str(row) for row, _ in track.broken[:5])
    return f"The target broke on {len(track.broken)} row(s) or more, counted the worst way: row {rows}: {track.broken[0][1]}"


def _open(held: Held, estimate: Estimate, state: State) -> str:
    """Why a criterion is inconclusive, the strongest reason first."""
    track = state.tracks[held.cell.arm.id]
    if held.provisional:
        unseen = "No sign found, not shown absent. " if PROXY in held.provisional and estimate.upper <= held.limit else ""
        return f"{unseen}Provisional: rests on {rests(held.provisional)}."
    if not held.decidable:
        return f"Too few to decide: {estimate.trials} trials count, and even without a loss they could not pass a limit of {held.limit:g}."
    if held.floor and estimate.upper <= held.limit:
        known = any(one.id == held.floor for one in state.plan.held)
        return f"Its own limit is met, but its floor of usefulness «{held.floor}» is not{'' if known else ' measured'}."
    if state.stopped and track.played < track.rounds[-1][0]:
        return f"Open when {state.stopped}."
    if isinstance(held.cell.claim, Judged):
        return "The limit lies inside the interval, which the judge's errors widen: more labels narrow it as well as more trials."
    level = state.standing.level if state.plan.design is Design.ALL_ITEMS else SEQUENTIAL_LEVEL
    more = about_further(_told_rate(held, estimate, state), estimate.trials, held.limit, level)
    return f"The limit lies inside the interval; about {more} more trials would decide at the observed rate." if more else "The rate lies on the limit."


def _told_rate(held: Held, estimate: Estimate, state: State) -> float:
    """The observed rate, what broke counted against the side of the limit that it lies on."""
    look = state.looks[held.cell.id][-1]
    tally = look.tally if look.spared is None or estimate.mean < held.limit else look.spared
    return float(held.cell.claim.mean(tally))


def _nominal(held: Held, state: State) -> float | None:
    """The same metric under ordinary use, where the plan has it."""
    cell = held.cell
    calm = state.calm.get((cell.metric.id, cell.arm.mitigation.id, cell.arm.condition.stream))
    if calm is None or calm.id == cell.id or not state.looks.get(calm.id):
        return None
    mean = float(calm.claim.mean(state.looks[calm.id][-1].shown))
    return None if math.isnan(mean) else mean


def _whole(pair: Pair, state: State) -> bool:
    """Whether an effect has the trials that were fixed beforehand; a sequential one may stop anywhere."""
    tracks = [state.tracks[cell.arm.id] for cell in (pair.of, pair.against) if cell is not None]
    if any(track.error for track in tracks) or pair.id in state.refused:
        return False
    return state.plan.design is Design.SEQUENTIAL or all(track.rounds and track.played >= track.rounds[-1][0] for track in tracks)


def _effect(pair: Pair, state: State, standing: EffectStanding) -> Effect:
    means = [_mean(cell, state) for cell in (pair.of, pair.against)]
    looks = state.pairs.get(pair.id, [])
    tracks = [state.tracks[cell.arm.id] for cell in (pair.of, pair.against) if cell is not None]
    why = state.refused.get(pair.id) or next((track.error or _broke(track) for track in tracks if track.error or track.broken), "")
    if pair.id in standing.direction and 0 < pair.claim.counted(looks[-1].shown) < FEWEST:
        return Effect(pair=pair, estimate=None, direction="not_measured", of_mean=math.nan, against_mean=math.nan, why=FEWER)
    if pair.id not in standing.direction or not pair.claim.counted(looks[-1].shown):
        reason = why or (f"Open when {state.stopped}." if state.stopped else "No trial counts on both sides.")
        return Effect(pair=pair, estimate=None, direction="not_measured", of_mean=means[0], against_mean=means[1], why=reason)
    tally = looks[-1].shown
    if pair.against is None:
        means = [float(mean) for _number, mean in pair.claim.parts(tally)][:2]
    bounds = effect_bounds(pair, looks, state.plan.design, standing.level)
    weighed = standing.weighed[pair.id]
    estimate = Estimate(
        mean=float(pair.claim.mean(tally)),
        lower=bounds.lower,
        upper=bounds.upper,
        e_pass=weighed.e_pass,
        e_fail=weighed.e_fail,
        trials=int(pair.claim.counted(tally)),
        played=tracks[0].played,
        calls=sum(track.calls for track in tracks),
        parts=tuple((name, int(number), float(mean)) for name, (number, mean) in zip(pair.of.metric.parts, pair.claim.parts(tally), strict=False)),
    )
    return Effect(pair=pair, estimate=estimate, direction=standing.direction[pair.id], of_mean=means[0], against_mean=means[1], why=why)


def _mean(cell: Cell | None, state: State) -> float:
    if cell is None or not state.looks.get(cell.id):
        return math.nan
    return float(cell.claim.mean(state.looks[cell.id][-1].shown))


def _calls_fixed(state: State) -> float:
    """Rows that a fixed number of trials would have taken: every arm to its end."""
    return sum(track.calls * track.rounds[-1][0] / track.played for track in state.tracks.values() if track.played)
