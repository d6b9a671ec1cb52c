"""One round of some arms: their batches, what they gave as losses one a unit of independence, and the look it adds to each cell and pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from keepstone.core.claim import NOT_COUNTED, UNIT, Claim, Look, Tally
from keepstone.core.errors import KeepstoneError
from keepstone.core.trial import Trials
from keepstone.measure.play import Played
from keepstone.measure.state import Progress, bounded
from keepstone.stats.claims import difference

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.artefact import Executor
    from keepstone.core.cell import Arm, Cell, Pair, Plan
    from keepstone.core.channel import Ints
    from keepstone.core.claim import Losses
    from keepstone.measure.state import OnProgress, State, Track

BLOCK = 4096  # trials of an arm that are held in memory at once


@dataclass(frozen=True)
class Block:
    """What a block of an arm's trials gave.

    Attributes:
        losses: By metric, one row a unit of independence.
        broken: bool (units,), where the target broke on some row of the unit.
    """

    losses: Mapping[str, Losses]
    broken: NDArray[np.bool_]


@dataclass
class Opening:
    """A round that is open. A budget may let its arms play one after the other; blocks are kept until those they are compared with have played.

    Attributes:
        index: Which round.
        kept: Per place of a block in the round, by arm.
    """

    index: int
    kept: dict[int, dict[str, Block]] = field(default_factory=dict)

    def meet(self, place: int, blocks: dict[str, Block], later: frozenset[str]) -> dict[str, Block]:
        """The new blocks of a place with those kept there; of both, what arms that play later will be compared with is kept."""
        together = self.kept.get(place, {}) | blocks
        self.kept[place] = {arm: block for arm, block in together.items() if arm in later}
        return together


def play_round(state: State, opening: Opening, arms: tuple[Sequence[Arm], Sequence[Arm]], executor: Executor, on_progress: OnProgress | None) -> bool:
    """Play one round of the live ones of some arms, block by block, and add a look to each cell and pair."""
    live, waiting = arms
    later = _compared_with(state.plan, frozenset(arm.id for arm in waiting))
    going = True
    seen = Seen()
    for place, wanted in _blocks(state, live, opening.index):
        blocks: dict[str, Block] = {}
        for played, value in zip(wanted, executor.make(wanted), strict=True):
            found = _take(state.tracks[played.arm.id], played, value)
            blocks |= {} if found is None else {played.arm.id: found}
            if on_progress is not None:
                going = on_progress(_progress(state, played)) and going
        _fold(state, frozenset(blocks), opening.meet(place, blocks, later), seen)
    _close(state, live, opening.index, seen)
    return going


def _compared_with(plan: Plan, waiting: frozenset[str]) -> frozenset[str]:
    """The arms that a comparison holds against one that waits."""
    pairs = [(pair.of.arm.id, pair.against.arm.id) for pair in plan.pairs if pair.against is not None] if waiting else []
    return frozenset(one for a, b in pairs for one, other in ((a, b), (b, a)) if other in waiting)


@dataclass
class Seen:
    """What a round saw: a tally for each cell and pair, or three where trials that broke only widen bounds (as in `Look`)."""

    cells: dict[str, tuple[Tally, ...]] = field(default_factory=dict)
    pairs: dict[str, tuple[Tally, ...]] = field(default_factory=dict)


def _close(state: State, live: Sequence[Arm], index: int, seen: Seen) -> None:
    """Note how far each arm got, and add a look to each cell and pair that was played."""
    for track in (state.tracks[arm.id] for arm in live):
        track.spans.append((track.rounds[index - 1][0] if index else 0, track.rounds[index][0]))
    for cell in state.plan.cells:
        if cell.id in seen.cells:
            _look(state.looks.setdefault(cell.id, []), cell.claim, seen.cells[cell.id], state.tracks[cell.arm.id].rounds[index][1])
    for pair in state.plan.pairs:
        if pair.id in seen.pairs:
            _look(state.pairs.setdefault(pair.id, []), pair.claim, seen.pairs[pair.id], 1.0)


def _blocks(state: State, live: Sequence[Arm], index: int) -> Iterator[tuple[int, list[Played]]]:
    """The places of a round and their batches. Arms of one stream share their boundaries, so pairs meet in the same block."""
    spans = {arm.id: (state.tracks[arm.id].rounds[index - 1][0] if index else 0, state.tracks[arm.id].rounds[index][0]) for arm in live}
    longest = max(stop - start for start, stop in spans.values())
    for offset in range(0, longest, BLOCK):
        wanted = []
        for arm in live:
            start, stop = spans[arm.id]
            if start + offset < stop:
                trials = Trials(state.plan.seed, arm.condition.stream, start + offset, min(stop, start + offset + BLOCK), arm.unit)
                wanted.append(Played(arm, trials, state.tracks[arm.id].metrics, state.tracks[arm.id].named))
        yield offset, wanted


def _take(track: Track, played: Played, value: dict[str, np.ndarray]) -> Block | None:
    """Note what a batch cost and what broke; give its losses, one row a unit of independence."""
    if "error" in value:
        track.error = str(value["error"][0])
        return None
    track.played += len(played.trials)
    track.calls += float(value["calls"].sum())
    read, wrote = value.get("tokens", (0, 0))
    track.tokens = (track.tokens[0] + int(read), track.tokens[1] + int(wrote))
    lost = int(value["broken"].sum())
    track.lost += lost
    track.broken += [(int(row), str(why)) for row, why in zip(value["why_row"], value["why"], strict=True)]
    if lost and not len(value["why"]):
        track.broken += [(int(row), "broken") for row in value["row"][value["broken"]][:5]]
    if value["size"].size:
        size = value["size"][np.isfinite(value["size"])]
        track.size = (track.size[0] + float(size.sum()), track.size[1] + len(size))
    unit = value["unit"]
    starts = _starts(unit)
    return Block({metric.id: _means(value[f"loss:{metric.id}"], starts) for metric in track.metrics}, _any(value["broken"], starts))


def broken_units(broken: NDArray[np.bool_], unit: Ints) -> NDArray[np.bool_]:
    """Tell which units have a row that broke; rows of a unit stand together.

    >>> broken_units(np.array([False, True, False]), np.array([4, 4, 7])).tolist()
    [True, False]
    """
    return _any(broken, _starts(unit))


def _any(broken: NDArray[np.bool_], starts: Ints) -> NDArray[np.bool_]:
    return broken if len(starts) == len(broken) else np.logical_or.reduceat(broken, starts)


def _starts(unit: Ints) -> Ints:
    return np.concatenate(([0], np.flatnonzero(unit[1:] != unit[:-1]) + 1))[: len(unit)]


def by_unit(losses: Losses, unit: np.ndarray) -> Losses:
    """Average the losses of rows that belong to one unit of independence; rows of a unit stand together.

    Example:
        >>> by_unit(np.array([[1000], [0], [1000]], dtype=np.int16), np.array([4, 4, 7])).tolist()
        [[500], [1000]]
    """
    return _means(losses, _starts(unit))


def _means(losses: Losses, starts: Ints) -> Losses:
    if len(starts) == len(losses):
        return losses
    counted = losses != NOT_COUNTED
    total = np.add.reduceat(np.where(counted, losses, 0).astype(np.int64), starts, axis=0)
    number = np.add.reduceat(counted.astype(np.int64), starts, axis=0)
    mean = np.clip(np.rint(total / np.maximum(number, 1)), 0, UNIT)
    return np.where(number > 0, mean, NOT_COUNTED).astype(np.int16)


def _fold(state: State, new: frozenset[str], blocks: Mapping[str, Block], seen: Seen) -> None:
    """Add a block to the round's tallies: every cell of an arm that is new, every pair that has both arms since one is new."""
    for cell in state.plan.cells:
        if cell.arm.id in new:
            block = blocks[cell.arm.id]
            losses = block.losses[cell.metric.id]
            read = [losses, *(recounted(losses, block.broken, loss) for loss in (0, NOT_COUNTED))] if bounded(state.plan, cell.claim) else [losses]
            _add(state, seen.cells, cell.id, cell.claim, read)
    for pair in state.plan.pairs:
        arms = [cell.arm.id for cell in (pair.of, pair.against) if cell is not None]
        if any(arm in new for arm in arms) and all(arm in blocks for arm in arms):
            also = compared_otherwise(pair.of, pair.against, blocks) if pair.against is not None and bounded(state.plan, pair.claim) else ()
            _add(state, seen.pairs, pair.id, pair.claim, [compared(pair, blocks), *also])


def _add(state: State, tallies: dict[str, tuple[Tally, ...]], name: str, claim: Claim, read: Sequence[Losses]) -> None:
    """Add losses to a tally; losses that the claim can't judge are an error of that cell or pair alone, not of its arm and not the end of the run."""
    try:
        new = tuple(claim.tally(losses) for losses in read)
        tallies[name] = tuple(claim.add(a, b) for a, b in zip(tallies[name], new, strict=True)) if name in tallies else new
    except KeepstoneError as error:
        state.refused.setdefault(name, str(error))


def compared(pair: Pair, blocks: Mapping[str, Block]) -> Losses:
    """What a comparison is judged on: the losses of the one less those of the other, or the two parts of one cell.

    A trial on which the target broke counts the worst way on either side: a loss of 1 for the one (as the losses have it), none for the other.
    """
    of = blocks[pair.of.arm.id]
    if pair.against is None:
        losses = np.array(of.losses[pair.of.metric.id])
        losses[:, 1:][of.broken[:, None] & (losses[:, 1:] != NOT_COUNTED)] = 0
        return losses
    against = blocks[pair.against.arm.id]
    other = against.losses[pair.against.metric.id]
    return difference(of.losses[pair.of.metric.id], np.where(against.broken[:, None] & (other != NOT_COUNTED), 0, other).astype(np.int16))


def recounted(losses: Losses, broken: NDArray[np.bool_], loss: int) -> Losses:
    """Count what broke as another loss, wherever it counts.

    >>> recounted(np.array([[1000], [NOT_COUNTED], [1000]], dtype=np.int16), np.array([True, True, False]), 0).ravel().tolist()
    [0, -32768, 1000]
    """
    return np.where(broken[:, None] & (losses != NOT_COUNTED), loss, losses).astype(np.int16)


def compared_otherwise(of: Cell, against: Cell, blocks: Mapping[str, Block]) -> tuple[Losses, Losses]:
    """The differences of a comparison with what broke counted the best way on either side, and with it left out."""
    one, other = blocks[of.arm.id], blocks[against.arm.id]
    a, b = one.losses[of.metric.id], other.losses[against.metric.id]
    return difference(recounted(a, one.broken, 0), b), difference(recounted(a, one.broken, NOT_COUNTED), recounted(b, other.broken, NOT_COUNTED))


def _look(seen: list[Look], claim: Claim, new: tuple[Tally, ...], weight: float) -> None:
    """Add a look: its tallies are all that was seen so far."""
    if seen:
        before = [tally for tally in (seen[-1].tally, seen[-1].spared, seen[-1].sound) if tally is not None]
        new = tuple(claim.add(old, tally) for old, tally in zip(before, new, strict=True))
    spared, sound = new[1:] if len(new) > 1 else (None, None)
    seen.append(Look(weight=weight, tally=new[0], spared=spared, sound=sound))


def _progress(state: State, played: Played) -> Progress:
    expected = sum(track.calls * track.rounds[-1][0] / track.played for track in state.tracks.values() if track.played and not track.error)
    waiting = [track for track in state.tracks.values() if not track.played and not track.error and track.rounds]
    known = [track.calls / track.played for track in state.tracks.values() if track.played]
    expected += sum(track.rounds[-1][0] for track in waiting) * (float(np.median(known)) if known else 1.0)
    open_ = sum(held.decidable and not state.standing.decided(held.id) for held in state.plan.held)
    text = f"{played.arm.condition.title}, {played.arm.mitigation.title}"
    return Progress(done=state.calls, expected=expected - state.saved, text=text, open=open_, saved=state.saved)
