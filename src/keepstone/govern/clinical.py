"""The clinician's table: what a clinical reader expects beside the verdicts, with modelled intervals, by group.

After TRIPOD+AI: discrimination, calibration, sensitivity and specificity at the operating point, predictive value, alerts per 100,
net benefit (Vickers and Elkin 2006), and present practice (people's own forecast) on the same cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from keepstone.core.claim import FEWEST
from keepstone.govern import document as doc
from keepstone.govern import rows
from keepstone.govern.intersections import intersections
from keepstone.govern.numbers import number
from keepstone.govern.told import alone
from keepstone.stats import modelled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.channel import Floats
    from keepstone.core.trial import Outcome

ENOUGH = 2  # of each outcome, or nothing can be said


def clinical(outcome: Outcome, threshold: float, groups: Sequence[str]) -> doc.Clinical | None:
    """Make the table from ordinary use of all cases.

    Args:
        outcome: With "truth", "score", "flagged", "ruling", and "group:NAME" for each of `groups`; "forecast" where present practice is known.
        threshold: Operating point.
        groups: Attributes to show.

    Returns:
        The table; None where the target broke, or one outcome is missing.
    """
    score, truth = (np.asarray(outcome.columns[name], dtype=np.float64) for name in ("score", "truth"))
    sound = np.isfinite(score)
    if min(truth[sound].sum(), (1 - truth[sound]).sum()) < ENOUGH:
        return None
    lines = [_line("all", score[sound], truth[sound], threshold)]
    for attribute in groups:
        lines += _groups(attribute, np.asarray(outcome.columns[f"group:{attribute}"])[sound], score[sound], truth[sound], threshold)
    bins = [_bin(k + 1, one) for k, one in enumerate(modelled.calibration_bins(score[sound], truth[sound]))]
    crossed, hidden = intersections(outcome, groups)
    return doc.Clinical(
        rows=tuple(lines),
        forecast=_forecast(outcome, truth, threshold),
        calibration=tuple(bins),
        threshold=number(threshold),
        intersections=crossed,
        intersections_hidden=hidden,
    )


def _groups(attribute: str, who: NDArray[np.str_], score: Floats, truth: Floats, threshold: float) -> list[rows.ClinicalRow]:
    """The groups of an attribute: one of a few is left out, one of few with or without the outcome keeps its size, and so is the next smallest beside it."""
    names = sorted(set(who.tolist()))
    sizes = np.array([[(came & (who == name)).sum() for name in names] for came in (truth == 1, truth != 1)])
    unknown = np.array([not name for name in names])
    listed = alone(sizes.sum(axis=0, keepdims=True), unknown)
    shown = alone(sizes, unknown | ~listed)
    return [
        _line(f"{attribute}={name}", score[who == name], truth[who == name], threshold, hidden=not shown[at]) for at, name in enumerate(names) if listed[at]
    ]


def _forecast(outcome: Outcome, truth: Floats, threshold: float) -> rows.ClinicalRow | None:
    if "forecast" not in outcome.columns:
        return None
    forecast = np.asarray(outcome.columns["forecast"], dtype=np.float64)
    known = np.isfinite(forecast)
    if min(truth[known].sum(), (1 - truth[known]).sum()) < ENOUGH:
        return None
    return _line("people's own forecast", forecast[known], truth[known], threshold)


def _line(group: str, score: Floats, truth: Floats, threshold: float, *, hidden: bool = False) -> rows.ClinicalRow:
    one = modelled.table(score, truth, threshold)
    if hidden or min(one.patients, one.outcomes, one.patients - one.outcomes) < FEWEST:
        return rows.ClinicalRow(group=group, n=one.patients)
    return rows.ClinicalRow(
        group=group,
        n=one.patients,
        outcomes=one.outcomes,
        auroc=_triple(one.auroc),
        slope=_triple(one.calibration.slope),
        intercept=_triple(one.calibration.intercept),
        sensitivity=_triple(one.sensitivity),
        specificity=_triple(one.specificity),
        ppv=_triple(one.ppv),
        alerts_per_100=_triple(modelled.Interval(*(100 * value for value in one.alerts))),
        net_benefit=_triple(one.benefit),
        kind="modelled",
    )


def _triple(interval: modelled.Interval) -> rows.Triple:
    values = tuple(number(value) for value in interval)
    return None if values[0] is None else (values[0], values[1], values[2])


def _bin(place: int, one: modelled.Bin) -> rows.CalibrationBin:
    observed = one.observed
    if one.patients < FEWEST:
        return rows.CalibrationBin(bin=place, n=one.patients)
    return rows.CalibrationBin(
        bin=place, predicted=number(one.predicted), observed=number(observed.value), lower=number(observed.lower), upper=number(observed.upper), n=one.patients
    )
