"""One interval for worse, better, no worse, PASS and FAIL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from keepstone.stats.signed import Signed


@dataclass
class Ordered:
    """Evidence that differs with the ordering d0: the standard error grows with it, so that orderings contradict each other on purpose."""

    near: ClassVar[float] = 0.95
    mean: float
    d0: float

    def p(self, theta: float) -> float:
        return float(ndtr((theta - self.mean) / (0.02 + 0.1 * abs(self.d0))))

    def reaches(self, theta: float, level: float) -> bool:
        return self.p(theta) <= level

    def guess(self, level: float) -> float:
        return self.mean - 0.05 - level


def signed(mean: float) -> Signed:
    return Signed(lambda d0: Ordered(mean, d0), lambda d0: Ordered(-mean, d0))


@given(st.floats(-0.3, 0.3), st.sampled_from([0.0, 0.02, 0.1]), st.sampled_from([0.001, 0.05, 0.2]))
def test_every_claim_agrees_with_the_interval(mean: float, limit: float, level: float) -> None:
    found = signed(mean)
    bounds, sides, effects = found.bounds(limit, level), found.p(limit), found.effects(limit)
    assert (bounds.upper <= limit) == (sides.pass_ <= level)
    assert (bounds.lower >= limit) == (sides.fail <= level)
    assert (bounds.lower >= 0) == (effects.worse <= level)
    assert (bounds.upper <= 0) == (effects.better <= level)
    assert (bounds.upper <= limit) == (effects.no_worse <= level)


@given(st.floats(-0.3, 0.3), st.sampled_from([-0.1, -0.02]))
def test_limits_below_0(mean: float, limit: float) -> None:
    found = signed(mean)
    bounds, sides = found.bounds(limit, 0.05), found.p(limit)
    assert (bounds.upper <= limit) == (sides.pass_ <= 0.05)
    assert (bounds.lower >= limit) == (sides.fail <= 0.05)


def test_better_is_never_easier_than_no_worse() -> None:
    effects = signed(-0.05).effects(0.1)
    assert effects.better == max(Ordered(0.05, 0.0).p(0.0), effects.no_worse)
    assert signed(0.3).p(0.1).fail == pytest.approx(max(Ordered(0.3, 0.1).p(0.1), Ordered(0.3, 0.0).p(0.0)))
