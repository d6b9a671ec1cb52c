"""What a number of trials can decide, before the run: for `keepstone plan`, and for what is still open after it.

One rate: exact, at the last look's share of the error (earlier looks can only help a little, which is not counted). Two groups, pairs and losses that are
not 0/1: a normal approximation, which is enough to plan with and is never used for a verdict.
"""

from __future__ import annotations

from math import ceil, inf, isfinite, isnan, nan, sqrt
from typing import TYPE_CHECKING, NamedTuple

from scipy.special import betaincinv, ndtr, ndtri

from keepstone.core.claim import Sides
from keepstone.stats.evidence import lower_bound
from keepstone.stats.exact import binomial_fail, binomial_pass
from keepstone.stats.judged import Corrected, Judged, Seen
from keepstone.stats.tally import WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Callable

POWER = 0.8
LAST = WEIGHTS[-1]
_MOST = 100_000_000  # trials beyond which nobody goes


class Decidable(NamedTuple):
    """The rates that n trials decide with the power asked for; nan where there is none."""

    pass_up_to: float
    fail_from: float


def _first(holds: Callable[[int], bool], low: int, high: int) -> int:
    """Return the least whole number in low .. high for which `holds`, `high` + 1 if none; once true it must stay true."""
    while low <= high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle - 1
        else:
            low = middle + 1
    return low


def most_losses(n: int, limit: float, level: float) -> int:
    """Return the most losses with which n trials still PASS at `level`, -1 if even none is too many.

    Example:
        >>> most_losses(100, 0.05, 0.05), most_losses(58, 0.05, 0.05)
        (1, -1)
    """
    return _first(lambda k: float(binomial_pass(k, n, limit)) > level, 0, n) - 1


def least_losses(n: int, limit: float, level: float) -> int:
    """Return the least losses with which n trials FAIL at `level`, n + 1 if even n are too few."""
    return _first(lambda k: float(binomial_fail(k, n, limit)) <= level, 0, n)


def decidable(n: int, limit: float, level: float, *, power: float = POWER, weight: float = LAST) -> Decidable:
    """Return the rates that n trials of 0/1 losses PASS and FAIL with this power.

    Args:
        n: Trials that count.
        limit: The criterion's limit.
        level: The level of the claim.
        power: The chance asked for.
        weight: The share of the error that the last look has.

    Example:
        >>> found = decidable(710, 0.05, 0.0069, weight=1.0)
        >>> round(found.pass_up_to / 0.05, 2), round(found.fail_from / 0.05, 2)
        (0.51, 1.62)
    """
    most, least = most_losses(n, limit, level * weight), least_losses(n, limit, level * weight)
    return Decidable(
        float(betaincinv(most + 1, n - most, 1 - power)) if 0 <= most < n else nan,
        float(betaincinv(least, n - least + 1, power)) if 0 < least <= n else nan,
    )


def decidable_judged(claim: Judged, n: int, limit: float, level: float, *, power: float = POWER) -> Decidable:
    """Return the true rates that n judged trials PASS and FAIL with this power, the judge's errors being as its labels show them.

    Example:
        >>> found = decidable_judged(Judged(caught=(490, 500), cleared=(495, 500)), 1000, 0.1, 0.01)
        >>> round(found.pass_up_to, 3), round(found.fail_from, 3)
        (0.042, 0.181)
    """
    caught, cleared = claim.labels
    gain = claim.sensitivity + claim.specificity - 1
    if not gain > 0:
        return Decidable(nan, nan)
    most = _first(lambda k: Corrected.under([Seen(k, n)], caught, cleared).p(1 - limit) > level, 0, n) - 1
    least = _first(lambda k: Corrected.over([Seen(k, n)], caught, cleared).p(limit) <= level, 0, n)
    rates = (
        float(betaincinv(most + 1, n - most, 1 - power)) if 0 <= most < n else nan,
        float(betaincinv(least, n - least + 1, power)) if 0 < least <= n else nan,
    )
    below, above = ((rate + claim.specificity - 1) / gain for rate in rates)
    return Decidable(below if below >= 0 else nan, above if above <= 1 else nan)


def tightest_judged(claim: Judged, n: int, level: float) -> float:
    """Return the least limit that n trials without a 1 PASS, by as many mistaken 1s as are to be expected."""
    caught, cleared = claim.labels
    if n < 1 or not cleared.all:
        return 1.0
    said = Seen(n * (1 - claim.specificity), n)
    return 1 - lower_bound(Corrected.under([said], caught, cleared), level, 0.5, low=0.0)


def chance(n: int, limit: float, level: float, rate: float, *, weight: float = LAST) -> Sides:
    """Return the chance that n trials of 0/1 losses PASS, and that they FAIL, at an assumed rate."""
    most, least = most_losses(n, limit, level * weight), least_losses(n, limit, level * weight)
    return Sides(float(binomial_pass(most, n, rate)) if most >= 0 else 0.0, float(binomial_fail(least, n, rate)) if least <= n else 0.0)


def tightest_limit(n: int, level: float, *, weight: float = LAST) -> float:
    """Return the least limit that n trials without a loss PASS.

    Example:
        >>> round(tightest_limit(59, 0.05, weight=1.0), 4)
        0.0495
    """
    return 1.0 if n < 1 else float(1 - (level * weight) ** (1 / n))


def trials_needed(rate: float, limit: float, level: float, *, power: float = POWER, weight: float = LAST) -> int:
    """Return about how many trials decide an assumed rate with this power, 0 if no number does (the rate lies on the limit).

    The power rises in a saw-tooth; the answer is a number near where it first stays above.
    """
    if isnan(rate) or rate == limit or not 0 < limit < 1:
        return 0
    side = 0 if rate < limit else 1
    n = _first(lambda n: chance(n, limit, level, rate, weight=weight)[side] >= power, 1, _MOST)
    return 0 if n > _MOST else n


def further_trials(mean: float, trials: int, limit: float, level: float) -> int:
    """Return how many more trials the observed rate would need for a verdict with 80 % power, 0 if the rate lies on the limit.

    Works for rates in [0, 1]; for a quantity outside (a difference, a limit of 0) it answers 0, which says nothing.
    """
    if isnan(mean) or not 0 <= mean <= 1:
        return 0
    needed = trials_needed(mean, limit, level)
    return max(needed - trials, ceil(0.1 * trials), 1) if needed else 0


def gap_chance(sizes: tuple[int, int], limit: float, level: float, rate: float, *, gap: float = 0.0, weight: float = LAST) -> Sides:
    """Return the chance that two groups PASS (both directions under the limit), and that they FAIL, by a normal approximation.

    Args:
        sizes: Counted trials of both groups.
        limit: Largest absolute gap accepted.
        level: The level of the claim.
        rate: The second group's rate.
        gap: The first group's rate minus the second's.
        weight: The share of the error that the last look has.

    Example:
        >>> round(gap_chance((400, 310), 0.15, 0.05, 0.3, weight=1.0).pass_, 2)
        0.99
    """
    error = _gap_error(sizes, rate, gap)
    if not isfinite(error):
        return Sides(0.0, 0.0)
    reach = float(-ndtri(level * weight)) * error
    half = float(-ndtri(level * weight / 2)) * error
    passed = float(ndtr((limit - reach - gap) / error) - ndtr((reach - limit - gap) / error))
    failed = float(ndtr((abs(gap) - limit - half) / error) + ndtr((-abs(gap) - limit - half) / error))
    return Sides(max(passed, 0.0), failed)


def _gap_error(sizes: tuple[int, int], rate: float, gap: float) -> float:
    if min(sizes) < 1:
        return inf
    other = min(max(rate + gap, 0.0), 1.0)
    return sqrt(max(other * (1 - other), 0.25 / sizes[0]) / sizes[0] + max(rate * (1 - rate), 0.25 / sizes[1]) / sizes[1])


def tightest_gap(sizes: tuple[int, int], level: float, rate: float, *, power: float = POWER, weight: float = LAST) -> float:
    """Return the least limit that two groups without a gap PASS with this power, by a normal approximation."""
    error = _gap_error(sizes, rate, 0.0)
    return min(1.0, error * float(-ndtri(level * weight) + ndtri((1 + power) / 2))) if isfinite(error) else 1.0


def margin_chance(n: int, discordant: float, margin: float, level: float, *, difference: float = 0.0) -> float:
    """Return the chance that n pairs are shown no worse by the margin, by a normal approximation.

    Args:
        n: Pairs.
        discordant: Share of pairs that differ.
        margin: The margin.
        level: The level of the claim.
        difference: The true difference.

    Example:
        >>> round(margin_chance(1900, 0.02, 0.01, 0.0125), 2)
        0.8
    """
    if n < 1:
        return 0.0
    error = sqrt(max(discordant - difference**2, 1 / n) / n)
    return float(ndtr((margin - difference) / error + ndtri(level)))


def smallest_margin(n: int, discordant: float, level: float, *, power: float = POWER) -> float:
    """Return the least margin by which n pairs without a difference are shown no worse with this power, by a normal approximation."""
    return 1.0 if n < 1 else min(1.0, sqrt(max(discordant, 1 / n) / n) * float(ndtri(power) - ndtri(level)))


def about_further(mean: float, trials: int, limit: float, level: float, *, power: float = POWER) -> int:
    """Return about how many trials more would decide with this power at the observed rate: the normal approximation of `further_trials`, a hundredfold quicker.

    Example:
        >>> about_further(0.05, 300, 0.1, 0.01)
        11
        >>> about_further(0.09, 300, 0.1, 0.01)
        8513
        >>> about_further(0.1, 300, 0.1, 0.01)
        0
    """
    apart = abs(mean - limit)
    if apart < 1e-9 or not 0 < level < 1:
        return 0
    spread = float(-ndtri(level)) * sqrt(limit * (1 - limit)) + float(ndtri(power)) * sqrt(max(mean * (1 - mean), 0.0))
    return max(0, ceil((spread / apart) ** 2) - trials)
