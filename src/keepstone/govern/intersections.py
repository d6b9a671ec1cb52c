"""Where two groups meet: who is missed and who is flagged in vain among old women, young men and so on. Shown, never judged.

Each share has an exact interval of its own (Clopper and Pearson, 95 %), so of many some are off; whoever wants one of them judged makes it a group of
its own (`[[group]]`). Of fewer than ten people, or fewer than ten with or without the outcome, nothing is shown, nor of pairs by which such a few could be
told (`keepstone.govern.told`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from keepstone.core.channel import Ruling
from keepstone.govern import rows
from keepstone.govern.numbers import number
from keepstone.govern.told import alone, crossed
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
        lines = [alone(np.stack([_counted(one, own, truth), _counted(one, own, ~truth)])) for one, own in zip(who, names, strict=True)]
        shown = crossed(sizes, *lines)
        for a, b in zip(*np.nonzero(shown), strict=True):
            group = f"{pair[0]}={names[0][a]}, {pair[1]}={names[1][b]}"
            found.append(_row(group, inside[a, b] & truth, inside[a, b] & ~truth, wrong))
        hidden += int(((sizes.sum(axis=0) > 0) & ~shown).sum())
    return tuple(sorted(found, key=lambda one: (-(one.missed[0] if one.missed and one.missed[0] else 0.0), one.group))), hidden


def _counted(who: NDArray[np.str_], names: Sequence[str], among: NDArray[np.bool_]) -> NDArray[np.int64]:
    return np.array([(among & (who == name)).sum() for name in names])


def _row(group: str, came: NDArray[np.bool_], did_not: NDArray[np.bool_], wrong: NDArray[np.bool_]) -> rows.Intersection:
    return rows.Intersection(
        group=group, n=int(came.sum() + did_not.sum()), outcomes=int(came.sum()), missed=_share(wrong[came]), alarms=_share(wrong[did_not])
    )


def _share(lost: NDArray[np.bool_]) -> rows.Triple:
    k, n = int(lost.sum()), len(lost)
    return number(k / n), number(lower_rate(k, n, SIDE)), number(upper_rate(k, n, SIDE))
