"""Where the next trials go in the sequential design: to the open claim that looks nearest to its threshold.

A claim at rate p, held against the limit L, gathers about KL(p, L) of log-evidence a trial. What it still lacks, divided by that, is the number of further
trials expected; times the cost of a trial it is what the claim will cost. A cell whose rate sits on its limit would never end, so its number is capped
and it waits until the others are done. The choice is a function of finished trials only, so it is the same for every number of workers.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CAP = 20_000.0  # further trials expected at most
_PRIOR = 0.25  # losses and non-losses added to the running estimate
_FIRST = 8.0  # trials before the running estimate counts at all


@dataclass(frozen=True)
class State:
    """What is known of an open claim.

    Attributes:
        losses: Sum of its losses.
        trials: Trials so far.
        limit: Its criterion's limit.
        log_pass: Logarithm of its e-value for PASS.
        log_fail: Logarithm of its e-value for FAIL.
        cost: Cost of one trial.
        left: Trials that are left; 0 closes it.
    """

    losses: float
    trials: int
    limit: float
    log_pass: float
    log_fail: float
    cost: float = 1.0
    left: float = inf


def divergence(p: float, q: float) -> float:
    """Return KL(p, q) of two rates: the log-evidence a trial at rate p can give against q.

    Example:
        >>> round(divergence(0.0, 0.05), 4), divergence(0.05, 0.05)
        (0.0513, 0.0)
    """
    total = 0.0
    for a, b in ((p, q), (1 - p, 1 - q)):
        if a > 0:
            total += a * log(a / b) if b > 0 else inf
    return max(total, 0.0)


def expected_trials(state: State, log_threshold: float) -> float:
    """Return the number of further trials that the claim is expected to take, at most `CAP`."""
    rate = (state.losses + _PRIOR) / (state.trials + 2 * _PRIOR)
    if state.trials < _FIRST:
        rate = min(rate, state.limit / 2)  # too early to give up on PASS
    lacking = log_threshold - (state.log_pass if rate < state.limit else state.log_fail)
    pace = divergence(rate, state.limit)
    return min(max(lacking, 0.0) / pace, CAP) if pace > 0 else CAP


def next_open(states: Sequence[State | None], log_threshold: float) -> int:
    """Return the index of the claim that the next trials go to, -1 if none is open.

    Args:
        states: One a claim; None where it is decided.
        log_threshold: Logarithm of the e-value that the next claim to stand needs, family / (alpha (standing + 1)).

    Returns:
        The index of the least expected cost; of equals the one with the fewest trials, then the first.

    Example:
        >>> near, far = State(0, 100, 0.05, 4.0, -3.0), State(4, 100, 0.05, 0.1, -1.0)
        >>> next_open([far, near, None], 7.6)
        1
    """
    best, found = (inf, inf), -1
    for index, state in enumerate(states):
        if state is None or state.left <= 0:
            continue
        key = (expected_trials(state, log_threshold) * state.cost, float(state.trials))
        if key < best:
            best, found = key, index
    return found
