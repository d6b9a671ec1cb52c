"""Bar 8: missed outcomes and false alarms by group, 1 000 000 rows and 80 groups. Floor: one bincount pass. Peer and oracle: Fairlearn's MetricFrame.

Both must give the same rates, group by group, also beside a group that has no outcome.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from printing import show, verdict

from keepstone.stats.groups import confusion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Frame = Callable[[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]], Any]

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


def apart(frame: Frame) -> float:
    """The largest difference of the rates of any group, of three tables: the one that is timed, a small one, and one with a group that has no outcome.

    Where there is nothing to divide by, Fairlearn says 0 and ours NaN: there is no rate, so nothing is compared.
    """
    worst = 0.0
    for rows, groups, share in ((ROWS, GROUPS, 0.3), (400, 7, 0.5), (300, 3, 0.0)):
        draw = np.random.default_rng(rows)
        codes, truth, flagged = np.arange(rows) % groups, draw.random(rows) < 0.3, draw.random(rows) < 0.4
        truth &= (codes > 0) | (draw.random(rows) < share)
        found = confusion(codes, truth, flagged, groups)
        theirs = frame(codes, truth, flagged)
        for mine, column in ((found.missed, "missed"), (found.alarms, "alarms")):
            worst = max(worst, float(np.nanmax(np.abs(mine - theirs[column].to_numpy()))))
    return worst


def main() -> int:
    """Print the table."""
    differing = 0.0
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

        def frame(codes: NDArray[np.int64], truth: NDArray[np.bool_], flagged: NDArray[np.bool_]) -> Any:  # noqa: ANN401  a data frame
            return MetricFrame(metrics=metrics, y_true=truth, y_pred=flagged, sensitive_features=codes).by_group

        peer = best(lambda: frame(codes, truth, flagged), 2)
        rows.append(["Fairlearn MetricFrame", peer, peer / floor])
        differing = apart(frame)
    show(f"Rates by group, {ROWS} rows x {GROUPS} groups", ["", "seconds", "x floor"], rows)
    same = verdict("rates of a group apart from Fairlearn's", differing, 1e-12) if len(rows) > 2 and rows[2][2] else True
    return 0 if verdict("group metrics / one bincount pass", ours / floor, 20.0, unit=" x") and same else 1


if __name__ == "__main__":
    sys.exit(main())
