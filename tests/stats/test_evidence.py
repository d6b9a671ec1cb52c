"""A bound is where p crosses the level, whatever the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from keepstone.stats.betting import difference_stakes
from keepstone.stats.evidence import GRID, HALF, SCREEN, Counts, Row, Wagers, lower_bound


@dataclass
class Normal:
    """Evidence whose bound is known: p is that of a normal mean. `guess` may be far off."""

    near: ClassVar[float] = 0.95
    mean: float
    error: float
    off: float = 0.0
    asked: int = 0

    def p(self, theta: float) -> float:
        self.asked += 1
        return float(ndtr((theta - self.mean) / self.error))

    def reaches(self, theta: float, level: float) -> bool:
        return self.p(theta) <= level

    def guess(self, level: float) -> float:
        return self.mean + self.off + self.error * -2 * level


@given(st.floats(-0.9, 0.9), st.floats(0.003, 0.3), st.floats(-0.5, 0.5), st.floats(-0.9, 0.9), st.sampled_from([1e-6, 0.001, 0.05, 0.3]))
def test_the_bound_is_where_p_crosses_the_level(mean: float, error: float, off: float, anchor: float, level: float) -> None:
    evidence = Normal(mean, error, off)
    bound = lower_bound(evidence, level, anchor)
    assert evidence.p(bound) <= level * (1 + 1e-9) or bound == -1
    assert (bound >= anchor) == (evidence.p(anchor) <= level)
    # not much lower than it must be: a step of the grid, or the slack of the level
    higher = min(bound + 2 / GRID + 2 * HALF + 0.05 * error, 1.0)
    assert evidence.p(higher) > level or higher == 1.0 or (bound < anchor <= higher)
    assert evidence.asked < 45


def test_steps_are_few_from_a_fair_guess() -> None:
    evidence = Normal(0.1, 0.02)
    lower_bound(evidence, 0.01, 0.0)
    assert evidence.asked <= 8


def test_ends_of_the_range() -> None:
    assert lower_bound(Normal(-0.99, 0.5), 1e-6, 0.0) == -1.0
    assert lower_bound(Normal(0.5, 0.01), 0.01, 0.6, low=0.0) == pytest.approx(0.4767, abs=2e-4)
    assert lower_bound(Normal(0.001, 0.1), 0.01, 0.6, low=0.0) == 0.0


def test_looks_that_can_not_matter_are_left_out_without_a_trace() -> None:
    rng = np.random.default_rng(7)
    for _ in range(15):
        rows = tuple(
            Row(weight, int(rng.binomial(n, 0.3)), int(rng.binomial(n, 0.2)), n, n, paired=False, d0=0.0) for weight, n in ((0.1, 40), (0.2, 80), (0.7, 160))
        )
        theta = float(rng.choice([-0.1, 0.0, 0.05]))
        full = [1.0 if row.screened(theta) else row.test.p(theta) / row.weight for row in rows]
        p = Counts(rows).p(theta)
        assert p == pytest.approx(min(1.0, *full))
        for level in (0.01, 0.3, min(p, 0.99), 0.999 * p):
            assert Counts(rows).reaches(theta, level) == (p <= level)


def test_a_look_that_points_the_wrong_way_is_not_asked() -> None:
    row = Row(1.0, 12, 10, 100, 100, paired=False, d0=0.0)
    difference, error = row.centre
    assert not row.screened(difference - SCREEN * error - 1e-9)
    assert row.screened(difference - SCREEN * error + 1e-9)
    assert Counts((row,)).p(0.0) == 1.0
    assert Row(1.0, 0, 0, 0, 5, paired=False, d0=0.0).screened(-1.0), "nothing counted"


def test_wealth_is_averaged_within_a_look_and_shared_between_looks() -> None:
    bets = difference_stakes(0.0)[1]
    low, high = np.full((1, 30), 0.1), np.full((1, 30), 0.4)
    each = [bets.log_wealth(sample[0], np.ones(30), 0.0) for sample in (low, high)]
    both = Wagers(bets, ((np.concatenate([low, high]), np.ones((1, 1))),), (1.0,))
    assert both.log_wealth(0.0) == pytest.approx(np.log(np.mean(np.exp(each))))
    looks = Wagers(bets, ((low, np.ones((1, 1))), (high, np.ones((1, 1)))), (0.3, 0.7))
    assert looks.p(0.0) == pytest.approx(1 / max(0.3 * np.exp(each[0]), 0.7 * np.exp(each[1])))
    assert Wagers(bets, ((np.zeros((1, 0)), np.ones((1, 1))),), (1.0,)).p(0.0) == 1.0
