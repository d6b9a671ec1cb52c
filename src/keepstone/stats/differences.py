"""Claims about the mean of a paired difference: worse, better, no worse by a margin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from keepstone.core.claim import UNIT, Bounds, Effects, Sides, Tally
from keepstone.stats.betting import arrays, difference_stakes
from keepstone.stats.evidence import Counts, Row, Wagers
from keepstone.stats.signed import Signed, Staked
from keepstone.stats.tally import WEIGHTS, Counting, take

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.claim import Look, Losses
    from keepstone.stats.evidence import Evidence


@dataclass(frozen=True)
class Difference(Counting):
    """The mean of D = loss of one arm minus loss of another, on the same trials.

    As an effect with a margin m it carries three claims (`p_effect`): worse, better, no worse by m. Held against a limit m, PASS says that the mean is under
    m (no worse by m) and FAIL that it is at or over it. One interval, `bounds(looks, m, level)`, agrees with all of them (`keepstone.stats.signed`):
    worse <=> lower >= 0, better <=> upper <= 0, no worse <=> upper <= m, FAIL <=> lower >= m.

    D in {-1, 0, 1}: the exact test of pairs. Others: the betting e-process.

    Attributes:
        real: Differences lie anywhere in [-1, 1] and are judged by bets (see `Mean`).
    """

    real: bool = False

    def tally(self, losses: Losses) -> Tally:
        """Return the tally of a block of differences (`tally.difference`), shape (trials, 1)."""
        return take(losses, low=-UNIT, parts=1, real=self.real)

    def mean(self, tally: Tally) -> float:
        """Return the mean difference, nan if nothing counts."""
        return tally.mean(0)

    def counted(self, tally: Tally) -> int:
        """Return the pairs that count."""
        return tally.counted(0)

    def _evidence(self, looks: Sequence[Look], d0: float, *, over: bool) -> Evidence:
        if self.real:
            samples = [arrays(look.tally.parts[0]) for look in looks]
            turned = tuple(((values if over else -values)[None, :], times) for values, times in samples)
            return Wagers(difference_stakes(d0 if over else -d0)[1], turned, tuple(1.0 for _ in looks))
        rows = []
        for look in looks:
            n, more, less = look.tally.counted(0), look.tally.number(0, UNIT), look.tally.number(0, -UNIT)
            up, down = (more, less) if over else (less, more)
            rows.append(Row(look.weight, up, down, n, n, paired=True, d0=d0 if over else -d0))
        return Counts(tuple(rows))

    def _signed(self, looks: Sequence[Look]) -> Signed:
        return Signed(lambda d0: self._evidence(looks, d0, over=True), lambda d0: self._evidence(looks, d0, over=False))

    def p(self, looks: Sequence[Look], limit: float) -> Sides:
        """Return the p-values for PASS (mean under the limit) and FAIL (at or over it)."""
        return self._signed(looks).p(limit)

    def p_effect(self, looks: Sequence[Look], margin: float) -> Effects:
        """Return the p-values for worse (mean over 0), better (under 0) and no worse (under the margin)."""
        return self._signed(looks).effects(margin)

    def bounds(self, looks: Sequence[Look], limit: float, level: float) -> Bounds:
        """Return the one-sided bounds at `level`, in agreement with `p` and `p_effect` at this limit."""
        return self._signed(looks).bounds(limit, level)

    def _staked(self, tally: Tally) -> Staked:
        values, times = arrays(tally.parts[0])
        return Staked(
            lambda d0: Wagers(difference_stakes(d0)[1], ((values[None, :], times),), (1.0,)),
            lambda d0: Wagers(difference_stakes(-d0)[1], ((-values[None, :], times),), (1.0,)),
        )

    def e(self, tally: Tally, limit: float) -> Sides:
        """Return the e-values of the betting process, which may be looked at after any trial."""
        return self._staked(tally).e(limit)

    def e_effect(self, tally: Tally, margin: float) -> Effects:
        """Return the e-values for worse, better and no worse."""
        return self._staked(tally).e_effects(margin)

    def e_bounds(self, tally: Tally, limit: float, threshold: float) -> Bounds:
        """Return the bounds {theta : e(theta) < threshold}, in agreement with `e` and `e_effect` at this limit."""
        return self._staked(tally).bounds(limit, (1 + 1e-12) / threshold)

    def best(self, counts: Sequence[int], limit: float, *, weight: float = WEIGHTS[-1]) -> Sides:
        """Return the least p-values that so many pairs can give: every pair one way, or every pair the other."""
        n = counts[0]
        if not n:
            return Sides(1.0, 1.0)
        return Sides(*(Counts((Row(weight, n, 0, n, n, paired=True, d0=at),)).p(at) for at in (-limit, limit)))
