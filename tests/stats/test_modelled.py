"""The clinician's table, against slow or independent ways to the same numbers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import binomtest, mannwhitneyu

from keepstone.stats.modelled import auroc, calibration, calibration_bins, net_benefit, table, wilson


def sample(n: int, seed: int, *, slope: float = 1.0, shift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    line = rng.normal(-1, 1.3, n)
    return expit(line), (rng.random(n) < expit(shift + slope * line)).astype(int)


def test_auroc_is_the_share_of_pairs_in_order() -> None:
    score, truth = sample(200, 1)
    score = score.round(1)
    yes, no = score[truth == 1][:, None], score[truth == 0]
    wins = (yes > no) + 0.5 * (yes == no)
    found = auroc(score, truth)
    assert found.value == pytest.approx(wins.mean())
    assert found.value == pytest.approx(mannwhitneyu(yes[:, 0], no).statistic / wins.size)
    variance = wins.mean(1).var(ddof=1) / len(yes) + wins.mean(0).var(ddof=1) / len(no)
    half = 1.959964 * np.sqrt(variance) / (found.value * (1 - found.value))
    assert found.upper == pytest.approx(expit(np.log(found.value / (1 - found.value)) + half), rel=1e-6)


def test_intervals_cover() -> None:
    # Truth: area and recalibration of a very large sample.
    large = auroc(*sample(200_000, 99)).value
    inside = np.zeros(3)
    for seed in range(300):
        score, truth = sample(250, seed)
        area, (slope, intercept) = auroc(score, truth), calibration(score, truth)
        inside += [area.lower <= large <= area.upper, slope.lower <= 1 <= slope.upper, intercept.lower <= 0 <= intercept.upper]
    assert (np.abs(inside / 300 - 0.95) < 0.04).all()


def test_calibration_is_the_likelihood_s_best() -> None:
    score, truth = sample(500, 7, slope=0.6, shift=0.4)
    line = np.log(score / (1 - score))

    def loss(beta: np.ndarray, offset: np.ndarray) -> float:
        eta = offset + beta[0] + (beta[1] * line if len(beta) > 1 else 0)
        return float(np.sum(np.logaddexp(0, eta) - truth * eta))

    free = minimize(loss, [0.0, 1.0], args=(0 * line,), tol=1e-10).x
    fixed = minimize(loss, [0.0], args=(line,), tol=1e-10).x
    found = calibration(score, truth)
    assert found.slope.value == pytest.approx(free[1], abs=1e-4)
    assert found.intercept.value == pytest.approx(fixed[0], abs=1e-4)


def test_wilson_agrees_with_scipy() -> None:
    for k, n in ((0, 20), (3, 40), (40, 40)):
        reference = binomtest(k, n).proportion_ci(0.95, method="wilson")
        assert wilson(k, n)[1:] == pytest.approx((reference.low, reference.high))
    assert np.isnan(wilson(0, 0)).all()


def test_net_benefit_by_hand() -> None:
    flagged, truth = np.array([1, 1, 1, 0, 0]), np.array([1, 0, 1, 1, 0])
    assert net_benefit(flagged, truth, 0.2).value == pytest.approx((2 - 1 * 0.25) / 5)
    assert np.isnan(net_benefit([], [], 0.2)).all()


def test_what_can_not_be_computed_is_nan() -> None:
    assert np.isnan(auroc([0.1, 0.2], [0, 0])).all()
    assert np.isnan(calibration([0.1, 0.2], [1, 1]).slope).all()
    separated = calibration([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1])
    assert np.isnan(separated.slope).all()
    perfect = auroc([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1])
    assert perfect.value == 1
    assert np.isnan(perfect.lower)


def test_table_and_plot() -> None:
    score, truth = sample(1000, 3)
    row = table(score, truth, 0.3)
    flags = score >= 0.3
    assert row.sensitivity.value == pytest.approx(flags[truth == 1].mean())
    assert row.specificity.value == pytest.approx(1 - flags[truth == 0].mean())
    assert row.ppv.value == pytest.approx(truth[flags].mean())
    assert row.alerts.value == pytest.approx(flags.mean())
    assert (row.patients, row.outcomes) == (1000, truth.sum())
    assert row.benefit.lower < row.benefit.value < row.benefit.upper
    points = calibration_bins(score, truth, bins=7)
    assert sum(point.patients for point in points) == 1000
    assert [point.predicted for point in points] == sorted(point.predicted for point in points)
