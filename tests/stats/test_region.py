"""The staircase found by roots is that of a full scan, and its probability that of scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from keepstone.stats.region import TIE, Region, pairs, samples, score_pairs, score_samples


def scan(scores: np.ndarray, mark: float, possible: np.ndarray) -> list[int]:
    """For each count down, the least count up in the hull of {T >= mark}; -1 where none."""
    reached = (scores >= mark - TIE) & possible
    least = [int(column.argmax()) if column.any() else 10**9 for column in reached.T]
    stair = np.minimum.accumulate(least[::-1])[::-1]
    return [int(step) if step < 10**9 else -1 for step in stair]


def found(region: Region) -> list[int]:
    tops = region.ups - np.arange(region.downs + 1) if region.paired else np.full(region.downs + 1, region.ups)
    return [int(step) if step <= top else -1 for step, top in zip(region.stair, tops, strict=True)]


def kept(stair: list[int], tops: np.ndarray) -> list[int]:
    return [step if step <= top else -1 for step, top in zip(stair, tops, strict=True)]


@pytest.mark.parametrize("seed", range(6))
def test_roots_find_the_staircase(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(60):
        n1, n2 = (int(n) for n in rng.integers(1, 40, 2))
        d0 = float(rng.choice([0.0, 0.05, -0.1, 0.3, -0.5, rng.uniform(-0.9, 0.9)]))
        up, down = int(rng.integers(0, n1 + 1)), int(rng.integers(0, n2 + 1))
        ups, downs = np.meshgrid(np.arange(n1 + 1.0), np.arange(n2 + 1.0), indexing="ij")
        mark = float(score_samples(np.array(up), np.array(down), (n1, n2), d0))
        expected = scan(score_samples(ups, downs, (n1, n2), d0), mark, ups >= 0)
        region = samples(up, down, (n1, n2), d0)
        assert found(region) == expected
        assert region.stair[down] <= up, "the observation is in its own region"
        assert (np.diff(region.stair) >= 0).all()

        n = n1 + n2
        up, down = int(rng.integers(0, n1 + 1)), int(rng.integers(0, n2 + 1))
        ups, downs = np.meshgrid(np.arange(n + 1.0), np.arange(n + 1.0), indexing="ij")
        mark = float(score_pairs(np.array(up), np.array(down), n, d0))
        expected = scan(score_pairs(ups, downs, n, d0), mark, ups + downs <= n)
        region = pairs(up, down, n, d0)
        assert found(region) == kept(expected, n - np.arange(n + 1))
        assert region.stair[down] <= up
        assert (np.diff(region.stair) >= 0).all()


@pytest.mark.parametrize("region", [samples(20, 5, (40, 30), 0.15), samples(0, 30, (40, 30), 0.0), pairs(9, 2, 60, 0.05), pairs(0, 12, 60, -0.1)])
def test_the_probability_is_that_of_scipy(region: Region) -> None:
    rng = np.random.default_rng(1)
    down = rng.random(40) * 0.5
    up = rng.random(40) * (1 - down)
    counts = np.arange(region.downs + 1)
    ups = region.ups - counts if region.paired else np.full(counts.size, region.ups)
    for p_up, p_down, found_ in zip(up, down, region.probability(up, down), strict=True):
        rate = p_up / (1 - p_down) if region.paired else p_up
        expected = (binom.pmf(counts, region.downs, p_down) * binom.sf(region.stair - 1, ups, rate)).sum()
        assert found_ == pytest.approx(expected, abs=1e-12)


def test_the_corner_bounds_what_lies_between() -> None:
    for region, theta in ((samples(20, 5, (40, 30), 0.15), 0.1), (pairs(9, 2, 60, 0.05), 0.02)):
        a = np.linspace(0.02, 0.4, 20)
        b = a + 0.01
        over = region.corner(a, b, theta)
        for t in (a, (a + b) / 2, b):
            assert (region.probability(t + theta, t) <= over.corner + 1e-12).all()
        # the second derivative along the line is at least -M
        h = 1e-3
        t = (a + b) / 2
        second = (region.probability(t + h + theta, t + h) - 2 * region.probability(t + theta, t) + region.probability(t - h + theta, t - h)) / h**2
        assert (second >= -over.bend * (1 + 1e-3) - 1e-6).all()
