"""Exact tests against enumeration, and against scipy where it has the same test."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import barnard_exact, binom, binomtest, boschloo_exact, multinomial

from keepstone.stats.exact import SPARED, Test, binomial_fail, binomial_pass, lower_rate, over_pairs, over_samples, upper_rate
from keepstone.stats.region import Boundary
from keepstone.stats.supremum import RELATIVE, supremum

if TYPE_CHECKING:
    from collections.abc import Callable

LEVELS = (0.001, 0.01, 0.05, 0.2)


def test_binomial_agrees_with_scipy() -> None:
    for n, limit in product((1, 7, 120), (0.01, 0.3, 0.95)):
        k = np.arange(n + 1)
        assert np.allclose(binomial_pass(k, n, limit), binom.cdf(k, n, limit), atol=1e-13)
        assert np.allclose(binomial_fail(k, n, limit), binom.sf(k - 1, n, limit), atol=1e-13)


def test_bounds_agree_with_scipy() -> None:
    for k, n in ((0, 9), (3, 50), (50, 50), (700, 2731)):
        high = binomtest(k, n, alternative="less").proportion_ci(0.99).high
        low = binomtest(k, n, alternative="greater").proportion_ci(0.99).low
        assert upper_rate(k, n, 0.01) == pytest.approx(high, abs=1e-9)
        assert lower_rate(k, n, 0.01) == pytest.approx(low, abs=1e-9)
    assert (upper_rate(3, 9, 0.0), lower_rate(3, 9, 0.0)) == (1.0, 0.0)


def _samples(sizes: tuple[int, int], d0: float, theta: float, *, over: bool) -> np.ndarray:
    """p of every outcome."""
    n1, n2 = sizes
    if over:
        return np.array([[over_samples(a, b, sizes, d0).p(theta) for b in range(n2 + 1)] for a in range(n1 + 1)])
    return np.array([[over_samples(b, a, (n2, n1), -d0).p(-theta) for b in range(n2 + 1)] for a in range(n1 + 1)])


@pytest.mark.parametrize(("sizes", "d0", "theta"), [((9, 6), 0.0, 0.0), ((7, 11), 0.15, 0.15), ((12, 5), -0.1, 0.2)])
@pytest.mark.parametrize("over", [True, False])
def test_two_samples_hold_their_level_at_every_nuisance(sizes: tuple[int, int], d0: float, theta: float, *, over: bool) -> None:
    p = _samples(sizes, d0, theta, over=over)
    a, b = np.arange(sizes[0] + 1), np.arange(sizes[1] + 1)
    for rate in np.linspace(0, 1, 201):
        for extra in (0.0, 0.03, 0.2):  # on the boundary of the null, and inside it
            up = rate + theta + (-extra if over else extra)
            if 0 <= up <= 1:
                mass = np.outer(binom.pmf(a, sizes[0], up), binom.pmf(b, sizes[1], rate))
                for level in LEVELS:
                    assert mass[p <= level].sum() <= level + 1e-12


@pytest.mark.parametrize(("rates", "level"), [((0.3, 0.05), 0.05), ((0.8, 0.4), 0.05), ((0.9, 0.5), 0.01)])
def test_two_samples_have_no_less_power_than_the_exact_tests_of_scipy(rates: tuple[float, float], level: float) -> None:
    sizes = (9, 7)
    p = np.ones((3, 10, 8))
    for up, down in product(range(10), range(8)):
        table = [[up, down], [9 - up, 7 - down]]
        if up * 7 > down * 9:
            theirs = barnard_exact(table, alternative="greater", pooled=False), boschloo_exact(table, alternative="greater")
            p[:, up, down] = over_samples(up, down, sizes, 0.0).p(0.0), theirs[0].pvalue, theirs[1].pvalue
    mass = np.outer(binom.pmf(np.arange(10), 9, rates[0]), binom.pmf(np.arange(8), 7, rates[1]))
    ours, barnard, boschloo = (float(mass[one <= level].sum()) for one in p)
    assert ours >= max(barnard, boschloo) - 0.001
    assert ours > 0.1


@pytest.mark.parametrize(("n", "d0", "theta"), [(12, 0.0, 0.0), (15, 0.1, 0.1), (10, -0.2, 0.1)])
def test_pairs_hold_their_level_at_every_nuisance(n: int, d0: float, theta: float) -> None:
    cells = [(a, b) for a in range(n + 1) for b in range(n + 1 - a)]
    over = np.array([over_pairs(a, b, n, d0).p(theta) for a, b in cells])
    under = np.array([over_pairs(b, a, n, -d0).p(-theta) for a, b in cells])
    outcomes = np.array([(a, b, n - a - b) for a, b in cells])
    for down, extra in product(np.linspace(max(0, -theta), (1 - theta) / 2, 81), (0.0, 0.05)):
        for p, up in ((over, down + theta - extra), (under, down + theta + extra)):
            if 0 <= up <= 1 - down:
                mass = multinomial.pmf(outcomes, n, [up, down, max(0.0, 1 - up - down)])
                for level in LEVELS:
                    assert mass[p <= level].sum() <= level + 1e-12


def _scan(test: Test, theta: float) -> float:
    region = test.region
    top = (1 - theta) / 2 if region.paired else min(1.0, 1 - theta)
    rates = np.linspace(max(0.0, -theta), top, 1501)
    b = np.arange(region.downs + 1)
    ups = region.downs - b if region.paired else np.full(b.size, region.ups)
    best = 0.0
    for rate in rates:
        up = min(1.0, (rate + theta) / max(1 - rate, 1e-300)) if region.paired else rate + theta
        best = max(best, float((binom.pmf(b, region.downs, rate) * binom.sf(region.stair - 1, ups, up)).sum()))
    return best


@pytest.mark.parametrize(
    "make",
    [
        lambda: over_samples(8, 1, (12, 15), 0.1),
        lambda: over_samples(0, 9, (12, 10), -0.2),
        lambda: over_samples(20, 5, (40, 30), 0.15),
        lambda: over_pairs(8, 1, 40, 0.1),
        lambda: over_pairs(2, 0, 300, -0.02),
    ],
)
def test_the_supremum_is_never_below_a_fine_grid_and_not_far_above(make: Callable[[], Test]) -> None:
    test = make()
    for theta in (-0.2, 0.0, 0.1):
        low, high = max(0.0, -theta), ((1 - theta) / 2 if test.region.paired else min(1.0, 1 - theta))
        found, grid = supremum(Boundary(test.region, theta), low, high), _scan(test, theta)
        assert grid <= found * (1 + 1e-9) + 1e-12
        assert found <= grid * RELATIVE * 1.001 + 2e-10


def test_p_never_falls_with_theta_and_is_cheaply_bounded_below() -> None:
    for test in (over_samples(31, 9, (80, 60), 0.1), over_pairs(14, 5, 200, 0.02)):
        thetas = np.linspace(-0.6, 0.6, 61)
        p = np.array([test.p(theta) for theta in thetas])
        assert (p[1:] >= p[:-1] / RELATIVE).all()
        assert p.max() <= 1
        assert p.min() >= SPARED
        assert all(test.at_least(theta) <= value + 1e-12 for theta, value in zip(thetas, p, strict=True))


def test_extremes() -> None:
    assert over_samples(30, 0, (30, 40), 0.0).p(0.0) < 1e-6
    assert over_samples(0, 40, (30, 40), 0.0).p(0.0) == pytest.approx(1.0)
    assert over_samples(1, 0, (1, 1), 0.0).p(0.0) == pytest.approx(0.25, rel=0.01)
    assert over_pairs(0, 0, 5, 0.0).p(0.0) == pytest.approx(1.0)
    assert over_pairs(5, 0, 5, 0.0).p(0.0) == pytest.approx(1 / 32, rel=0.01)
    assert over_pairs(1, 0, 1, 0.0).p(0.99) <= 1.0


def test_power_is_that_of_an_ideal_test() -> None:
    # 400 against 310, rate .3, no gap, both directions at level .05: the normal approximation gives .78 at limit 10 points and .99 at 15.
    rng = np.random.default_rng(5)
    draws = rng.binomial([400, 310], 0.3, (120, 2))
    for limit, power in ((0.10, 0.78), (0.15, 0.99)):
        passed = [
            max(over_samples(int(b), int(a), (310, 400), -limit).p(-limit), over_samples(int(a), int(b), (400, 310), -limit).p(-limit)) <= 0.05
            for a, b in draws
        ]
        assert abs(np.mean(passed) - power) < 3 * np.sqrt(power * (1 - power) / 120) + 0.01
