"""Options that several commands share, the words they are given in, and how they print."""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from keepstone.core.errors import InputError
from keepstone.intake.fields import inert, is_plain_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

F = TypeVar("F", bound="Callable[..., object]")
SECONDS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
MOST_WORKERS = 4
WIDTH = 100  # of text that is piped
LONGEST = 1024  # bytes of a passphrase


def console(*, err: bool = False) -> Console:
    """A console on stdout or stderr: plain text when not a terminal, no colour where NO_COLOR is set."""
    from rich.console import Console

    class Piped(Console):
        """A console that tells of a reader who went away, instead of ending the process itself."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    stream = sys.stderr if err else sys.stdout
    width = None if stream.isatty() else WIDTH
    return Piped(file=stream, stderr=err, width=width, highlight=False, markup=False, emoji=False, no_color=bool(os.environ.get("NO_COLOR")) or None)


def json_option(command: F) -> F:
    """Add --json: what would be printed, as one canonical JSON document."""
    return click.option("--json", "as_json", is_flag=True, help="Print a JSON document instead of text.")(command)


def emit(document: object) -> None:
    """Print a document as canonical JSON, in UTF-8 whatever the terminal speaks."""
    from keepstone.ledger.canonical import encode

    click.echo(encode(document))


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
        if not 0 < amount < math.inf or (unit and unit not in SECONDS):
            self.fail(f"must be a number of rows such as 20000, or a time such as 90s or 5m; got {value!r}.", param, ctx)
        return (math.inf, amount * SECONDS[unit]) if unit else (amount, math.inf)


def existing(path: str) -> Path:
    """A file that is there.

    Raises:
        InputError: If it is not, or is no plain file.
    """
    if "\0" in path:
        raise InputError(f"{inert(path[:80])}: The path must not hold a NUL character.")
    found = Path(path)
    if is_plain_file(found):
        return found
    raise InputError(f"{inert(path[:200])}: {_why_not(found)}")


def _why_not(path: Path) -> str:
    try:
        if path.is_dir():
            return "This is a folder; a file is needed."
        return "This is no plain file." if path.exists() else "There is no such file."
    except OSError as error:
        return f"This can't be a file: {error.strerror}."


def folder(path: str) -> Path:
    """A folder that is there or can be made.

    Raises:
        InputError: If something else is in its place, or the name can't be one.
    """
    if "\0" in path or not path.strip():
        raise InputError(f"{inert(path[:80])!r}: A folder's name must not be empty or hold a NUL character.")
    found = Path(path)
    try:
        if found.exists() and not found.is_dir():
            raise InputError(f"{inert(path[:200])}: This must be a folder; a file is in its place.")
    except OSError as error:
        raise InputError(f"{inert(path[:200])}: This can't be a folder: {error.strerror}.") from error
    return found


def contents(path: str, *, largest: int) -> bytes:
    """Read a file whole.

    Raises:
        InputError: If it is not there, can't be read, or is too large.
    """
    file = existing(path)
    try:
        with file.open("rb") as stream:
            data = stream.read(largest + 1)
    except OSError as error:
        raise InputError(f"{inert(path)}: The file can't be read: {error.strerror}.") from error
    if len(data) > largest:
        raise InputError(f"{inert(path)}: The file must be at most {largest:,} bytes.")
    return data


def passphrase(path: str | None) -> str | None:
    """Read a passphrase: the first line of a file, or None where no file is named.

    Raises:
        InputError: If the file can't be read or its first line is empty.
    """
    if path is None:
        return None
    try:
        lines = contents(path, largest=LONGEST).decode().splitlines()
    except UnicodeDecodeError as error:
        raise InputError(f"{inert(path)}: The passphrase must be text in UTF-8.") from error
    if not lines or not lines[0].strip():
        raise InputError(f"{inert(path)}:1: The first line must be the passphrase; it is empty.")
    return lines[0]


def workers() -> int:
    """As many processes as there are cores, at most four."""
    return max(1, min(MOST_WORKERS, os.cpu_count() or 1))
