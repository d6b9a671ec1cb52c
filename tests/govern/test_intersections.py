"""Where two groups meet: counted exactly, the most missed first, and nobody of a few is told of."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from keepstone.core.trial import Outcome
from keepstone.govern.clinical import clinical
from keepstone.govern.intersections import _shown, intersections


def outcome(few: int) -> Outcome:
    """Two hundred people of two attributes; so many of those with the outcome are old women."""
    n = 200
    truth = (np.arange(n) % 2).astype(np.float64)
    old = np.arange(n) % 4 >= 2
    sex = np.array(["male"] * n, dtype=object)
    sex[np.flatnonzero(old & (truth == 1))[:few]] = "female"
    sex[np.flatnonzero(old & (truth == 0))[:20]] = "female"
    flagged = truth.copy()
    flagged[np.flatnonzero((sex == "female") & (truth == 1))[:6]] = 0
    flagged[np.flatnonzero((sex == "male") & (truth == 0))[:5]] = 1
    columns = {
        "truth": truth,
        "flagged": flagged,
        "score": np.where(flagged == 1, 0.9, 0.1),
        "ruling": np.zeros(n, dtype=np.int8),
        "group:sex": sex.astype(str),
        "group:age": np.where(old, "old", "young"),
    }
    return Outcome(columns, np.ones(n), np.zeros(n, dtype=bool), {})


def test_they_are_counted_with_exact_intervals() -> None:
    found, hidden = intersections(outcome(12), ["sex", "age"])
    assert [one.group for one in found] == ["sex=female, age=old", "sex=male, age=old", "sex=male, age=young"]
    assert hidden == 0
    worst = found[0]
    assert (worst.n, worst.outcomes) == (32, 12)
    interval = binomtest(6, 12).proportion_ci(0.95, "exact")
    assert worst.missed == pytest.approx((0.5, interval.low, interval.high))
    assert worst.alarms is not None
    assert worst.alarms[0] == 0
    assert sum(one.n for one in found) == 200


@pytest.mark.parametrize("few", [3, 9])
def test_of_a_few_nothing_is_shown_but_that_they_are_there(few: int) -> None:
    found, hidden = intersections(outcome(few), ["sex", "age"])
    assert [one.group for one in found] == ["sex=male, age=young"]  # all that are old less the old men would be the old women
    assert hidden == 2


def test_nobody_is_told_by_subtraction() -> None:
    few = np.array([[[40, 30, 5], [25, 60, 50], [30, 30, 30]], [[90, 80, 70], [60, 90, 80], [70, 70, 70]]])
    shown = _shown(few)
    for axis in (0, 1):
        left = np.where(shown, 0, few).sum(axis=axis + 1)
        assert all(total.sum() == 0 or total.min() >= 10 for total in left.T)
    assert not shown[0, 2]
    assert shown.sum() == 6


def test_one_attribute_meets_nobody() -> None:
    assert intersections(outcome(12), ["sex"]) == ((), 0)


def test_they_stand_in_the_clinician_s_table() -> None:
    table = clinical(outcome(12), 0.5, ["sex", "age"])
    assert table is not None
    assert table.intersections == intersections(outcome(12), ["sex", "age"])[0]
