"""As many tries as somebody had who looked, none of them guided: the first blind draw with the decision that was wanted.

Choosing among tries is part of what intent adds. So the accidental counterpart of an attack is shown at one draw and at as many draws as the attack had
queries, the worst of them kept. What is chosen by is the bare decision; no draw depends on an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from keepstone.core.channel import Floats, Ints

Draw: TypeAlias = "Callable[[int, Ints], Floats]"
"""From the number of the try and the places of rows to those rows, drawn."""

Decide: TypeAlias = "Callable[[Floats], Floats]"
"""From rows to decisions: 0, 1, or NaN where there is none."""


def luckiest(draw: Draw, rows: int, tries: int, decide: Decide, wanted: float) -> Floats:
    """Keep of each row the first draw whose decision is the one wanted; its last draw where none is.

    Args:
        draw: Gives a try of some rows; the same for the same try and rows.
        rows: How many rows there are.
        tries: How many tries each has, at least 1. Of a single try nothing is asked.
        decide: What is wrong or right about a try.
        wanted: 0 or 1.

    Returns:
        float64 (rows, features).

    Example:
        >>> steps = np.array([[1.0], [3.0], [7.0]])
        >>> luckiest(lambda k, at: steps[[k]].repeat(len(at), axis=0), 2, 3, lambda x: (x[:, 0] > 2) * 1.0, 1.0).ravel().tolist()
        [3.0, 3.0]
    """
    at = np.arange(rows, dtype=np.int64)
    kept = np.array(draw(0, at), dtype=np.float64)
    for k in range(1, tries):
        at = at[decide(kept[at]) != wanted]
        if len(at) == 0:
            break
        kept[at] = draw(k, at)
    return kept
