"""The clinician's table, from ordinary use."""

from __future__ import annotations

import numpy as np

from keepstone.core.trial import Outcome
from keepstone.govern.clinical import clinical


def test_a_group_with_fewer_than_ten_people_on_either_side_keeps_its_size_and_no_figure() -> None:
    truth = np.array([1.0] * 50 + [0.0] * 50)
    score = np.where(truth == 1, 0.7, 0.3) + np.linspace(-0.25, 0.25, 100)
    who = np.array(["large"] * 75 + ["middle"] * 20 + ["small"] * 5)
    who[:9], who[9:24] = "small", "middle"
    who[40:50] = "small"  # 19 with the outcome, 5 without
    columns = {"truth": truth, "score": score, "group:part": who, "flagged": (score >= 0.5).astype(np.float64), "ruling": np.zeros(100, dtype=np.int8)}
    made = clinical(Outcome(columns, np.ones(100), np.zeros(100, dtype=bool), {}), 0.5, ["part"])
    assert made is not None
    everybody, large, middle, small = made.rows
    assert (small.group, small.n, small.outcomes, small.auroc, small.ppv) == ("part=small", 24, None, None, None)
    assert everybody.auroc is not None
    assert (large.n, large.outcomes) == (41, 16)
    assert (middle.n, middle.outcomes, middle.auroc) == (35, None, None)  # all less the large and the middle ones would be the small ones
    assert all(one.observed is None for one in made.calibration if one.n < 10)


def test_a_group_of_a_few_is_not_told_by_the_size_of_the_others() -> None:
    truth = np.tile([1.0, 0.0], 60)
    score = np.where(truth == 1, 0.7, 0.3) + np.linspace(-0.25, 0.25, 120)
    who = np.array(["a"] * 76 + ["b"] * 40 + ["c"] * 4)
    columns = {"truth": truth, "score": score, "group:site": who, "flagged": (score >= 0.5).astype(np.float64), "ruling": np.zeros(120, dtype=np.int8)}
    made = clinical(Outcome(columns, np.ones(120), np.zeros(120, dtype=bool), {}), 0.5, ["site"])
    assert made is not None
    assert [(one.group, one.n) for one in made.rows] == [("all", 120), ("site=a", 76)]
    columns["group:site"] = np.array(["a"] * 76 + ["b"] * 40 + [""] * 4)  # whose site is not known are a few as well
    made = clinical(Outcome(columns, np.ones(120), np.zeros(120, dtype=bool), {}), 0.5, ["site"])
    assert made is not None
    assert [one.group for one in made.rows] == ["all", "site=a"]
