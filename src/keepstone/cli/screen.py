"""Text in columns on a terminal or in a pipe: no lines around it, no blanks at the end, foreign text inert."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from keepstone.intake.fields import inert

if TYPE_CHECKING:
    from rich.console import Console

GAP = 2
GLUE = "\N{NO-BREAK SPACE}"
LEAST = 24  # letters that the last column has, however narrow the terminal


def columns(
    screen: Console,
    rows: Sequence[Sequence[str]],
    *,
    styles: Sequence[str] = (),
    right: Sequence[int] = (),
    indent: int = 0,
    widths: Sequence[int] = (),
) -> None:
    """Print rows in columns as wide as their widest cell; the last column takes the rest of the line and is wrapped.

    Args:
        screen: Where to.
        rows: Cells; all rows have as many.
        styles: One a column, as rich names them.
        right: Numbers of the columns that are set to the right.
        indent: Blanks before the first column.
        widths: Of all columns but the last; found from the rows if none are given.
    """
    from rich.text import Text

    cells = [[inert(cell) for cell in row] for row in rows]
    widths = widths or ([max(len(row[at]) for row in cells) for at in range(len(cells[0]) - 1)] if cells else [])
    first = indent + sum(widths) + GAP * len(widths)
    rest = max(LEAST, screen.width - first - 1)
    for row in cells:
        before = [cell.rjust(width) if at in right else cell.ljust(width) for at, (cell, width) in enumerate(zip(row, widths, strict=False))]
        wrapped = textwrap.wrap(row[-1], rest, break_on_hyphens=False) or [""]
        for number, piece in enumerate(wrapped):
            line = Text(" " * indent)
            for at, cell in enumerate(before):
                line.append((cell if number == 0 else " " * len(cell)) + " " * GAP, style=_style(styles, at))
            line.append(piece, style=_style(styles, len(widths)))
            line.rstrip()
            screen.print(line, soft_wrap=True)


def paragraph(screen: Console, text: str, *, style: str = "", indent: int = 0) -> None:
    """Print a paragraph, wrapped to the width of the screen; a command between backticks stays on one line."""
    pieces = inert(text).split("`")
    whole = "`".join(piece.replace(" ", GLUE) if at % 2 else piece for at, piece in enumerate(pieces))
    for line in textwrap.wrap(whole, max(LEAST, screen.width - indent - 1), break_on_hyphens=False) or [""]:
        screen.print(" " * indent + line.replace(GLUE, " "), style=style, soft_wrap=True, markup=False)


def _style(styles: Sequence[str], at: int) -> str:
    return styles[at] if at < len(styles) else ""
