"""Bar 6 over a grid: every kind of claim at many rates, sizes and levels, each several hundred times; the same promise must hold in every cell of it.

    python benchmarks/soak_coverage.py [--runs 300] [--minutes 18]

Floor: a bound that misses as often as its level allows. With so many cells some miss more often by luck alone, so a cell misses too often where luck
would do that in one grid of a hundred, and all cells of a kind together are held to the level plus 2 standard errors. No cell is begun when the minutes
are over; the table says how far it came.
"""

from __future__ import annotations

import argparse
import sys
import time
from itertools import product
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from bar_06_coverage import Setting, bounds, groups, rate, signs
from printing import show, verdict

from keepstone.stats.claims import Difference, Gap, Mean
from keepstone.stats.exact import binomial_fail

if TYPE_CHECKING:
    from collections.abc import Iterator

LEVELS = (0.05, 0.0118)
RARE = 0.01  # of grids, that luck alone spoils
EDGE = 1e-9  # truths are sums of rates; a bound that meets one to nine places is on it


def grid() -> Iterator[Setting]:
    """Give every cell of the grid."""
    for p, n, run in product((0.0, 0.01, 0.05, 0.2, 0.5, 0.97), (40, 150, 700), ("once", "looks", "in turn")):
        yield Setting("mean", Mean(), rate(p, n), p, min(max(p, 0.02), 0.95), run)
    for low, gap, n in product((0.02, 0.3), (0.0, 0.1, 0.3), (120, 500)):
        for run in ("once", "looks"):
            yield Setting("gap of two", Gap(), groups((low + gap, low), (0.3, 0.7), n), gap, max(gap, 0.05), run)
    for share, mean, n in product((0.02, 0.1, 0.4), (0.0, 0.02, -0.02), (80, 500)):
        for run in ("once", "looks", "in turn"):
            yield Setting("pairs", Difference(), signs((share + mean) / 2, (share - mean) / 2, n), mean, mean, run)


def missed(setting: Setting, runs: int, level: float) -> tuple[int, int, int]:
    """How often the lower and the upper bound miss the truth, and how often verdict and interval disagree."""
    rng = np.random.default_rng([66, *setting.name.encode(), round(1e4 * level), round(1e4 * abs(setting.truth))])
    low = high = disagree = 0
    for _ in range(runs):
        found, agree = bounds(setting, setting.draw(rng), level)
        low += found.lower > setting.truth + EDGE
        high += found.upper < setting.truth - EDGE
        disagree += not agree
    return low, high, disagree


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=300, help="runs of each cell of the grid")
    parser.add_argument("--minutes", type=float, default=18.0, help="no new cell is begun after so many")
    chosen = parser.parse_args()
    began, settings, runs = time.perf_counter(), list(grid()), chosen.runs
    rows: list[list[object]] = []
    too_often, together, disagree, done = 0, 0.0, 0, 0
    for level in LEVELS:
        spread = sqrt(level * (1 - level) / runs)
        for kind in dict.fromkeys(setting.name for setting in settings):
            cells = [setting for setting in settings if setting.name == kind]
            counts = []
            for setting in cells:
                if time.perf_counter() - began > 60 * chosen.minutes:
                    break
                counts.append(missed(setting, runs, level))
            if not counts:
                continue
            low, high, differ = np.array(counts).T
            worst, mean = max(low.max(), high.max()) / runs, max(low.mean(), high.mean()) / runs
            rows.append([kind, level, f"{len(counts)} of {len(cells)}", float(worst), float(mean), int(differ.sum())])
            luck = np.asarray(binomial_fail(np.array([low, high]), runs, level))
            too_often += int((luck * 2 * len(LEVELS) * len(settings) < RARE).sum())
            together = max(together, float((mean - level) / spread * sqrt(len(counts))))
            disagree, done = disagree + int(differ.sum()), done + len(counts)
    show(f"Share of one-sided bounds that miss, {runs} runs a cell", ["claim", "level", "cells", "worst", "mean", "disagree"], rows)
    print(f"        {done} of {len(LEVELS) * len(settings)} cells in {time.perf_counter() - began:.0f} s")
    met = [
        verdict("bounds that miss more often than luck explains", too_often, 0),
        verdict("all cells of a kind over their level", together, 2.0, unit=" standard errors"),
        verdict(f"verdict and interval disagree, of {done * runs}", disagree, 0),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
