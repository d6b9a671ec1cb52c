"""How far two raters agree on yes and no: the share of agreement, Cohen's kappa and Gwet's AC1, with an interval.

Kappa takes the agreement that each rater's own share of yes would give by chance (Cohen 1960); where nearly everything is no, it falls although the raters
agree. AC1 takes the agreement that comes by chance on items that are hard to rate (Gwet 2008), and does not fall so. The intervals rest on the variance over
items (Gwet 2014), with one more item counted on which the raters differ in each direction, so that full agreement on few items is no certainty.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from scipy.special import stdtrit

from keepstone.core.claim import Bounds

Pairs = Sequence[tuple[int, int]]
LEVEL = 0.05


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """What two raters said of the same items.

    Attributes:
        items: That both rated.
        agreed: On how many they agree.
        kappa: Cohen's, nan where both always said the same one thing.
        kappa_bounds: Its interval.
        ac1: Gwet's.
        ac1_bounds: Its interval.
    """

    items: int
    agreed: int
    kappa: float
    kappa_bounds: Bounds
    ac1: float
    ac1_bounds: Bounds


def agreement(pairs: Pairs) -> Agreement:
    """Say how far two raters agree.

    Args:
        pairs: Of each item that both rated, what the one and the other said, 1 or 0.

    Raises:
        ValueError: If there is no item.

    Example:
        >>> told = agreement([(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15)
        >>> told.agreed, round(told.kappa, 3), round(told.ac1, 3)
        (35, 0.4, 0.406)
    """
    if not pairs:
        msg = "The «pairs» of an agreement must be at least one."
        raise ValueError(msg)
    kappa, ac1 = _coefficient(pairs, _by_rater)[0], _coefficient(pairs, _by_item)[0]
    return Agreement(
        items=len(pairs),
        agreed=sum(a == b for a, b in pairs),
        kappa=kappa,
        kappa_bounds=_bounds(pairs, _by_rater, kappa),
        ac1=ac1,
        ac1_bounds=_bounds(pairs, _by_item, ac1),
    )


Chance = Callable[[np.ndarray], tuple[float, np.ndarray]]
"""From votes (items, 2) to the agreement by chance, and to each item's part in it."""


def _by_rater(votes: np.ndarray) -> tuple[float, np.ndarray]:
    """By the share of yes of each rater: an item's part is the mean chance of what was said of it by the other's share."""
    first, second = votes.mean(axis=0)
    each = (np.where(votes[:, 0] == 1, second, 1 - second) + np.where(votes[:, 1] == 1, first, 1 - first)) / 2
    return float(first * second + (1 - first) * (1 - second)), each


def _by_item(votes: np.ndarray) -> tuple[float, np.ndarray]:
    """By the mean share of yes: an item's part is the share of what was not said of it."""
    share = float(votes.mean())
    yes = votes.mean(axis=1)
    return 2 * share * (1 - share), yes * (1 - share) + (1 - yes) * share


def _coefficient(pairs: Pairs, chance: Chance) -> tuple[float, np.ndarray]:
    """The coefficient and, per item, what its variance is of."""
    votes = np.array(pairs, dtype=np.float64)
    expected, each = chance(votes)
    if expected >= 1:
        return nan, np.zeros(len(votes))
    agreed = (votes[:, 0] == votes[:, 1]).astype(np.float64)
    value = (float(agreed.mean()) - expected) / (1 - expected)
    return value, (agreed - expected) / (1 - expected) - 2 * (1 - value) * (each - expected) / (1 - expected)


def _bounds(pairs: Pairs, chance: Chance, value: float) -> Bounds:
    middle, each = _coefficient([*pairs, (1, 0), (0, 1)], chance)
    half = float(stdtrit(len(each) - 1, 1 - LEVEL / 2)) * float(each.std(ddof=1)) / len(each) ** 0.5
    ends = (middle - half, middle + half) if value != value else (min(middle - half, value), max(middle + half, value))  # noqa: PLR0124  nan
    return Bounds(max(ends[0], -1.0), min(ends[1], 1.0))
