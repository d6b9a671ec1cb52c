"""Short words for parts, where a column's head or a sentence has no room for the title."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keepstone.core.cell import Cell
    from keepstone.core.part import AnyCondition, Metric


def brief(part: AnyCondition | Metric) -> str:
    """A part in two or three words: its `brief` where it has one, else its title."""
    return str(getattr(part, "brief", "") or part.title)


def in_brief(cell: Cell) -> str:
    """A cell in a few words: metric, condition."""
    return f"{brief(cell.metric)}, {brief(cell.arm.condition)}"
