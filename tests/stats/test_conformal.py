from __future__ import annotations

import math

import numpy as np
import pytest

from keepstone.stats.chance import Address, uniform
from keepstone.stats.conformal import fewest, lower_cut, tolerance_cut, upper_cut
from keepstone.stats.exact import upper_rate


@pytest.mark.parametrize("error", [0.05, 0.1, 0.3, 0.5])
@pytest.mark.parametrize("n", [1, 2, 9, 19, 20, 57])
def test_the_cut_is_the_smallest_value_with_the_promise(n: int, error: float) -> None:
    values = np.sort(uniform(Address(n, "values", 0, n), "draw", 1)[:, 0])
    cut = upper_cut(values, error)
    promised = [value for k, value in enumerate(values, start=1) if 1 - k / (n + 1) <= error + 1e-12]
    assert cut == (promised[0] if promised else math.inf)


@pytest.mark.parametrize("steps", [4, 10**6])
def test_a_further_value_exceeds_it_no_more_often_than_promised(steps: int) -> None:
    runs, n, error = 4000, 29, 0.1
    draws = np.floor(uniform(Address(1, "runs", 0, runs), "draw", n + 1) * steps)
    beyond = np.array([row[n] > upper_cut(row[:n], error) for row in draws])
    below = np.array([row[n] < lower_cut(row[:n], error) for row in draws])
    allowance = 3 * math.sqrt(error * (1 - error) / runs)
    assert beyond.mean() <= error + allowance
    assert below.mean() <= error + allowance
    if steps > 4:
        assert beyond.mean() >= error - allowance, "without ties it is exact"


def test_too_few_values_promise_nothing() -> None:
    assert upper_cut(np.zeros(0), 0.5) == math.inf
    assert lower_cut(np.arange(8.0), 0.1) == -math.inf
    assert upper_cut(np.arange(9.0), 0.1) == 8.0


def test_the_values_are_left_in_their_order() -> None:
    values = np.array([3.0, 1.0, 2.0])
    upper_cut(values, 0.5)
    assert values.tolist() == [3.0, 1.0, 2.0]


@pytest.mark.parametrize("steps", [50, 10**6])
@pytest.mark.parametrize(("n", "bound"), [(59, 0.05), (200, 0.05), (400, 0.02)])
def test_the_rate_beyond_a_tolerance_cut_is_over_its_bound_no_more_often_than_stated(n: int, bound: float, steps: int) -> None:
    runs, error = 2000, 0.05
    draws = np.floor(uniform(Address(2, "runs", 0, runs), "draw", n) * steps)
    over = np.array([1 - (tolerance_cut(row, bound, error)[0] + 1) / steps > bound for row in draws])
    allowance = 3 * math.sqrt(error * (1 - error) / runs)
    assert over.mean() <= error + allowance
    if (n, steps) == (59, 10**6):
        assert over.mean() >= error - allowance, "with none beyond it is exact"


def test_too_few_draws_state_no_rate() -> None:
    for bound, error in ((0.05, 0.05), (0.02, 0.05), (0.01, 0.1)):
        least = fewest(bound, error)
        assert upper_rate(0, least, error) <= bound < upper_rate(0, least - 1, error)
        assert tolerance_cut(np.arange(float(least)), bound, error) == (least - 1.0, 0)
        assert tolerance_cut(np.arange(least - 1.0), bound, error) == (math.inf, 0)


def test_the_count_beyond_a_cut_states_the_bound() -> None:
    cut, beyond = tolerance_cut(np.arange(1000.0), 0.02, 0.05)
    assert (cut, beyond) == (987.0, 12)
    assert upper_rate(12, 1000, 0.05) <= 0.02 < upper_rate(13, 1000, 0.05)
