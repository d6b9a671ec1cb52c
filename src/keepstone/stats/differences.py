"""Claims about the mean of a paired difference: worse, better, no worse by a margin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from keepstone.stats.betting import arrays, difference_stakes, difference_wealth
from keepstone.stats.evidence import Counts, Row, Wagers, lower_bound
from keepstone.core.claim import UNIT, Bounds, Effects, Sides, Tally
from keepstone.stats.tally import WEIGHTS, Counting, smallest, take

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.stats.evidence import Evidence
    from keepstone.core.claim import Look, Losses



@dataclass(frozen=True)
class Difference(Counting):
    """The mean of D = loss of one arm minus loss of another, on the same trials.

    Held against a limit, FAIL says the mean is over it and PASS that it is under: "worse" is FAIL at 0, "no worse by m" PASS at m. As an effect, with margin
    m, "better" is PASS at 0 and at m (so that better implies no worse), and one interval agrees with all three claims: see `effect_bounds`.

    D in {-1, 0, 1}: the exact test of pairs. Others: the betting e-process.

    Attributes:
        real: Bet even where every difference so far is -1, 0 or 1 (see `Mean`).
    """

    real: bool = False

    def tally(self, losses: Losses) -> Tally:
        """Return the tally of a block of differences (`tally.difference`), shape (trials, 1)."""
        return take(losses, low=-UNIT, parts=1)

    def mean(self, tally: Tally) -> float:
        """Return the mean difference, nan if nothing counts."""
        return tally.mean(0)

    def counted(self, tally: Tally) -> int:
        """Return the pairs that count."""
        return tally.counted(0)

    def _evidence(self, looks: Sequence[Look], d0: float, *, over: bool) -> Evidence:
        """Return the evidence that the mean is over theta (or, not `over`, that minus the mean is over minus theta), ordered at d0."""
        if self.real or not smallest(looks).tally.two_valued:
            samples = [arrays(look.tally.parts[0]) for look in looks]
            turned = tuple((((values if over else -values), times),) for values, times in samples)
            return Wagers(difference_stakes(d0 if over else -d0)[1], turned, tuple(1.0 for _ in looks))
        rows = []
        for look in looks:
            n, more, less = look.tally.counted(0), look.tally.number(0, UNIT), look.tally.number(0, -UNIT)
            up, down = (more, less) if over else (less, more)
            rows.append(Row(look.weight, up, down, n, n, paired=True, d0=d0 if over else -d0))
        return Counts(tuple(rows))

    def p(self, looks: Sequence[Look], limit: float) -> Sides:
        """Return the p-values for PASS (mean under the limit) and FAIL (over it)."""
        return Sides(self._evidence(looks, limit, over=False).p(-limit), self._evidence(looks, limit, over=True).p(limit))

    def bounds(self, looks: Sequence[Look], limit: float, level: float) -> Bounds:
        """Return the one-sided bounds at `level`, in agreement with `p` at the limit."""
        under, over = self._evidence(looks, limit, over=False), self._evidence(looks, limit, over=True)
        return Bounds(lower_bound(over, level, limit), -lower_bound(under, level, -limit))

    def p_effect(self, looks: Sequence[Look], margin: float) -> Effects:
        """Return the p-values for worse (mean over 0), better (under 0) and no worse (under the margin)."""
        no_worse = self._evidence(looks, margin, over=False).p(-margin)
        better = self._evidence(looks, 0.0, over=False).p(0.0)
        return Effects(self._evidence(looks, 0.0, over=True).p(0.0), max(better, no_worse), no_worse)

    def effect_bounds(self, looks: Sequence[Look], margin: float, level: float) -> Bounds:
        """Return the one-sided bounds that agree with all three claims at `level`.

        worse <=> lower >= 0; no worse <=> upper <= margin; better <=> upper <= 0. The upper bound tests theta >= margin with the ordering at the margin,
        and theta < margin with the ordering at 0 once "no worse" stands: at every theta the rejection has probability at most the level.
        """
        lower = lower_bound(self._evidence(looks, 0.0, over=True), level, 0.0)
        at_margin = self._evidence(looks, margin, over=False)
        if not at_margin.reaches(-margin, level):
            return Bounds(lower, -lower_bound(at_margin, level, -margin))
        return Bounds(lower, min(margin, -lower_bound(self._evidence(looks, 0.0, over=False), level, 0.0)))

    def e(self, tally: Tally, limit: float) -> Sides:
        """Return the e-values of the betting process, which may be looked at after any trial."""
        return difference_wealth(tally.parts[0], limit)

    def e_bounds(self, tally: Tally, limit: float, threshold: float) -> Bounds:
        """Return the bounds {theta : e(theta) < threshold}."""
        values, times = arrays(tally.parts[0])
        level = (1 + 1e-12) / threshold
        under = Wagers(difference_stakes(-limit)[1], (((-values, times),),), (1.0,))
        over = Wagers(difference_stakes(limit)[1], (((values, times),),), (1.0,))
        return Bounds(lower_bound(over, level, limit), -lower_bound(under, level, -limit))

    def best(self, counts: Sequence[int], limit: float, *, weight: float = WEIGHTS[-1]) -> Sides:
        """Return the least p-values that so many pairs can give: every pair one way, or every pair the other."""
        n = counts[0]
        if not n:
            return Sides(1.0, 1.0)
        return Sides(*(Counts((Row(weight, n, 0, n, n, paired=True, d0=at),)).p(at) for at in (-limit, limit)))
