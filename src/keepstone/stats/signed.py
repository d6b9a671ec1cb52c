"""A signed quantity held against a limit and against 0 at once: its p-values, and one interval that agrees with all of them.

The quantity is a difference of two arms or two groups. Written as an effect with margin m it carries three claims: worse (over 0), better (under 0), no
worse (under m). Written as a criterion with limit m it carries PASS (under m) and FAIL (at or over m). Evidence is ordered at d0, and orderings differ: so
that one interval can agree with every claim, each bound tests theta with the ordering of the claim that it has to pass first.

    upper   theta >= m with the ordering at m; theta < m with the ordering at 0, once the claim at m stands
    lower   theta < m with the ordering at 0; theta >= m with the ordering at m, once the claim at 0 stands  (where m > 0)

At each theta the rejection is contained in one test at the level, so the bounds hold. Hence better = the larger p of both, and FAIL likewise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.core.claim import Bounds, Effects, Sides
from keepstone.stats.betting import number
from keepstone.stats.evidence import HALF, Wagers, lower_bound

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.stats.evidence import Evidence


class Signed:
    """Evidence about one signed quantity; `over(d0)` speaks for "over theta", `under(d0)` for "minus it is over minus theta"."""

    def __init__(self, over: Callable[[float], Evidence], under: Callable[[float], Evidence]) -> None:
        """Keep how evidence is made."""
        self._over, self._under = over, under

    def p(self, limit: float) -> Sides:
        """Return the p-values for PASS and FAIL."""
        fail = self._over(limit).p(limit)
        return Sides(self._under(limit).p(-limit), max(fail, self._over(0.0).p(0.0)) if limit > 0 else fail)

    def effects(self, margin: float) -> Effects:
        """Return the p-values of the three claims."""
        no_worse = self._under(margin).p(-margin)
        return Effects(self._over(0.0).p(0.0), max(self._under(0.0).p(0.0), no_worse), no_worse)

    def bounds(self, limit: float, level: float) -> Bounds:
        """Return the one-sided bounds at `level`."""
        return Bounds(self._lower(limit, level), self._upper(limit, level))

    def _upper(self, limit: float, level: float) -> float:
        at_limit = self._under(limit)
        if limit <= 0 or not at_limit.reaches(-limit, level):
            return -lower_bound(at_limit, level, -limit)
        return min(limit, -lower_bound(self._under(0.0), level, 0.0))

    def _lower(self, limit: float, level: float) -> float:
        if limit <= 0:
            return lower_bound(self._over(limit), level, limit)
        at_zero = self._over(0.0)
        at_limit = self._over(limit)
        if at_zero.reaches(0.0, level) and at_limit.reaches(limit, level):
            return max(limit, lower_bound(at_limit, level, limit))
        return min(lower_bound(at_zero, level, 0.0), limit - HALF)


class Staked(Signed):
    """The same where the evidence is betting: e-values too."""

    def __init__(self, over: Callable[[float], Wagers], under: Callable[[float], Wagers]) -> None:
        """Keep how evidence is made."""
        super().__init__(over, under)
        self._bet_over, self._bet_under = over, under

    def e(self, limit: float) -> Sides:
        """Return the e-values for PASS and FAIL."""
        fail = self._bet_over(limit).log_wealth(limit)
        if limit > 0:
            fail = min(fail, self._bet_over(0.0).log_wealth(0.0))
        return Sides(number(self._bet_under(limit).log_wealth(-limit)), number(fail))

    def e_effects(self, margin: float) -> Effects:
        """Return the e-values of the three claims."""
        no_worse = self._bet_under(margin).log_wealth(-margin)
        better = min(self._bet_under(0.0).log_wealth(0.0), no_worse)
        return Effects(number(self._bet_over(0.0).log_wealth(0.0)), number(better), number(no_worse))
