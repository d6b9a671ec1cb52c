"""The clinician's table, from ordinary use."""

from __future__ import annotations

import numpy as np

from keepstone.core.trial import Outcome
from keepstone.govern.clinical import clinical


def test_a_group_with_fewer_than_ten_people_on_either_side_keeps_its_size_and_no_figure() -> None:
    truth = np.array([1.0] * 50 + [0.0] * 50)
    score = np.where(truth == 1, 0.7, 0.3) + np.linspace(-0.25, 0.25, 100)
    who = np.array(["large"] * 95 + ["small"] * 5)
    who[:9] = "small"
    who[40:50] = "small"  # 19 with the outcome, 5 without
    columns = {"truth": truth, "score": score, "group:part": who, "flagged": (score >= 0.5).astype(np.float64), "ruling": np.zeros(100, dtype=np.int8)}
    made = clinical(Outcome(columns, np.ones(100), np.zeros(100, dtype=bool), {}), 0.5, ["part"])
    assert made is not None
    everybody, large, small = made.rows
    assert (small.group, small.n, small.outcomes, small.auroc, small.ppv) == ("part=small", 24, None, None, None)
    assert everybody.auroc is not None
    assert (large.n, large.outcomes) == (76, 31)
    assert all(one.observed is None for one in made.calibration if one.n < 10)
