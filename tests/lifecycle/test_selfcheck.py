"""The check of the checker: it finds nothing on an engine that is right, and much on one that is not."""

from __future__ import annotations

from typing import cast

import pytest

from keepstone.lifecycle import selfcheck as checked
from keepstone.lifecycle.selfcheck import interval, selfcheck
from keepstone.measure import families


def test_two_runs_hold_and_are_the_same_for_any_number_of_workers() -> None:
    steps: list[int] = []
    found = selfcheck(2, on_run=steps.append)
    assert steps == [1, 2, 3, 4]
    assert found["holds"] is True
    assert found == selfcheck(2, workers=2)
    assert found != selfcheck(2, seed=8) or found["null"] == selfcheck(2, seed=8)["null"]


def test_every_kind_is_planted_or_held_at_its_limit() -> None:
    kinds = {truth.kind for _, truth in (*checked._criteria(3, planted=True), *checked._pairs(planted=True))}
    assert kinds == {"rate", "graded", "gap", "searched", "clustered", "paired"}
    null = [truth for _, truth in checked._criteria(3, planted=False)]
    assert len(null) == 10
    assert {len(truth.wrong) for truth in null} == {1}


def test_an_engine_without_an_error_rate_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def eager(self: families.Family, *_: object) -> families.Weighed:
        del self
        return families.Weighed(e_pass=1e9, e_fail=0.0)

    monkeypatch.setattr(families.Family, "_weigh", eager)
    found = selfcheck(4)
    assert found["holds"] is False
    assert cast("dict[str, float]", found["null"])["wrong_runs"] == 4


def test_the_interval_is_exact() -> None:
    assert interval(0, 60)[0] == 0.0
    assert interval(0, 60)[1] == pytest.approx(1 - 0.05 ** (1 / 60))
    assert interval(60, 60)[1] == 1.0
    low, high = interval(3, 60)
    assert 0 < low < 3 / 60 < high
