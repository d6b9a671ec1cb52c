"""Options that several commands share, and the words they are given in."""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path

import click
from rich.console import Console

from keepstone.core.errors import InputError

SECONDS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
MOST_WORKERS = 4


def console(*, err: bool = False) -> Console:
    """A console on stdout or stderr: plain text when not a terminal, no colour where NO_COLOR is set."""
    stream = sys.stderr if err else sys.stdout
    width = None if stream.isatty() else 100
    return Console(file=stream, stderr=err, width=width, highlight=False, no_color=bool(os.environ.get("NO_COLOR")) or None)


class Budget(click.ParamType[tuple[float, float]]):
    """Rows to be answered ("20000") or a time ("90s", "5m", "1h")."""

    name = "calls|time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, float]:
        """Give (most rows, most seconds); what was not named is infinite."""
        if isinstance(value, tuple):
            return value
        text = str(value).strip().lower()
        number = text.rstrip("smhin")
        unit = text[len(number) :]
        try:
            amount = float(number)
        except ValueError:
            amount = math.nan
        if not amount > 0 or (unit and unit not in SECONDS):
            self.fail(f"must be a number of rows such as 20000, or a time such as 90s or 5m; got {value!r}.", param, ctx)
        return (math.inf, amount * SECONDS[unit]) if unit else (amount, math.inf)


def existing(path: str) -> Path:
    """A file that is there.

    Raises:
        InputError: If it is not, or is no file.
    """
    if "\0" in path:
        raise InputError("The path must not hold a NUL character.")
    found = Path(path)
    if not found.is_file():
        raise InputError(f"{path}: there is no such file.")
    return found


def workers() -> int:
    """As many processes as there are cores, at most four."""
    return max(1, min(MOST_WORKERS, os.cpu_count() or 1))
