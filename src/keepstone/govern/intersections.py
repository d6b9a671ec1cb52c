"""Where two groups meet: who is missed and who is flagged in vain among old women, young men and so on. Shown, never judged.

Each share has an exact interval of its own (Clopper and Pearson, 95 %), so of many some are off; whoever wants one of them judged makes it a group of
its own (`[[group]]`). Of fewer than ten people, or fewer than ten with or without the outcome, nothing is shown, nor of a pair by which such a few could be
told: the next smallest of the same group is left out with them.
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
        The pairs, the most missed first, and how many pairs are not shown.
    """
    truth = np.asarray(outcome.columns["truth"], dtype=np.float64) == 1
    flagged = np.asarray(outcome.columns["flagged"], dtype=np.float64) == 1
    answered = (np.asarray(outcome.columns["ruling"]) <= Ruling.CHANGED) & ~np.asarray(outcome.broken)
    wrong = answered & (flagged != truth)
    found, hidden = [], 0
    for pair in combinations(attributes, 2):
        who = [np.asarray(outcome.columns[f"group:{attribute}"]) for attribute in pair]
        names = [sorted(set(one.tolist()) - {""}) for one in who]
        inside = np.array([[(who[0] == first) & (who[1] == second) for second in names[1]] for first in names[0]])
        if not inside.size:
            continue
        sizes = np.stack([(inside & truth).sum(axis=2), (inside & ~truth).sum(axis=2)])
        shown = _shown(sizes)
        for a, b in zip(*np.nonzero(shown), strict=True):
            group = f"{pair[0]}={names[0][a]}, {pair[1]}={names[1][b]}"
            found.append(_row(group, inside[a, b] & truth, inside[a, b] & ~truth, wrong))
        hidden += int(((sizes.sum(axis=0) > 0) & ~shown).sum())
    return tuple(sorted(found, key=lambda one: (-(one.missed[0] if one.missed and one.missed[0] else 0.0), one.group))), hidden


def _shown(sizes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which pairs may be shown: large enough, and none by which a smaller one could be told, since what all of a group are stands elsewhere.

    Args:
        sizes: People with and without the outcome, int64 (2, groups, groups).
    """
    least = sizes.min(axis=0)
    shown = least >= FEWEST
    lines = [(at, slice(None)) for at in range(shown.shape[0])] + [(slice(None), at) for at in range(shown.shape[1])]
    changed = True
    while changed:
        changed = False
        for line in lines:
            left = np.where(shown[line], 0, sizes[(slice(None), *line)]).sum(axis=1)
            if left.sum() and left.min() < FEWEST and shown[line].any():
                mine = shown[line].copy()
                mine[np.argmin(np.where(mine, least[line], np.iinfo(np.int64).max))] = False
                shown[line], changed = mine, True
    return np.asarray(shown)


def _row(group: str, came: NDArray[np.bool_], did_not: NDArray[np.bool_], wrong: NDArray[np.bool_]) -> rows.Intersection:
    return rows.Intersection(
        group=group, n=int(came.sum() + did_not.sum()), outcomes=int(came.sum()), missed=_share(wrong[came]), alarms=_share(wrong[did_not])
    )


def _share(lost: NDArray[np.bool_]) -> rows.Triple:
    k, n = int(lost.sum()), len(lost)
    return number(k / n), number(lower_rate(k, n, SIDE)), number(upper_rate(k, n, SIDE))
