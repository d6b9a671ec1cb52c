"""Where two groups meet: who is missed and who is flagged in vain among old women, young men and so on. Shown, never judged.

Each share has an exact interval of its own (Clopper and Pearson, 95 %), so of many some are off; whoever wants one of them judged makes it a group of
its own (`[[group]]`). Of fewer than ten people, or fewer than ten with or without the outcome, nothing is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from keepstone.core.channel import Ruling
from keepstone.core.claim import FEWEST
from keepstone.govern import rows
from keepstone.govern.numbers import number
from keepstone.stats.exact import lower_rate, upper_rate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.trial import Outcome

SIDE = 0.025
"""Error of each side of an interval."""


def intersections(outcome: Outcome, attributes: Sequence[str]) -> tuple[tuple[rows.Intersection, ...], int]:
    """Count every pair of groups of two attributes.

    Args:
        outcome: Ordinary use of all cases, with "truth", "flagged", "ruling" and "group:NAME" for each attribute.
        attributes: Whose groups are crossed, two by two.

    Returns:
        The pairs, the most missed first, and how many people's pairs are too small to be shown.
    """
    truth = np.asarray(outcome.columns["truth"], dtype=np.float64) == 1
    flagged = np.asarray(outcome.columns["flagged"], dtype=np.float64) == 1
    answered = (np.asarray(outcome.columns["ruling"]) <= Ruling.CHANGED) & ~np.asarray(outcome.broken)
    wrong = answered & (flagged != truth)
    found, hidden = [], 0
    for pair in combinations(attributes, 2):
        who = [np.asarray(outcome.columns[f"group:{attribute}"]) for attribute in pair]
        for first in sorted(set(who[0].tolist()) - {""}):
            for second in sorted(set(who[1].tolist()) - {""}):
                mine = (who[0] == first) & (who[1] == second)
                if min((mine & truth).sum(), (mine & ~truth).sum()) >= FEWEST:
                    found.append(_row(f"{pair[0]}={first}, {pair[1]}={second}", mine & truth, mine & ~truth, wrong))
                else:
                    hidden += bool(mine.any())
    return tuple(sorted(found, key=lambda one: (-(one.missed[0] if one.missed and one.missed[0] else 0.0), one.group))), hidden


def _row(group: str, came: NDArray[np.bool_], did_not: NDArray[np.bool_], wrong: NDArray[np.bool_]) -> rows.Intersection:
    return rows.Intersection(
        group=group, n=int(came.sum() + did_not.sum()), outcomes=int(came.sum()), missed=_share(wrong[came]), alarms=_share(wrong[did_not])
    )


def _share(lost: NDArray[np.bool_]) -> rows.Triple:
    k, n = int(lost.sum()), len(lost)
    return number(k / n), number(lower_rate(k, n, SIDE)), number(upper_rate(k, n, SIDE))
