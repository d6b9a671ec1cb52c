"""Claims about groups of independent trials: the largest gap between a group and the rest, and one signed difference of two groups."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, nan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from keepstone.core.claim import UNIT, Bounds, Effects, Sides, Tally
from keepstone.stats.betting import blocks, blocks_in_turn, difference_stakes, number
from keepstone.stats.evidence import HALF, Counts, Row, Wagers, lower_bound
from keepstone.stats.signed import Signed, Staked
from keepstone.stats.tally import WEIGHTS, Counting, LossError, last, take

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from keepstone.core.claim import Look, Losses
    from keepstone.stats.evidence import Evidence

    Floats = NDArray[np.float64]


class Versus(NamedTuple):
    """One comparison: a part against another part, or against all others pooled (`rest` -1)."""

    part: int
    rest: int = -1


def _rest(tally: Tally, versus: Versus) -> list[int]:
    return [versus.rest] if versus.rest >= 0 else [part for part in range(len(tally.parts)) if part != versus.part]


def _counts(tally: Tally, versus: Versus) -> tuple[int, int, int, int]:
    """Return losses and trials of the part, and of the rest."""
    rest = _rest(tally, versus)
    return (
        tally.number(versus.part, UNIT),
        tally.counted(versus.part),
        sum(tally.number(part, UNIT) for part in rest),
        sum(tally.counted(part) for part in rest),
    )


def _in_order(tally: Tally, versus: Versus) -> tuple[Floats, Floats]:
    """Return the losses of the part and of the rest, each in the order of the trials."""
    codes = np.frombuffer(tally.order, dtype="<u4").astype(np.int64)
    part, loss = codes // (UNIT + 1), codes % (UNIT + 1) / UNIT
    return loss[part == versus.part], loss[np.isin(part, _rest(tally, versus))]


def gap(tally: Tally, versus: Versus) -> float:
    """Return the mean loss of the part minus that of the rest, nan if either is empty."""
    rest = _rest(tally, versus)
    trials = sum(tally.counted(part) for part in rest)
    if not trials or not tally.counted(versus.part):
        return nan
    return tally.mean(versus.part) - sum(tally.mean(part) * tally.counted(part) for part in rest if tally.counted(part)) / trials


def evidence(looks: Sequence[Look], versus: Versus, d0: float, *, over: bool, real: bool) -> Evidence:
    """Return the evidence that the gap lies over theta (or, not `over`, that minus the gap lies over minus theta), ordered at d0.

    0/1 losses: the exact test of two samples at each look, p_j / w_j. Others: at each look the mean wealth of the 20 rotations of `betting.blocks` over
    all trials so far, p_j = 1 / mean; the rotations differ from look to look, so the looks share the error by their weights here too.
    """
    if real:
        samples = []
        for look in looks:
            part, rest = _in_order(look.tally, versus)
            turned = (part, rest) if over else (rest, part)
            samples.append((blocks(*turned), np.ones((1, 1))))
        return Wagers(difference_stakes(d0 if over else -d0)[1], tuple(samples), tuple(look.weight for look in looks))
    rows = []
    for look in looks:
        x1, n1, x2, n2 = _counts(look.tally, versus)
        turned_counts = (x1, x2, n1, n2) if over else (x2, x1, n2, n1)
        rows.append(Row(look.weight, *turned_counts, paired=False, d0=d0 if over else -d0))
    return Counts(tuple(rows))


def _wager_in_turn(tally: Tally, versus: Versus, d0: float, m: int, *, over: bool) -> Wagers:
    part, rest = _in_order(tally, versus)
    losses = blocks_in_turn(part, rest, m)[None, :] * (1 if over else -1)
    return Wagers(difference_stakes(d0 if over else -d0)[1], ((losses, np.ones((1, 1))),), (1.0,))


@dataclass(frozen=True)
class Advantage(Counting):
    """The mean loss of part 0 minus that of part 1, two independent groups: a leakage advantage, a weak slice against the rest.

    PASS says the difference is under the limit, FAIL that it is at or over it.

    Attributes:
        real: Losses lie anywhere in [0, 1] and are judged by bets (see `Mean`).
        block: In the sequential design, how many trials of part 1 are set against one of part 0.
    """

    real: bool = False
    block: int = 1

    def tally(self, losses: Losses) -> Tally:
        """Return the tally of a block of shape (trials, 2); a trial counts for one part at most."""
        return take(losses, parts=2, ordered=True, real=self.real)

    def mean(self, tally: Tally) -> float:
        """Return the difference of the means, nan if a part is empty."""
        return gap(tally, Versus(0, 1))

    def counted(self, tally: Tally) -> int:
        """Return the trials of the smaller part."""
        return min(tally.counted(0), tally.counted(1))

    def _signed(self, looks: Sequence[Look]) -> Signed:
        versus = Versus(0, 1)
        return Signed(
            lambda d0: evidence(looks, versus, d0, over=True, real=self.real),
            lambda d0: evidence(looks, versus, d0, over=False, real=self.real),
        )

    def _turns(self, tally: Tally) -> Staked:
        versus = Versus(0, 1)
        return Staked(
            lambda d0: _wager_in_turn(tally, versus, d0, self.block, over=True),
            lambda d0: _wager_in_turn(tally, versus, d0, self.block, over=False),
        )

    def p(self, looks: Sequence[Look], limit: float) -> Sides:
        """Return the p-values for PASS and FAIL."""
        return self._signed(looks).p(limit)

    def p_effect(self, looks: Sequence[Look], margin: float) -> Effects:
        """Return the p-values for worse (over 0), better (under 0) and no worse (under the margin)."""
        return self._signed(looks).effects(margin)

    def bounds(self, looks: Sequence[Look], limit: float, level: float) -> Bounds:
        """Return the one-sided bounds of the difference at `level`, in agreement with `p` and `p_effect` at this limit."""
        return self._signed(looks).bounds(limit, level)

    def e(self, tally: Tally, limit: float) -> Sides:
        """Return the e-values of the blocks that are complete so far; they may be looked at after any trial."""
        return self._turns(tally).e(limit)

    def e_effect(self, tally: Tally, margin: float) -> Effects:
        """Return the e-values for worse, better and no worse."""
        return self._turns(tally).e_effects(margin)

    def e_bounds(self, tally: Tally, limit: float, threshold: float) -> Bounds:
        """Return the bounds {theta : e(theta) < threshold}, in agreement with `e` and `e_effect` at this limit."""
        return self._turns(tally).bounds(limit, (1 + 1e-12) / threshold)

    def best(self, counts: Sequence[int], limit: float, *, weight: float = WEIGHTS[-1]) -> Sides:
        """Return the least p-values that so many trials can give: no loss in one part, nothing but losses in the other."""
        n0, n1 = counts
        if not (n0 and n1):
            return Sides(1.0, 1.0)
        under = Counts((Row(weight, n1, 0, n1, n0, paired=False, d0=-limit),)).p(-limit)
        over = Counts((Row(weight, n0, 0, n0, n1, paired=False, d0=limit),)).p(limit)
        return Sides(under, over)


@dataclass(frozen=True)
class Gap(Counting):
    """The largest absolute gap between a group's mean loss and the rest's; parts are groups, and a trial counts for one at most.

    Each group is held against all others pooled, in both directions; two parts are one comparison. PASS needs every gap under the limit, so it takes the
    largest p-value; FAIL needs some gap at or over it, so it takes the least times the number of comparisons and directions.

    Attributes:
        minimum: A group with fewer counted trials is not held against the rest (it still belongs to the rest of others).
        groups: The parts that are, where the plan fixes them. Empty: those with `minimum` counted trials once all items are in (the weights of the
            looks add up to 1); before that, and in the sequential design, every group that counts at all, so that a PASS that stops a run early can't
            leave out a group that grows large enough later.
        real: Losses lie anywhere in [0, 1] and are judged by bets (see `Mean`).
        block: In the sequential design, how many trials of the rest are set against one of the group.
    """

    minimum: int = 20
    groups: tuple[int, ...] = ()
    real: bool = False
    block: int = 1

    def tally(self, losses: Losses) -> Tally:
        """Return the tally of a block of shape (trials, groups); a trial counts for one group at most.

        Raises:
            LossError: If there are fewer than two groups, or a trial is in two.
        """
        seen = take(losses, ordered=True, real=self.real)
        if len(seen.parts) < 2:
            raise LossError("The «losses» of «gap» must have at least two groups; got one.")
        return seen

    def _held(self, sizes: Sequence[int], least: int) -> list[Versus]:
        """Return the comparisons made where a group needs `least` counted trials."""
        held = [part for part, size in enumerate(sizes) if (part in self.groups if self.groups else size >= least)]
        if len(sizes) == 2:
            return [Versus(0, 1)] if len(held) == 2 else []
        return [Versus(part) for part in held]

    def _versus(self, tally: Tally, *, whole: bool = True) -> list[Versus]:
        return self._held([tally.counted(part) for part in range(len(tally.parts))], self.minimum if whole else 1)

    def _gaps(self, tally: Tally) -> list[tuple[float, int]]:
        gaps = [(abs(gap(tally, versus)), versus.part) for versus in self._versus(tally)]
        return [(size, part) for size, part in gaps if not isnan(size)]

    def mean(self, tally: Tally) -> float:
        """Return the largest absolute gap, nan if no group is large enough."""
        return max((size for size, _ in self._gaps(tally)), default=nan)

    def worst(self, tally: Tally) -> int:
        """Return the part with the largest gap, -1 if no group is large enough."""
        return max(self._gaps(tally), default=(0.0, -1), key=lambda found: found[0])[1]

    def counted(self, tally: Tally) -> int:
        """Return the trials of the smallest group that is held, 0 if none is."""
        return min((min(_counts(tally, versus)[1::2]) for versus in self._versus(tally)), default=0)

    def _sides(self, looks: Sequence[Look], limit: float) -> tuple[list[Evidence], list[Evidence]]:
        """Return the evidence for "under" and for "over" the limit, of each comparison in each direction."""
        whole = sum(look.weight for look in looks) > 1 - 1e-9
        held = [(versus, way) for versus in self._versus(last(looks).tally, whole=whole) for way in (1.0, -1.0)]
        under = [evidence(looks, versus, way * limit, over=way < 0, real=self.real) for versus, way in held]
        over = [evidence(looks, versus, way * limit, over=way > 0, real=self.real) for versus, way in held]
        return under, over

    def p(self, looks: Sequence[Look], limit: float) -> Sides:
        """Return the p-values for PASS and FAIL; 1 where no group is large enough."""
        under, over = self._sides(looks, limit)
        if not under:
            return Sides(1.0, 1.0)
        return Sides(max(each.p(-limit) for each in under), min(1.0, len(over) * min(each.p(limit) for each in over)))

    def bounds(self, looks: Sequence[Look], limit: float, level: float) -> Bounds:
        """Return the one-sided bounds of the largest absolute gap: PASS exactly where upper <= limit, FAIL exactly where lower >= limit."""
        under, over = self._sides(looks, limit)
        return _extremes(under, over, limit, level) if under else Bounds(0.0, 1.0)

    def _turns(self, tally: Tally, limit: float) -> tuple[list[Wagers], Wagers]:
        """Return the wagers that each gap is under the limit, and the average of those that it is over."""
        held = [(versus, way > 0, way) for versus in self._versus(tally, whole=False) for way in (1.0, -1.0)]
        under = [_wager_in_turn(tally, versus, way * limit, self.block, over=not up) for versus, up, way in held]
        over = [_wager_in_turn(tally, versus, way * limit, self.block, over=up) for versus, up, way in held]
        samples = [each.looks[0][0][0] for each in over]
        longest = max(sample.size for sample in samples)
        losses = np.stack([np.pad(sample, (0, longest - sample.size)) for sample in samples])
        times = np.stack([np.arange(longest) < sample.size for sample in samples]).astype(np.float64)
        return under, Wagers(over[0].bets, ((losses, times),), (1.0,))

    def e(self, tally: Tally, limit: float) -> Sides:
        """Return the e-values of the blocks that are complete so far: the least for PASS, the mean for FAIL."""
        if not self._versus(tally, whole=False):
            return Sides(0.0, 0.0)
        under, over = self._turns(tally, limit)
        return Sides(min(number(each.log_wealth(-limit)) for each in under), number(over.log_wealth(limit)))

    def e_bounds(self, tally: Tally, limit: float, threshold: float) -> Bounds:
        """Return the bounds {theta : e(theta) < threshold}."""
        if not self._versus(tally, whole=False):
            return Bounds(0.0, 1.0)
        level = (1 + 1e-12) / threshold
        under, over = self._turns(tally, limit)
        return Bounds(lower_bound(over, level, limit, low=0.0), max(-lower_bound(each, level, -limit) for each in under))

    def best(self, counts: Sequence[int], limit: float, *, weight: float = WEIGHTS[-1]) -> Sides:
        """Return the least p-values that so many trials a group can give: no loss anywhere, or losses in one group alone and all over it."""
        under, over = [1.0], [1.0]
        held = self._held(counts, self.minimum)
        for versus in held:
            n = counts[versus.part]
            rest = counts[versus.rest] if versus.rest >= 0 else sum(counts) - n
            if n and rest:
                under.extend(Counts((Row(weight, 0, 0, *sizes, paired=False, d0=-limit),)).p(-limit) for sizes in ((n, rest), (rest, n)))
                over.extend(Counts((Row(weight, sizes[0], 0, *sizes, paired=False, d0=limit),)).p(limit) for sizes in ((n, rest), (rest, n)))
        return Sides(max(under[1:], default=1.0), min(1.0, 2 * max(len(held), 1) * min(over)))


def _extremes(under: Sequence[Evidence], over: Sequence[Evidence], limit: float, level: float) -> Bounds:
    """Return the bounds of the largest of several gaps: a bound is searched only where it moves the answer."""
    upper = -1.0
    for each in sorted(under, key=lambda one: one.guess(level)):
        if upper < 0 or not each.reaches(-upper, level):
            upper = max(upper, -lower_bound(each, level, -limit), 0.0)
    if upper <= limit and not all(each.reaches(-limit, level) for each in under):
        upper = limit + HALF
    lower, share = 0.0, level / len(over)
    for each in sorted(over, key=lambda one: -one.guess(share)):
        if each.reaches(lower, share):
            lower = max(lower, lower_bound(each, share, limit, low=0.0))
    if lower < limit and any(each.reaches(limit, share) for each in over):
        lower = limit
    return Bounds(lower, upper)
