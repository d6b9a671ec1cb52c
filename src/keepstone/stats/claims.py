"""How losses become a number with an error rate: the claims, and the one interface they share.

    Mean        one rate                                         exact binomial, or betting
    Gap         the largest gap of a group against the rest      exact two samples, or betting on blocks
    Advantage   one signed difference of two groups              the same
    Difference  the mean of a paired difference                  exact pairs, or betting
    Both        a hit rate at a fixed false-alarm rate           two exact binomials

A claim keeps a tally of the losses and never the losses. `p` and `bounds` serve the design that uses all items at looks fixed beforehand, `e` and `e_bounds`
the sequential one. Bounds come from the same evidence as the claims: at one level, PASS holds exactly where upper <= limit, FAIL where lower >= limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from keepstone.stats.differences import Difference, Effects
from keepstone.stats.gaps import Advantage, Gap
from keepstone.stats.means import Both, Mean
from keepstone.stats.tally import NOT_COUNTED, Bounds, Look, LossError, Sides, Tally, difference, look_ends, look_weights, looks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.stats.tally import Losses


class Claim(Protocol):
    """A quantity that is held against a limit: PASS says that it is under, FAIL that it is at or over."""

    def tally(self, losses: Losses) -> Tally:
        """Return the tally of a block of losses: int16, (trials, parts), thousandths or `NOT_COUNTED`."""

    def add(self, a: Tally, b: Tally) -> Tally:
        """Return the tally of the trials of `a` followed by those of `b`."""

    def mean(self, tally: Tally) -> float:
        """Return the quantity as observed, nan if nothing counts."""

    def counted(self, tally: Tally) -> int:
        """Return the trials that count (of the smallest part)."""

    def parts(self, tally: Tally) -> list[tuple[int, float]]:
        """Return per part the trials counted and their mean loss."""

    def p(self, looks: Sequence[Look], limit: float) -> Sides:
        """Return the p-values of both claims, from the cumulative tallies at the looks so far."""

    def bounds(self, looks: Sequence[Look], limit: float, level: float) -> Bounds:
        """Return the one-sided bounds, each at `level`."""

    def e(self, tally: Tally, limit: float) -> Sides:
        """Return the e-values of both claims."""

    def e_bounds(self, tally: Tally, limit: float, threshold: float) -> Bounds:
        """Return the one-sided bounds where the e-value stays below `threshold`."""

    def best(self, counts: Sequence[int], limit: float, *, weight: float = 0.7) -> Sides:
        """Return the least p-values that so many trials a part can give: can this ever be decided?"""


__all__ = [
    "NOT_COUNTED",
    "Advantage",
    "Both",
    "Bounds",
    "Claim",
    "Difference",
    "Effects",
    "Gap",
    "Look",
    "LossError",
    "Mean",
    "Sides",
    "Tally",
    "difference",
    "look_ends",
    "look_weights",
    "looks",
]
