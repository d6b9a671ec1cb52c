"""What a run knows while it goes: how far each arm got, the looks at each cell and pair, and what stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, cast

from keepstone.core.agent import Acting
from keepstone.core.artefact import key_of
from keepstone.core.cell import Arm, Cell, Design, Held, Pair, Plan
from keepstone.core.chat import Conversing, tools_of
from keepstone.core.claim import FEWEST
from keepstone.core.origin import Adversary
from keepstone.core.talked import calls
from keepstone.core.trial import Trials
from keepstone.measure.families import Standing
from keepstone.stats.claims import Difference, Judged, Mean, looks

if TYPE_CHECKING:
    from keepstone.core.claim import Claim, Look
    from keepstone.core.part import Metric
    from keepstone.measure.families import Three

SEQUENTIAL_BLOCKS = 64  # blocks that a sequential run divides its trials into, at most
SMALLEST_BLOCK = 16
MOST_BROKEN = 0.5  # share of broken trials from which an open criterion is an error rather than undecided
ENOUGH_BROKEN = 32  # trials of an arm from which that share says that its target does not work
FIRST_BLOCKS = tuple(range(2, SMALLEST_BLOCK, 2))  # ends of the first ones: what is far off its limit is decided in a dozen trials


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


OnProgress = Callable[[Progress], bool]


@dataclass
class Track:
    """What is known of one arm.

    Attributes:
        rounds: (stop, weight) of each of its rounds.
        dearest: Most calls that a trial of it may cost.
        played: Trials played.
        calls: Rows answered for it.
        tokens: Read and written for it, where they are counted.
        broken: Rows that broke, as (row, reason); of many, some.
        lost: Number of rows that broke.
        error: What made the whole arm fail, or "".
        size: Sum and count of realised changes.
        spans: Start and stop of each round that was played; an arm that sat a round out has lost its trials.
    """

    rounds: tuple[tuple[int, float], ...]
    metrics: tuple[Metric, ...]
    dearest: int = 1
    played: int = 0
    calls: float = 0.0
    tokens: tuple[int, int] = (0, 0)
    broken: list[tuple[int, str]] = field(default_factory=list)
    lost: int = 0
    error: str = ""
    size: tuple[float, int] = (0.0, 0)
    spans: list[tuple[int, int]] = field(default_factory=list)

    @cached_property
    def named(self) -> str:
        """Digest of the metrics."""
        return key_of(*self.metrics)


@dataclass
class State:
    """All that a run has learned: per arm a track, per cell its looks, per pair its looks."""

    plan: Plan
    tracks: dict[str, Track]
    looks: dict[str, list[Look]] = field(default_factory=dict)
    pairs: dict[str, list[Look]] = field(default_factory=dict)
    standing: Standing = field(default_factory=Standing)
    decided_pairs: frozenset[str] = frozenset()
    refused: dict[str, str] = field(default_factory=dict)
    weighed_pairs: dict[tuple[str, int], Three] = field(default_factory=dict)
    rounds: int = 0
    stopped: str = ""
    saved: float = 0.0

    @cached_property
    def held_on(self) -> dict[str, list[Held]]:
        """The criteria by the arm that they are read on. One that can't be decided needs all of its arm's trials: its number is shown all the same."""
        found: dict[str, list[Held]] = {}
        for held in self.plan.held:
            found.setdefault(held.cell.arm.id, []).append(held)
        return found

    def open_pairs(self, arm: Arm) -> bool:
        """Whether a comparison that the arm is in is open, or stands on too few to be shown, and the other arm of it still plays."""
        return any(self._open(pair) for pair in self._pairs_of.get(arm.id, ()))

    def _open(self, pair: Pair) -> bool:
        if any(self.given_up(cell.arm) for cell in _cells(pair)):
            return False
        return not (pair.id in self.decided_pairs and _enough(pair.claim, self.pairs.get(pair.id)))

    def enough(self, cell: Cell) -> bool:
        """Whether a cell has as many trials as a number that is shown needs."""
        return _enough(cell.claim, self.looks.get(cell.id))

    @cached_property
    def _pairs_of(self) -> dict[str, list[Pair]]:
        found: dict[str, list[Pair]] = {}
        for pair in self.plan.pairs:
            for cell in _cells(pair):
                found.setdefault(cell.arm.id, []).append(pair)
        return found

    def given_up(self, arm: Arm) -> bool:
        """Whether so much of an arm broke that more trials have nothing to decide: in sequence, where what broke only widens bounds."""
        track, plan = self.tracks[arm.id], self.plan
        sequential = plan.bounded and plan.design is Design.SEQUENTIAL
        return sequential and track.played >= ENOUGH_BROKEN and track.lost > MOST_BROKEN * track.played

    @cached_property
    def calm(self) -> dict[tuple[str, str, str], Cell]:
        """The cells of ordinary use, by metric, mitigation and stream."""
        cells = [cell for cell in self.plan.cells if cell.arm.condition.name == "nominal"]
        return {(cell.metric.id, cell.arm.mitigation.id, cell.arm.condition.stream): cell for cell in cells}

    @property
    def calls(self) -> float:
        """Rows answered so far."""
        return sum(track.calls for track in self.tracks.values())

    @property
    def tokens(self) -> tuple[int, int]:
        """Tokens read and written so far, where they are counted."""
        return sum(track.tokens[0] for track in self.tracks.values()), sum(track.tokens[1] for track in self.tracks.values())


def _cells(pair: Pair) -> list[Cell]:
    return [cell for cell in (pair.of, pair.against) if cell is not None]


def bounded(plan: Plan, claim: Claim) -> bool:
    """Whether trials that broke only widen the bounds of a claim: where the plan says so, and more loss can't help it."""
    return plan.bounded and isinstance(claim, Mean | Difference | Judged)


def queries(arm: Arm) -> int:
    """Most answers that the arm's condition may ask for, a trial."""
    origin = arm.condition.origin
    return origin.queries if isinstance(origin, Adversary) else 0


def spoken(arm: Arm) -> tuple[int, int]:
    """How often a trial of an arm asks of itself: once a turn at least, and with tools once a step of each at most."""
    turns = int(getattr(arm.condition, "turns", 1))
    return turns, turns * (getattr(arm.target, "steps", 0) + 1 if tools_of(arm.target) else 1)


def dearest(arm: Arm) -> int:
    """Most calls that a trial may cost: its own in each turn and step, as often as a busy service is asked again and a mitigation asks, and all queries."""
    if isinstance(arm.target, Acting):
        return arm.target.most + queries(arm)
    attempts = getattr(arm.target.assistant, "attempts", 1) if isinstance(arm.target, Conversing) else 1
    return (int(attempts) * spoken(arm)[1] + queries(arm)) * calls(arm.mitigation)


def schedule(arm: Arm, plan: Plan) -> tuple[tuple[int, float], ...]:
    """The ends of an arm's rounds and their weights, at boundaries of units."""
    size = arm.target.size(arm.condition.stream)
    if not size:
        return ()
    if plan.design is Design.ALL_ITEMS:
        ends = [(size, 1.0)] if arm.id in plan.compared else list(looks(size))
    else:
        step = max(SMALLEST_BLOCK, -(-size // SEQUENTIAL_BLOCKS))
        ends = [(min(size, stop), 1.0) for stop in (*FIRST_BLOCKS, *range(step, size + step, step))]
    cut = cast("Callable[[Trials, int], int] | None", getattr(arm.target, "cut", None))
    address = Trials(plan.seed, arm.condition.stream, 0, size)
    out: dict[int, float] = {}
    for stop, weight in ends:
        at = stop if cut is None else cut(address, stop)
        out[at] = out.get(at, 0.0) + weight if plan.design is Design.ALL_ITEMS else 1.0
    return tuple(out.items())


def tracks(plan: Plan) -> dict[str, Track]:
    """Begin with nothing played."""
    metrics: dict[str, dict[str, Metric]] = {}
    for cell in plan.cells:
        metrics.setdefault(cell.arm.id, {})[cell.metric.id] = cell.metric
    return {arm.id: Track(schedule(arm, plan), tuple(metrics[arm.id].values()), dearest(arm)) for arm in plan.arms}


def _enough(claim: Claim, seen: Sequence[Look] | None) -> bool:
    return seen is not None and len(seen) > 0 and claim.counted(seen[-1].shown) >= FEWEST


def needed(state: State, arm: Arm, index: int) -> bool:
    """Whether an arm has trials left and something that they could decide."""
    track = state.tracks[arm.id]
    if track.error or index >= len(track.rounds) or state.given_up(arm):
        return False
    if arm.id in state.plan.compared and (state.plan.design is Design.ALL_ITEMS or state.open_pairs(arm)):
        return True
    return any(not (held.decidable and state.standing.decided(held.id) and state.enough(held.cell)) for held in state.held_on.get(arm.id, ()))
