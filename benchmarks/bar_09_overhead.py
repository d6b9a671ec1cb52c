"""Bar 9: what the engine costs on top of the target's own calls, how quickly a plan is laid out, and how memory grows.

Floor: the bare loop that makes the same calls. Peer: none runs the same calls; the floor is what a hand-written script would take.
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
from printing import show, verdict

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from fakes import Coin, held, plan

from keepstone.core.channel import through
from keepstone.core.trial import Outcome, Trials
from keepstone.lifecycle.written import plan_document
from keepstone.measure.executors.local import InProcess
from keepstone.measure.judge import judge
from keepstone.measure.run import run
from keepstone.measure.shelf import KeptShelf

MILLISECOND = 1e-3
CELLS = 10_000


class Slow(Coin):
    """A coin whose batch costs a millisecond, and which remembers what it was asked."""

    asked: ClassVar[list[Trials]] = []

    def run(self, trials: Trials, tap: object) -> Outcome:
        """Wait, then flip."""
        self.asked.append(trials)
        until = time.perf_counter() + MILLISECOND
        while time.perf_counter() < until:
            pass
        return super().run(trials, tap)  # type: ignore[arg-type]


def overhead(arms: int) -> tuple[float, float]:
    """Seconds of the bare loop and of the engine, over the same batches: those that the engine asked for."""
    target = Slow(2000)
    made = plan(*[held(0.1, 0.1, target=target, word=f"w{k}") for k in range(arms)])
    Slow.asked.clear()
    start = time.perf_counter()
    judge(run(made, InProcess(KeptShelf())), {})
    ours = time.perf_counter() - start
    batches = list(Slow.asked)
    start = time.perf_counter()
    for trials in batches:
        target.run(trials, through)
    return time.perf_counter() - start, ours


def planning() -> float:
    """Seconds to lay out and write down a plan of many cells."""
    criteria = [held(0.1, 0.1, word=f"w{k}") for k in range(CELLS)]
    start = time.perf_counter()
    made = plan(*criteria)
    plan_document(made, frozenset())
    return time.perf_counter() - start


def memory(trials: int, cells: int) -> float:
    """Peak MB of a run, in the sequential design, over so many trials and cells."""
    target = Coin(trials)
    made = replace(plan(*[held(0.1, 0.1, target=target, word=f"w{k}") for k in range(cells)]))
    tracemalloc.start()
    run(made, InProcess(Forgetful()))
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return peak


class Forgetful(KeptShelf):
    """Keeps nothing, so that what is measured is the engine."""

    def _keep(self, key: str, value: object) -> None:
        del key, value


def main() -> int:
    """Print the tables."""
    ratios = [ours / bare for bare, ours in (overhead(200) for _ in range(5))]
    bare, ours = overhead(200)
    batches = len(Slow.asked) // 2
    seconds = planning()
    few, many, wide = memory(20_000, 5), memory(400_000, 5), memory(20_000, 50)
    show(f"Engine overhead, 200 arms, {batches} batches of 1 ms", ["", "seconds"], [["bare loop (floor)", bare], ["Keepstone", ours]])
    show("Planning", ["cells", "seconds"], [[CELLS, seconds]])
    show("Peak memory", ["trials", "cells", "MB"], [[20_000, 5, few], [400_000, 5, many], [20_000, 50, wide]])
    met = [
        verdict("engine / bare loop, median of 5", float(np.median(ratios)), 1.2, unit=" x"),
        verdict("10 000 cells planned", seconds, 2.0, unit=" s"),
        verdict("memory, 20 x the trials", many / few, 1.5, unit=" x"),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
