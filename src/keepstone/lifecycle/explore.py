"""After a finding has failed: the attack goes on until its conversations or the budget end, and what it got in by is told apart. No verdict is touched.

A way in is what was said (the carrier), in which dress (the encoding), and what came of it (the effect).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import comb
from typing import TYPE_CHECKING

import msgspec

from keepstone.core.chat import Conversing
from keepstone.core.claim import NOT_COUNTED, UNIT
from keepstone.core.origin import Adversary
from keepstone.core.result import Verdict
from keepstone.core.trial import Trials
from keepstone.govern.explored import Explored, Opened, Success, WayIn
from keepstone.ledger.canonical import encode
from keepstone.lifecycle.record import EXPLORED
from keepstone.lifecycle.transcripts import Archive, talk
from keepstone.measure.play import Played
from keepstone.measure.state import Progress, dearest, queries
from keepstone.stats.exact import lower_rate, upper_rate

if TYPE_CHECKING:
    import numpy as np

    from keepstone.core.artefact import Executor
    from keepstone.core.cell import Arm, Held
    from keepstone.core.result import Finding
    from keepstone.lifecycle.record import Record
    from keepstone.measure.said import Spoken
    from keepstone.measure.state import OnProgress

STEP = 32  # conversations of an arm between two looks at the budget
TRIES = (1, 2, 5, 10, 20, 50, 100)
MOST_WAYS = 200  # of a finding that are told, the most frequent ones
TAIL = 0.025  # on each side of an interval
TRIALS_ENDED, BUDGET_ENDED, TIME_ENDED = "all conversations were held", "the budget ended", "the time given ended"


@dataclass
class Seen:
    """What the conversations of one finding came to.

    Attributes:
        count: So many were counted.
        hits: Of these, how many lost.
        tried: By carrier and encoding, how many were.
        ways: By carrier, encoding and effect, how many lost.
        first: Of each way, the first.
        after: By the tries that it took, how many lost.
    """

    count: int = 0
    hits: int = 0
    tried: Counter[tuple[str, str]] = field(default_factory=Counter)
    ways: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    first: dict[tuple[str, str, str], Spoken] = field(default_factory=dict)
    after: Counter[int] = field(default_factory=Counter)

    def add(self, spoken: Spoken, metric: str, *, hit: bool) -> None:
        """Count one conversation."""
        self.count += 1
        self.tried[spoken.carrier, spoken.encoding] += 1
        if hit:
            way = (spoken.carrier, spoken.encoding, _effect(spoken, metric))
            self.hits += 1
            self.ways[way] += 1
            self.first.setdefault(way, spoken)
            self.after[spoken.tries] += 1


@dataclass
class Exploring:
    """An exploration that goes on.

    Attributes:
        archive: What the run kept.
        executor: Where batches are made.
        budget: Calls that are left.
        calls: Calls made so far.
        tokens: Read and written so far.
    """

    archive: Archive
    executor: Executor
    budget: float
    calls: float = 0.0
    tokens: tuple[int, int] = (0, 0)

    def go(self, arms: Sequence[Arm], on_progress: OnProgress | None) -> str:
        """Play the arms by turns until their conversations or the budget end; tell which."""
        places = {arm.id: self._played(arm) for arm in arms}
        waiting = [arm for arm in arms if places[arm.id] < arm.target.size(arm.condition.stream)]
        while waiting:
            turn = list(self._afforded(waiting, places))
            for played, value in zip(turn, self.executor.make(turn), strict=True):
                places[played.arm.id] = played.trials.stop if self._take(played, value) else played.arm.target.size(played.trials.stream)
                text = f"exploring {played.arm.condition.title}"
                if on_progress is not None and not on_progress(Progress(done=self.calls, expected=self.calls, text=text, open=0)):
                    return TIME_ENDED
            if len(turn) < len(waiting):
                return BUDGET_ENDED
            waiting = [arm for arm in waiting if places[arm.id] < arm.target.size(arm.condition.stream)]
        return TRIALS_ENDED

    def _afforded(self, waiting: Sequence[Arm], places: Mapping[str, int]) -> Iterator[Played]:
        """The next batch of each arm, in the plan's order, as far as the budget goes in the worst case."""
        left = self.budget - self.calls
        for arm in waiting:
            track, start = self.archive.state.tracks[arm.id], places[arm.id]
            trials = Trials(self.archive.state.plan.seed, arm.condition.stream, start, self._stop(arm, start), arm.unit)
            left -= len(trials) * dearest(arm)
            if left < 0:
                return
            yield Played(arm, trials, track.metrics, track.named)

    def _played(self, arm: Arm) -> int:
        return max((stop for _start, stop in self.archive.state.tracks[arm.id].spans), default=0)

    def _stop(self, arm: Arm, start: int) -> int:
        """Where the next batch ends: between items that belong together."""
        size = arm.target.size(arm.condition.stream)
        cut: Callable[[Trials, int], int] | None = getattr(arm.target, "cut", None)
        stop = min(size, start + STEP)
        return stop if cut is None else cut(Trials(self.archive.state.plan.seed, arm.condition.stream, 0, size), stop)

    def _take(self, played: Played, value: dict[str, np.ndarray]) -> bool:
        """Note what a batch cost and said; tell whether its arm can go on."""
        if "error" in value:
            return False
        read, wrote = value.get("tokens", (0, 0))
        self.calls += float(value["calls"].sum())
        self.tokens = (self.tokens[0] + int(read), self.tokens[1] + int(wrote))
        self.archive.beyond.setdefault(played.arm.id, []).append(played)
        return True

    def opened(self, held: Held) -> Opened:
        """What opens, of one finding: the conversations of the run and those beyond it together."""
        name, arm = held.cell.metric.id, held.cell.arm
        seen = Seen()
        for spoken, losses in self.archive.of(arm):
            if losses.get(name, NOT_COUNTED) != NOT_COUNTED and not spoken.broken:
                seen.add(spoken, name, hit=losses[name] > 0)
        several: Callable[[str], bool] | None = getattr(arm.target, "several", None)
        drawn = several is None or not several(arm.condition.stream)
        return Opened(
            finding=held.id,
            tries=seen.count,
            hits=seen.hits,
            ways=tuple(_ways(seen, name, drawn=drawn)),
            at=tuple(_at(seen.hits, seen.count, k, drawn=drawn) for k in TRIES if k <= seen.count),
            within=tuple(_within(seen, k, drawn=drawn) for k in range(1, queries(arm) + 1)) if queries(arm) and seen.count else (),
        )


def explore(archive: Archive, findings: Sequence[Finding], executor: Executor, on_progress: OnProgress | None) -> tuple[Explored, tuple[int, int]]:
    """Go on with every attack that a finding failed under; give what opens, and the tokens that it took."""
    failed = [one.held for one in findings if one.verdict is Verdict.FAIL and isinstance(one.held.cell.arm.condition.origin, Adversary)]
    talked = [held for held in failed if isinstance(held.cell.arm.target, Conversing)]
    going = Exploring(archive, executor, archive.state.plan.budget - archive.state.calls)
    ended = going.go(tuple({held.cell.arm.id: held.cell.arm for held in talked}.values()), on_progress) if talked else "no attack failed its limit"
    return Explored(calls=going.calls, ended=ended, findings=tuple(going.opened(held) for held in talked)), going.tokens


def write_explored(record: Record, explored: Explored) -> None:
    """Write it beside the result."""
    record.write(EXPLORED, encode(msgspec.to_builtins(explored)))


def _ways(seen: Seen, metric: str, *, drawn: bool) -> Iterator[WayIn]:
    """The distinct ways in, the most frequent first."""
    for way in sorted(seen.ways, key=lambda one: (-seen.ways[one], one))[:MOST_WAYS]:
        carrier, encoding, effect = way
        count, tries = seen.ways[way], seen.tried[carrier, encoding]
        lower, upper = _interval(count, tries) if drawn else (None, None)
        yield WayIn(
            carrier=carrier,
            encoding=encoding,
            effect=effect,
            hits=count,
            tries=tries,
            share=count / tries,
            lower=lower,
            upper=upper,
            talk=talk(seen.first[way], metric, UNIT),
        )


def _effect(spoken: Spoken, metric: str) -> str:
    """What came of it: what was found, in which dress, in what."""
    seen = spoken.seen.get(metric, ())
    told = [f"{one.what.partition(':')[0]}{_dress(one.how)}{', in a tool' if one.column == 'tools' else ''}" for one in seen]
    return "; ".join(told) or "lost"


def _dress(how: str) -> str:
    return "" if how in {"", "plain"} else f", {how.replace('_', ' ')}"


def _interval(hits: int, tries: int) -> tuple[float, float]:
    return lower_rate(hits, tries, TAIL), upper_rate(hits, tries, TAIL)


def _at(hits: int, tries: int, k: int, *, drawn: bool) -> Success:
    """Success of an attacker who holds k conversations, drawn from those that were held; the bounds are of independent draws."""
    share = 1 - comb(tries - hits, k) / comb(tries, k)
    lower, upper = _interval(hits, tries)
    return Success(tries=k, share=share, lower=1 - (1 - lower) ** k if drawn else None, upper=1 - (1 - upper) ** k if drawn else None)


def _within(seen: Seen, k: int, *, drawn: bool) -> Success:
    """Success within k tries of one conversation."""
    hits = sum(count for tries, count in seen.after.items() if 0 < tries <= k)
    lower, upper = _interval(hits, seen.count) if drawn else (None, None)
    return Success(tries=k, share=hits / seen.count, lower=lower, upper=upper)
