"""Bar 8: missed outcomes and false alarms by group, 1 000 000 rows and 80 groups. Floor: one bincount pass. Peer: Fairlearn's MetricFrame."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from printing import show, verdict

from keepstone.stats.groups import confusion

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROWS, GROUPS = 1_000_000, 80


def best(call: Callable[[], object], times: int) -> float:
    """The least seconds of several calls."""
    took = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        took.append(time.perf_counter() - start)
    return min(took)


def rates(codes: NDArray[np.int64], truth: NDArray[np.bool_], flagged: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Missed outcomes and false alarms by group."""
    found = confusion(codes, truth, flagged, GROUPS)
    return found.missed, found.alarms


def main() -> int:
    """Print the table."""
    draw = np.random.default_rng(7)
    codes, truth, flagged = draw.integers(0, GROUPS, ROWS), draw.random(ROWS) < 0.3, draw.random(ROWS) < 0.4
    floor = best(lambda: np.bincount(codes, minlength=GROUPS), 20)
    ours = best(lambda: rates(codes, truth, flagged), 20)
    rows = [["one bincount pass (floor)", floor, 1.0], ["Keepstone", ours, ours / floor]]
    try:
        from fairlearn.metrics import MetricFrame, false_negative_rate, false_positive_rate
    except ImportError:
        rows.append(["Fairlearn MetricFrame", "not installed (make bench installs it)", ""])
    else:
        metrics = {"missed": false_negative_rate, "alarms": false_positive_rate}
        peer = best(lambda: MetricFrame(metrics=metrics, y_true=truth, y_pred=flagged, sensitive_features=codes).by_group, 2)
        rows.append(["Fairlearn MetricFrame", peer, peer / floor])
    show(f"Rates by group, {ROWS} rows x {GROUPS} groups", ["", "seconds", "x floor"], rows)
    return 0 if verdict("group metrics / one bincount pass", ours / floor, 20.0, unit=" x") else 1


if __name__ == "__main__":
    sys.exit(main())
