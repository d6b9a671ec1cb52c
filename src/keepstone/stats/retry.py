"""As many tries as somebody had who looked, none of them guided: the first blind draw with the decision that was wanted.

Choosing among tries is part of what intent adds. So the accidental counterpart of an attack is shown at one draw and at as many as the attack had
queries, the worst of them kept. What is chosen by is the bare decision; no draw depends on an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from keepstone.core.channel import Ruling, Signal

if TYPE_CHECKING:
    from keepstone.core.channel import Floats, Ints
    from keepstone.core.part import Target

Draw: TypeAlias = "Callable[[int, Ints], Floats]"
"""From the number of the try and the places of rows to those rows, drawn."""


def decisions(target: Target, rows: Floats) -> Floats:
    """Give the bare decisions of a target, as a client gets them: 0, 1, or NaN where a person decides."""
    said = target.answer(Signal(rows, np.zeros(len(rows), dtype=np.int8)))
    return np.where(np.asarray(said.rulings) <= Ruling.CHANGED, np.asarray(said.values, dtype=np.float64)[:, 1], np.nan)


def luckiest(x: Floats, draw: Draw, tries: int, decide: Callable[[Floats], Floats], goal: str) -> Floats:
    """Give rows as chance would have them after one try, or the worst of several.

    Of one try nothing is asked: every row is drawn once. Of several, the first is the row as it is, as it is for an attacker: a row that already is as
    wanted stays, and the others keep the first draw with the decision wanted, or their last.

    Args:
        x: The rows as they are, float64 (rows, features).
        draw: Gives a try of some rows; the same for the same try and rows.
        tries: How many tries each row has, at least 1.
        decide: Gives decisions: 0, 1 or NaN.
        goal: What is wanted: "missed" (0), "alarm" (1) or "any" (the other decision than that of the row as it is).

    Returns:
        float64 (rows, features).

    Example:
        >>> steps = [5.0, 9.0, 2.0]
        >>> luckiest(np.array([[4.0], [1.0]]), lambda k, at: np.full((len(at), 1), steps[k]), 4, lambda x: np.where(x[:, 0] > 3, 1.0, 0.0), "missed").ravel()
        array([2., 1.])
    """
    every = np.arange(len(x), dtype=np.int64)
    if tries == 1:
        return draw(0, every)
    now = decide(x)
    wanted = 1 - now if goal == "any" else np.full(len(x), 1.0 if goal == "alarm" else 0.0)
    kept, at = x.copy(), every[(now != wanted) & ~np.isnan(wanted)]  # where a person decides there is no decision to turn
    for k in range(tries - 1):
        if len(at) == 0:
            break
        kept[at] = draw(k, at)
        at = at[decide(kept[at]) != wanted[at]] if k < tries - 2 else at
    return kept
