"""How every benchmark prints its table: plain text, the bar and whether it is met in the last line."""

from __future__ import annotations

from collections.abc import Sequence


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table with a title."""
    texts = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(str(column)), *(len(row[k]) for row in texts)) if texts else len(str(column)) for k, column in enumerate(columns)]
    print(f"\n{title}")
    print("  ".join(str(column).ljust(width) for column, width in zip(columns, widths, strict=True)))
    for row in texts:
        print("  ".join(text.rjust(width) if k else text.ljust(width) for k, (text, width) in enumerate(zip(row, widths, strict=True))))


def verdict(bar: str, got: float, most: float, *, unit: str = "") -> bool:
    """Print a bar and whether it is met; give whether it is."""
    met = got <= most
    print(f"{'met    ' if met else 'NOT MET'}  {bar}: {got:.4g}{unit}, at most {most:g}{unit}")
    return met


def _cell(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
