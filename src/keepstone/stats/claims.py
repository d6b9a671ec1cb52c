"""How losses become a number with an error rate: the claims, and the one interface they share.

    Mean        one rate                                         exact binomial, or betting
    Gap         the largest gap of a group against the rest      exact two samples, or betting on blocks
    Advantage   one signed difference of two groups              the same
    Difference  the mean of a paired difference                  exact pairs, or betting
    Judged      the true rate behind a fallible judge            betting, corrected by labels
    Both        a hit rate at a fixed false-alarm rate           two exact binomials

A claim keeps a tally of the losses and never the losses. `p` and `bounds` serve the design that uses all items at looks fixed beforehand, `e` and `e_bounds`
the sequential one. Bounds come from the same evidence as the claims: at one level, PASS holds exactly where upper <= limit, FAIL where lower >= limit.
"""

from __future__ import annotations

from keepstone.stats.differences import Difference
from keepstone.stats.gaps import Advantage, Gap
from keepstone.stats.judged import Judged
from keepstone.stats.means import Both, Mean
from keepstone.stats.tally import LossError, difference, look_ends, looks

__all__ = ["Advantage", "Both", "Difference", "Gap", "Judged", "LossError", "Mean", "difference", "look_ends", "looks"]
