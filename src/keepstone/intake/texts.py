"""Read texts of the operator's own: one a line. What is no text is refused with its line."""

from __future__ import annotations

import pathlib

from keepstone.core.errors import InputError
from keepstone.intake.fields import inert, is_plain_file, shown

LONGEST = 100_000
"""Letters of a text."""
LARGEST = 1 << 26
"""Bytes of a file: 64 mebibytes."""
_MOST = 20  # problems that are listed


def read_texts(path: pathlib.Path) -> tuple[str, ...]:
    """Read the texts of a file, UTF-8, one a line; empty lines are none.

    Raises:
        InputError: It is missing, too large, no text, or has no line that is one.
    """
    if not is_plain_file(path):
        raise InputError(f"{inert(str(path))}: There is no such file.")
    if path.stat().st_size > LARGEST:
        raise InputError(f"{path}: The file must be at most {LARGEST:,} bytes.")
    try:
        lines = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: The file must be UTF-8; byte {error.start:,} is not.") from None
    problems = [f"{path}:{number}: {said}" for number, line in enumerate(lines, 1) if (said := _problem(line))]
    if problems:
        raise InputError(problems[:_MOST] + ([f"{path}: and {len(problems) - _MOST:,} more."] if len(problems) > _MOST else []))
    found = tuple(line.strip() for line in lines if line.strip())
    if not found:
        raise InputError(f"{path}: There must be at least one text, each on a line.")
    return found


def _problem(line: str) -> str:
    if len(line) > LONGEST:
        return f"A text must have at most {LONGEST:,} letters; got {len(line):,}."
    if any(ord(letter) < 32 and letter != "\t" for letter in line):
        return f"A line must be text; got control characters: {shown(line, most=30)}."
    return ""
