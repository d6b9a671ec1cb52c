"""Intervals for the clinician's table. They are labelled *modelled*: each leans on large samples, so none of them gives a verdict.

    auroc           DeLong, DeLong and Clarke-Pearson 1988, by midranks (Sun and Xu 2014), on the logit scale
    rates           Wilson 1927
    calibration     Cox 1958: logistic regression of the outcome on logit(score); slope with intercept free, intercept with slope 1; Wald intervals
    net benefit     Vickers and Elkin 2006: the mean over patients of (true alarm) - odds x (false alarm), with its standard error

All scores are probabilities in [0, 1], all outcomes 0 or 1; arrays have shape (patients,). What can't be computed (one class only, nobody flagged) is nan.
"""

from __future__ import annotations

from math import isfinite, nan, sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import expit, logit, ndtri

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

LEVEL = 0.95
_EDGE = 1e-6  # scores are kept this far from 0 and 1 where their logit is taken


class Interval(NamedTuple):
    """A number with its two-sided interval."""

    value: float
    lower: float
    upper: float


class Calibration(NamedTuple):
    """How well scores are calibrated: ideal are slope 1 and intercept 0."""

    slope: Interval
    intercept: Interval


class Bin(NamedTuple):
    """One point of the calibration plot."""

    patients: int
    predicted: float
    observed: Interval


class Table(NamedTuple):
    """One row of the clinician's table; the last three are about the flag "score at or over the threshold"."""

    patients: int
    outcomes: int
    auroc: Interval
    calibration: Calibration
    sensitivity: Interval
    specificity: Interval
    ppv: Interval
    alerts: Interval
    benefit: Interval


NOTHING = Interval(nan, nan, nan)


def _z(level: float) -> float:
    return float(ndtri((1 + level) / 2))


def wilson(k: int, n: int, *, level: float = LEVEL) -> Interval:
    """Return the rate k / n with Wilson's interval.

    Example:
        >>> [round(number, 3) for number in wilson(5, 100)]
        [0.05, 0.022, 0.112]
    """
    if n < 1:
        return NOTHING
    z2, p = _z(level) ** 2, k / n
    centre, half = (p + z2 / (2 * n)) / (1 + z2 / n), sqrt(z2 * (p * (1 - p) + z2 / (4 * n)) / n) / (1 + z2 / n)
    return Interval(p, 0.0 if k == 0 else centre - half, 1.0 if k == n else centre + half)


def _midranks(values: Floats) -> Floats:
    _, where, times = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(times)
    return np.asarray((last - (times - 1) / 2)[where], dtype=np.float64)


def auroc(score: ArrayLike, truth: ArrayLike, *, level: float = LEVEL) -> Interval:
    """Return the area under the ROC curve: the chance that a patient with the outcome scores higher than one without (ties half).

    Example:
        >>> round(auroc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]).value, 2)
        0.75
    """
    scores, outcomes = np.asarray(score, dtype=np.float64), np.asarray(truth).astype(bool)
    yes, no = scores[outcomes], scores[~outcomes]
    m, n = yes.size, no.size
    if not (m and n):
        return NOTHING
    pooled = _midranks(np.concatenate([yes, no]))
    higher = (pooled[:m] - _midranks(yes)) / n
    lower = 1 - (pooled[m:] - _midranks(no)) / m
    area = float(higher.mean())
    if min(m, n) < 2:
        return Interval(area, nan, nan)
    variance = float(higher.var(ddof=1)) / m + float(lower.var(ddof=1)) / n
    if not 0 < area < 1 or variance <= 0:
        return Interval(area, nan, nan)
    half = _z(level) * sqrt(variance) / (area * (1 - area))
    return Interval(area, float(expit(logit(area) - half)), float(expit(logit(area) + half)))


def _newton(columns: Floats, offset: Floats, outcome: Floats) -> tuple[Floats, Floats] | None:
    """Return the coefficients of a logistic regression and their standard errors, None where it has no finite answer."""
    beta = np.zeros(columns.shape[1])
    for _ in range(50):
        fitted = expit(offset + columns @ beta)
        information = (columns * (fitted * (1 - fitted))[:, None]).T @ columns
        if not np.isfinite(information).all() or np.linalg.cond(information) > 1e12:
            return None
        step = np.linalg.solve(information, columns.T @ (outcome - fitted))
        beta = beta + np.clip(step, -5.0, 5.0)
        if float(np.abs(step).max()) < 1e-10:
            return beta, np.sqrt(np.diag(np.linalg.inv(information)))
    return None


def calibration(score: ArrayLike, truth: ArrayLike, *, level: float = LEVEL) -> Calibration:
    """Return slope and intercept of the logistic recalibration."""
    outcome = np.asarray(truth, dtype=np.float64)
    line = np.asarray(logit(np.clip(np.asarray(score, dtype=np.float64), _EDGE, 1 - _EDGE)), dtype=np.float64)
    if outcome.size < 2 or outcome.min() == outcome.max():
        return Calibration(NOTHING, NOTHING)
    ones = np.ones((outcome.size, 1))
    return Calibration(
        _wald(_newton(np.column_stack([ones, line]), np.zeros_like(line), outcome), 1, level),
        _wald(_newton(ones, line, outcome), 0, level),
    )


def _wald(fit: tuple[Floats, Floats] | None, which: int, level: float) -> Interval:
    if fit is None or not isfinite(fit[1][which]):
        return NOTHING
    value, half = float(fit[0][which]), _z(level) * float(fit[1][which])
    return Interval(value, value - half, value + half)


def calibration_bins(score: ArrayLike, truth: ArrayLike, *, bins: int = 10, level: float = LEVEL) -> list[Bin]:
    """Return the points of the calibration plot: patients in order of score, cut into equal shares."""
    scores, outcomes = np.asarray(score, dtype=np.float64), np.asarray(truth).astype(np.int64)
    shares = np.array_split(np.argsort(scores, kind="stable"), bins)
    return [Bin(share.size, float(scores[share].mean()), wilson(int(outcomes[share].sum()), share.size, level=level)) for share in shares if share.size]


def net_benefit(flagged: ArrayLike, truth: ArrayLike, threshold: float, *, level: float = LEVEL) -> Interval:
    """Return the net benefit of a flag: true alarms a patient, less false alarms weighed by the odds of the threshold.

    Args:
        flagged: Who was flagged, 0 or 1; all ones gives "treat everybody".
        truth: Who had the outcome.
        threshold: The risk at which a patient would want to be treated, in (0, 1).
        level: Of the interval.
    """
    flags, outcomes = np.asarray(flagged, dtype=np.float64), np.asarray(truth, dtype=np.float64)
    if not flags.size or not 0 < threshold < 1:
        return NOTHING
    each = flags * (outcomes - (1 - outcomes) * threshold / (1 - threshold))
    value, half = float(each.mean()), _z(level) * float(each.std()) / sqrt(each.size)
    return Interval(value, value - half, value + half)


def table(score: ArrayLike, truth: ArrayLike, threshold: float, *, level: float = LEVEL) -> Table:
    """Return one row of the clinician's table for a group of patients.

    Args:
        score: Predicted risk.
        truth: Who had the outcome.
        threshold: Operating point: a patient at or over it is flagged.
        level: Of the intervals.
    """
    scores, outcomes = np.asarray(score, dtype=np.float64), np.asarray(truth).astype(bool)
    flags = scores >= threshold
    n, positives, alerts, hits = scores.size, int(outcomes.sum()), int(flags.sum()), int((flags & outcomes).sum())
    return Table(
        patients=n,
        outcomes=positives,
        auroc=auroc(scores, outcomes, level=level),
        calibration=calibration(scores, outcomes, level=level),
        sensitivity=wilson(hits, positives, level=level),
        specificity=wilson(n - positives - (alerts - hits), n - positives, level=level),
        ppv=wilson(hits, alerts, level=level),
        alerts=wilson(alerts, n, level=level),
        benefit=net_benefit(flags, outcomes, threshold, level=level),
    )
