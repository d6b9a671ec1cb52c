"""People with several rows each, told apart by groups: what an attack does to them is measured, and a person counts once."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

import keepstone as ks


def test_attacks_on_people_with_two_rows_each_are_measured() -> None:
    luck, rows = np.random.default_rng(1), 1600
    person = np.arange(rows) // 2
    x = pd.DataFrame(luck.normal(size=(rows, 4)), columns=list("abcd"))
    y = (luck.random(rows) < 1 / (1 + np.exp(-(x.a * 1.5 + x.b - 0.5)))).astype(int).to_numpy()
    site = pd.DataFrame({"site": np.where(person % 3 == 0, "A", "B")})
    result = ks.assess(LogisticRegression().fit(x, y), x, y, groups=site, threshold=0.5, unit=person, only=("adversarial",)).document
    assert {one.verdict for one in result.findings} <= {"pass", "fail", "inconclusive"}
    assert {one.direction for one in result.attack_harm} <= {"worse", "no_worse", "better", "inconclusive"}
    played = next(one for one in result.findings if one.played)
    assert played.trials is not None
    assert played.trials <= rows // 2
