"""Protocol buffers, read field by field without a schema, within bounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keepstone.intake.gate.source import Refused, Source

if TYPE_CHECKING:
    from keepstone.intake.gate.look import Budget

LONGEST = 1 << 20
FIXED = {1: 8, 5: 4}


def fields(source: Source, budget: Budget) -> Iterator[tuple[int, int | Source]]:
    """Every field: its number, and a whole number or the bytes.

    Raises:
        Refused: It is cut off, or of a kind that is not used any more.

    >>> from keepstone.intake.gate.look import Budget
    >>> [(number, value) for number, value in fields(Source(bytes([8, 150, 1]), 0, 3), Budget())]
    [(1, 150)]
    """
    at = 0
    while at < source.size:
        budget.step()
        key, at = _number(source, at)
        number, kind = key >> 3, key & 7
        if not number:
            raise Refused("file.broken", "a field without a number")
        if kind == 0:
            value, at = _number(source, at)
            yield number, value
            continue
        length = FIXED.get(kind, 0)
        if kind == 2:
            length, at = _number(source, at)
        elif not length:
            raise Refused("file.broken", f"a field of kind {kind}")
        yield number, source.window(at, length)
        at += length


def _number(source: Source, at: int) -> tuple[int, int]:
    value = 0
    for k in range(10):
        byte = source.read(at + k, 1)[0]
        value |= (byte & 0x7F) << (7 * k)
        if byte < 0x80:
            return value, at + k + 1
    raise Refused("file.broken", "a number of more than ten bytes")


def text(value: int | Source) -> str:
    """The text of a field.

    Raises:
        Refused: It is no text, or too long.
    """
    if isinstance(value, int) or value.size > LONGEST:
        raise Refused("file.broken", "a field that should be a text")
    return value.whole().decode("utf-8", "replace")


def inner(value: int | Source, budget: Budget) -> Iterator[tuple[int, int | Source]]:
    """The fields of a message that is a field."""
    if isinstance(value, int):
        raise Refused("file.broken", "a field that should be a message")
    return fields(value, budget)
