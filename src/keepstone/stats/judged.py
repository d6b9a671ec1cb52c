r"""A rate that a fallible judge reads, corrected by the judge's own errors on texts that people labelled.

A judge says 1 with chance Se where people would (sensitivity) and 0 with chance Sp where they would not (specificity). Where the true rate is p it says 1 at
the rate q = p Se + (1 - p) (1 - Sp) (Rogan and Gladen 1978). Three samples tell of q, Se and Sp: what it said in the run, of labelled 1s, and of labelled 0s.

For each of the three the marginal likelihood under a Beta law, over the likelihood at a supposed rate, is a product of bets with mean 1 if that rate is the
true one, whatever is looked at and when (for losses within [0, 1] too: each factor is convex in the loss). The samples are independent, so the three
multiply. Against "p is at most theta" stands the least product over all q, Se and Sp that allow it:

    Se + Sp >= 1   q <= theta Se + (1 - theta) (1 - Sp)
    Se + Sp <  1   q <= 1 - Sp, the same at theta = 0

Both are half-spaces, and the likelihood is log-concave, so the least product is found by Lagrange's dual in one number; every value of the dual is a product
no larger than the least one, so that a search that is cut short errs on the safe side. Null sets grow with theta: p(theta) never falls. The law of q is fixed
by the labels, before the run; no law is chosen by looking at what it is judged by.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import lgamma, log, nan, sqrt
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from keepstone.core.claim import UNIT, Bounds, Sides
from keepstone.stats.betting import number
from keepstone.stats.evidence import lower_bound
from keepstone.stats.exact import lower_rate, upper_rate
from keepstone.stats.tally import WEIGHTS, Counting, LossError, take

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.claim import Look, Losses, Tally

PARTS = ("as judged", "as judged, unread ones 1", "as judged, unread ones 0")
"""What a judged metric gives: what the judge said, and the same with each trial that it could not read counted as 1, and as 0."""
LABELLED = (2.0, 1.0)  # the Beta law of Se and of Sp
RARE = (0.5, 4.0)  # the Beta law of the true rate, by which that of q is laid out
TURNS = 48  # halvings of Lagrange's multiplier
LARGEST = 2.0**40
MISTAKE = "The «{}» of «judged» must be two counts, those that the judge got right and all, 0 <= right <= all; got {}."


class Seen(NamedTuple):
    """A sample of numbers in [0, 1]: their sum, and how many."""

    ones: float
    all: float

    def likelihood(self, rate: float) -> float:
        """The logarithm of the likelihood of a rate."""
        return _xlogy(self.ones, rate) + _xlogy(self.all - self.ones, 1 - rate)

    def marginal(self, law: tuple[float, float]) -> float:
        """The logarithm of the mean likelihood under a Beta law."""
        a, b = law
        return _log_beta(self.ones + a, self.all - self.ones + b) - _log_beta(a, b)

    def tilted(self, push: float) -> float:
        """The rate at which likelihood + push x rate is largest."""
        if push == 0:
            return self.ones / self.all if self.all else 0.5
        room = self.all - push
        root = sqrt(max(room * room + 4 * push * self.ones, 0.0))
        rate = 2 * self.ones / (room + root) if room > 0 else (root - room) / (2 * push)
        return min(max(rate, 0.0), 1.0)

    @property
    def turned(self) -> Seen:
        """The same of 1 less each number."""
        return Seen(self.all - self.ones, self.all)


def _xlogy(times: float, rate: float) -> float:
    if times <= 0:
        return 0.0
    return times * log(rate) if rate > 0 else -1e300


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def law(caught: Seen, cleared: Seen) -> tuple[float, float]:
    """The Beta law of the judged rate, by the moments of what the labels and a rare flaw make likely.

    Args:
        caught: Labelled 1s; 1 where the judge said so too.
        cleared: Labelled 0s; 1 where the judge said 0.
    """
    p, of_p = _moments(*RARE)
    se, of_se = _moments(caught.ones + LABELLED[0], caught.all - caught.ones + LABELLED[1])
    sp, of_sp = _moments(cleared.ones + LABELLED[0], cleared.all - cleared.ones + LABELLED[1])
    mean = p * se + (1 - p) * (1 - sp)
    spread = (se + sp - 1) ** 2 * of_p + (p**2 + of_p) * of_se + ((1 - p) ** 2 + of_p) * of_sp
    weight = mean * (1 - mean) / spread - 1
    return mean * weight, (1 - mean) * weight


def _moments(a: float, b: float) -> tuple[float, float]:
    """Mean and variance of a Beta law."""
    mean = a / (a + b)
    return mean, mean * (1 - mean) / (a + b + 1)


@dataclass(frozen=True)
class Corrected:
    """Evidence that the true rate lies over theta.

    Attributes:
        looks: What the judge said up to each look, the largest product of which counts.
        caught: Labelled 1s; 1 where the judge said so too.
        cleared: Labelled 0s; 1 where the judge said 0.
        law: The Beta law of the judged rate.
    """

    looks: tuple[Seen, ...]
    caught: Seen
    cleared: Seen
    law: tuple[float, float]

    near: ClassVar[float] = 1.0

    @classmethod
    def over(cls, looks: Sequence[Seen], caught: Seen, cleared: Seen) -> Corrected:
        """That the rate lies over theta."""
        return cls(tuple(looks), caught, cleared, law(caught, cleared))

    @classmethod
    def under(cls, looks: Sequence[Seen], caught: Seen, cleared: Seen) -> Corrected:
        """That the rate lies under 1 - theta: the same question, with 0 and 1 changed."""
        a, b = law(caught, cleared)
        return cls(tuple(look.turned for look in looks), cleared, caught, (b, a))

    @cached_property
    def _labels(self) -> float:
        return self.caught.marginal(LABELLED) + self.cleared.marginal(LABELLED)

    def log_e(self, theta: float) -> float:
        """The logarithm of the evidence against "at most theta"."""
        return max((self._log_e(look, theta) for look in self.looks), default=0.0)

    def _log_e(self, look: Seen, theta: float) -> float:
        return look.marginal(self.law) + self._labels - max(self._largest(look, theta), self._largest(look, 0.0))

    def _largest(self, look: Seen, theta: float) -> float:
        """The largest likelihood with q <= theta Se + (1 - theta) (1 - Sp), or a little more."""
        slack, value = self._dual(look, theta, 0.0)
        if slack >= 0:
            return value
        low, high = 0.0, 1.0
        while high < LARGEST and self._dual(look, theta, high)[0] < 0:
            low, high = high, high * 2
        for _turn in range(TURNS):
            middle = (low + high) / 2
            low, high = (middle, high) if self._dual(look, theta, middle)[0] < 0 else (low, middle)
        return min(self._dual(look, theta, one)[1] for one in (low, high))

    def _dual(self, look: Seen, theta: float, weight: float) -> tuple[float, float]:
        """How far within its bound q lies where the likelihood with so heavy a bound is largest, and that largest value."""
        q, se, sp = look.tilted(-weight), self.caught.tilted(weight * theta), self.cleared.tilted(-weight * (1 - theta))
        slack = theta * se + (1 - theta) * (1 - sp) - q
        return slack, look.likelihood(q) + self.caught.likelihood(se) + self.cleared.likelihood(sp) + weight * slack

    def p(self, theta: float) -> float:
        """The p-value against "at most theta"."""
        return 1 / number(max(self.log_e(theta), 0.0))

    def reaches(self, theta: float, level: float) -> bool:
        """Say whether p(theta) <= level."""
        return self.p(theta) <= level

    def guess(self, level: float) -> float:
        """About where p is the level."""
        look = self.looks[-1]
        spread, rate = _gain(self.caught, self.cleared), _rate(look, self.caught, self.cleared)
        if rate != rate or spread <= 0:  # noqa: PLR0124  nan
            return 0.0
        error = sqrt((look.ones * (look.all - look.ones) / look.all + 1) / look.all**2 + 1 / (self.caught.all + self.cleared.all + 1)) / spread
        return rate - error * sqrt(2 * log(1 / level) + 6)


def _gain(caught: Seen, cleared: Seen) -> float:
    """Se + Sp - 1 as observed: what is left of a judge after chance; 0 where one of them was not observed."""
    return caught.ones / caught.all + cleared.ones / cleared.all - 1 if caught.all and cleared.all else 0.0


def _rate(look: Seen, caught: Seen, cleared: Seen) -> float:
    """The rate that is likeliest, by Rogan and Gladen, nan where nothing is known of it."""
    gain = _gain(caught, cleared)
    if not look.all or gain <= 0:
        return nan
    return min(max((look.ones / look.all + cleared.ones / cleared.all - 1) / gain, 0.0), 1.0)


@dataclass(frozen=True)
class Judged(Counting):
    """The true rate behind what a fallible judge says, by its errors on labels that were fixed beforehand.

    It holds whatever the rate of the labelled texts is (label shift), as long as the judge errs on a labelled 1 and on a labelled 0 as often as in the run.
    Losses have three parts, `PARTS`: PASS counts what the judge could not read as 1, FAIL as 0.

    Attributes:
        caught: Labelled 1s that the judge called so, and all.
        cleared: Labelled 0s that the judge called so, and all.

    Example:
        >>> import numpy as np
        >>> claim = Judged(caught=(95, 100), cleared=(98, 100))
        >>> tally = claim.tally(np.zeros((500, 3), np.int16))
        >>> claim.mean(tally), claim.e_bounds(tally, 0.1, 20.0)
        (0.0, Bounds(lower=0.0, upper=0.0171))
    """

    caught: tuple[int, int]
    cleared: tuple[int, int]

    def __post_init__(self) -> None:
        """Refuse labels that are none."""
        for name in ("caught", "cleared"):
            right, whole = getattr(self, name)
            if not 0 <= right <= whole:
                raise LossError(MISTAKE.format(name, getattr(self, name)))

    @property
    def labels(self) -> tuple[Seen, Seen]:
        """Both samples of labels."""
        return Seen(*self.caught), Seen(*self.cleared)

    @property
    def sensitivity(self) -> float:
        """Share of labelled 1s that the judge calls so, nan without any."""
        return self.caught[0] / self.caught[1] if self.caught[1] else nan

    @property
    def specificity(self) -> float:
        """Share of labelled 0s that the judge calls so, nan without any."""
        return self.cleared[0] / self.cleared[1] if self.cleared[1] else nan

    def tally(self, losses: Losses) -> Tally:
        """Return the tally of a block of shape (trials, 3)."""
        return take(losses, parts=len(PARTS))

    def mean(self, tally: Tally) -> float:
        """Return the corrected rate; the rate as judged where the labels say nothing; nan if nothing counts."""
        found = _rate(_seen(tally, 0), *self.labels)
        return tally.mean(0) if found != found else found  # noqa: PLR0124  nan

    def counted(self, tally: Tally) -> int:
        """Return the trials that the judge read."""
        return tally.counted(0)

    def unread(self, tally: Tally) -> int:
        """Return the trials that the judge could not read."""
        return tally.counted(1) - tally.counted(0)

    def p(self, looks: Sequence[Look], limit: float) -> Sides:
        """Return the p-values for PASS (true rate under the limit) and FAIL (at or over it)."""
        below, above = self._evidence([look.tally for look in looks], limit)
        return Sides(below.p(1 - limit), above.p(limit))

    def bounds(self, looks: Sequence[Look], limit: float, level: float) -> Bounds:
        """Return the one-sided bounds at `level`: PASS exactly where upper <= limit, FAIL exactly where lower >= limit."""
        below, above = self._evidence([look.tally for look in looks], limit)
        found = lower_bound(below, level, 1 - limit, low=0.0)
        upper = limit if found == 1 - limit else round(1 - found, 9)
        return Bounds(lower_bound(above, level, limit, low=0.0), upper)

    def e(self, tally: Tally, limit: float) -> Sides:
        """Return the e-values, which may be looked at after any trial."""
        below, above = self._evidence([tally], limit)
        return Sides(number(below.log_e(1 - limit)), number(above.log_e(limit)))

    def e_bounds(self, tally: Tally, limit: float, threshold: float) -> Bounds:
        """Return the bounds {theta : e(theta) < threshold}."""
        below, above = self._evidence([tally], limit)
        level = (1 + 1e-12) / threshold
        found = lower_bound(below, level, 1 - limit, low=0.0)
        return Bounds(lower_bound(above, level, limit, low=0.0), limit if found == 1 - limit else round(1 - found, 9))

    def best(self, counts: Sequence[int], limit: float, *, weight: float = WEIGHTS[-1]) -> Sides:
        """Return the least p-values that so many trials can give: the judge says 0 of all, 1 of all."""
        none, every = Seen(0, counts[0]), Seen(counts[0], counts[0])
        del weight  # bets pay for every look at once
        return Sides(Corrected.under([none], *self.labels).p(1 - limit), Corrected.over([every], *self.labels).p(limit))

    def _evidence(self, tallies: Sequence[Tally], limit: float) -> tuple[Corrected, Corrected]:
        """Evidence that the rate is under, and that it is over: what was not read against either."""
        if not 0 < limit < 1:
            raise LossError(f"The «limit» of «judged» must lie strictly between 0 and 1; got {limit}.")
        return (
            Corrected.under([_seen(tally, 1) for tally in tallies], *self.labels),
            Corrected.over([_seen(tally, 2) for tally in tallies], *self.labels),
        )


def _seen(tally: Tally, part: int) -> Seen:
    losses = tally.parts[part]
    return Seen(sum(loss * times for loss, times in losses) / UNIT, tally.counted(part))


def interval(said: Seen, caught: Seen, cleared: Seen, level: float) -> Bounds:
    """The interval of a true rate: it covers at 1 - `level` at every look together.

    Example:
        >>> interval(Seen(46, 500), Seen(45, 50), Seen(47, 50), 0.05)
        Bounds(lower=0.0, upper=0.1601)
    """
    below, above = Corrected.under([said], caught, cleared), Corrected.over([said], caught, cleared)
    anchor = 0.5  # bounds that no claim is tied to
    return Bounds(lower_bound(above, level / 2, anchor, low=0.0), round(1 - lower_bound(below, level / 2, anchor, low=0.0), 9))


def alone(ones: float, labels: int, level: float) -> Bounds:
    """The exact interval of a rate that people read themselves (Clopper and Pearson)."""
    if labels < 1:
        return Bounds(0.0, 1.0)
    return Bounds(float(lower_rate(round(ones), labels, level / 2)), float(upper_rate(round(ones), labels, level / 2)))


@dataclass(frozen=True, kw_only=True)
class Worth:
    """What a judge is worth beside its labels: two widths to be expected where the true rate is half of the limit.

    Attributes:
        judged: Of the corrected interval.
        alone: Of the exact interval of a cell's own share of the labels, without the judge.
        labels: That share.
        why: Why the judge is refused, or "".
    """

    judged: float
    alone: float
    labels: int
    why: str = ""


def worth(claim: Judged, *, trials: int, cells: int, limit: float, level: float = 0.05) -> Worth:
    """Hold a judge against the same labels spent without it, before anything is run.

    Args:
        claim: The judge's labels.
        trials: That it will read in a cell.
        cells: Which share its labels.
        limit: The cell's.
        level: Of both intervals.

    Example:
        >>> worth(Judged(caught=(92, 100), cleared=(38, 100)), trials=500, cells=2, limit=0.1).why[:52]
        'the judge is worth less than its labels: its interva'
        >>> worth(Judged(caught=(490, 500), cleared=(495, 500)), trials=2000, cells=20, limit=0.1).why
        ''
    """
    caught, cleared = claim.labels
    share = int(caught.all + cleared.all) // max(cells, 1)
    rate = limit / 2
    if not (caught.all and cleared.all) or _gain(caught, cleared) <= 0:
        return Worth(judged=1.0, alone=1.0, labels=share, why=_says_nothing(claim))
    q = rate * claim.sensitivity + (1 - rate) * (1 - claim.specificity)
    ours, own = interval(Seen(q * trials, trials), caught, cleared, level), alone(rate * share, share, level)
    widths = ours.upper - ours.lower, own.upper - own.lower
    why = ""
    if widths[0] >= widths[1]:
        errors = f"sensitivity {claim.sensitivity:.2f}, specificity {claim.specificity:.2f}"
        why = (
            f"the judge is worth less than its labels: its interval would be {widths[0]:.2f} wide at {trials} trials, and {share} labels of this cell alone,"
            f" without the judge, give {widths[1]:.2f} ({errors}); it pays where more cells share its labels"
        )
    return Worth(judged=widths[0], alone=widths[1], labels=share, why=why)


def _says_nothing(claim: Judged) -> str:
    if not claim.caught[1] or not claim.cleared[1]:
        return f"the judge can't be corrected: its labels must hold texts of both kinds, and hold {claim.caught[1]} with 1 and {claim.cleared[1]} with 0"
    return (
        f"the judge tells nothing apart: its sensitivity {claim.sensitivity:.2f} and specificity {claim.specificity:.2f} add up to no more than 1,"
        " which guessing reaches"
    )
