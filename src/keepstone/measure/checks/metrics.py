"""What every metric must do: losses in [0, 1] or not counted, one a part, whatever the order of the trials, and a claim that can be made of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from keepstone.core.claim import NOT_COUNTED, UNIT, Look
from keepstone.core.errors import KeepstoneError
from keepstone.core.trial import Outcome
from keepstone.measure.checks import named
from keepstone.measure.checks.targets import CLOSE
from keepstone.measure.play import thousandths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.part import Metric


def problems(metric: Metric, outcome: Outcome, calm: Outcome) -> Iterator[str]:
    """Say what is wrong with a metric, by reading it off outcomes.

    Args:
        metric: What is checked.
        outcome: Trials that it can be read on, under some condition.
        calm: The same trials under ordinary use.

    Yields:
        One sentence for each rule that does not hold.
    """
    yield from named.problems(metric, "metric")
    who = f"of «{metric.id}»"
    if not metric.parts or len(set(metric.parts)) != len(metric.parts):
        yield f"The «parts» {who} must be at least one name, each another; got {metric.parts!r}."
    try:
        loss = np.asarray(metric.loss(outcome, lambda: calm))
    except KeyError as error:
        yield f"The metric «{metric.id}» can't be read on these trials: they have no column {error}."
        return
    wrong = list(_shaped(metric, loss, len(outcome.calls)))
    yield from wrong
    if not wrong:
        yield from _read(metric, loss, outcome, calm)
        yield from _claimed(metric, loss, outcome)


def _shaped(metric: Metric, loss: np.ndarray[tuple[int, ...], np.dtype[np.float64]], trials: int) -> Iterator[str]:
    if loss.shape != (trials, len(metric.parts)):
        yield f"The «loss» of «{metric.id}» must be (trials, parts) = ({trials}, {len(metric.parts)}); got {loss.shape}."
    elif loss.dtype != np.float64 or np.any((loss < 0) | (loss > 1)):
        yield f"The «loss» of «{metric.id}» must be float64 in [0, 1], or NaN where it does not count."
    elif np.isnan(loss).all():
        yield f"The «loss» of «{metric.id}» must count some of the trials that it is checked on; it counts none."


def _read(metric: Metric, loss: np.ndarray[tuple[int, ...], np.dtype[np.float64]], outcome: Outcome, calm: Outcome) -> Iterator[str]:
    turn = np.arange(len(loss))[::-1]
    turned = metric.loss(_taken(outcome, turn), lambda: _taken(calm, turn))
    if not np.allclose(np.asarray(turned), loss[turn], equal_nan=True, rtol=0, atol=CLOSE):
        yield f"The «loss» of «{metric.id}» must be the same for each trial whatever the order of the trials."
    half = np.arange(len(loss) // 2)
    part = metric.loss(_taken(outcome, half), lambda: _taken(calm, half))
    if not np.allclose(np.asarray(part), loss[half], equal_nan=True, rtol=0, atol=CLOSE):
        yield f"The «loss» of «{metric.id}» must be the same for each trial whatever other trials there are."
    yield from _broken(metric, loss, outcome, calm)


def _broken(metric: Metric, loss: np.ndarray[tuple[int, ...], np.dtype[np.float64]], outcome: Outcome, calm: Outcome) -> Iterator[str]:
    """Where the target breaks, a trial that counted still counts, the worst way."""
    at = int(np.flatnonzero(~np.isnan(loss).all(axis=1))[0])
    broken = np.zeros(len(loss), dtype=bool)
    broken[at] = True
    columns = dict(outcome.columns)
    for name in ("score", "flagged"):
        if name in columns:
            columns[name] = np.where(broken, np.nan, np.asarray(columns[name], dtype=np.float64))
    losses = thousandths(metric.loss(Outcome(columns, outcome.calls, broken), lambda: calm), broken)
    if losses[at].max() != UNIT:
        yield f"The «loss» of «{metric.id}» must still count a trial on which the target broke; it was dropped."


def _claimed(metric: Metric, loss: np.ndarray[tuple[int, ...], np.dtype[np.float64]], outcome: Outcome) -> Iterator[str]:
    claim, losses = metric.claim, thousandths(loss, outcome.broken)
    half = len(losses) // 2
    try:
        tally = claim.add(claim.tally(losses[:half]), claim.tally(losses[half:]))
        whole = claim.tally(losses)
        sides = claim.p((Look(weight=1.0, tally=whole),), 0.3)
    except KeepstoneError as error:
        yield f"The «claim» of «{metric.id}» can't be made of its losses: {error}"
        return
    if tally != whole:
        yield f"The «claim» of «{metric.id}» must give the same tally for any split of the trials."
    if not all(0 <= p <= 1 for p in (sides.pass_, sides.fail)):
        yield f"The «claim» of «{metric.id}» must give p-values in [0, 1]; got {sides}."
    if len(claim.parts(whole)) != len(metric.parts):
        yield f"The «claim» of «{metric.id}» must know as many parts as the metric."
    if (losses[losses != NOT_COUNTED] > UNIT).any():
        yield f"The «loss» of «{metric.id}» must be at most 1."


def _taken(outcome: Outcome, index: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Outcome:
    columns = {name: np.asarray(column)[index] for name, column in outcome.columns.items()}
    return replace(outcome, columns=columns, calls=outcome.calls[index], broken=outcome.broken[index])
