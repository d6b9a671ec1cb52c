"""The opcodes of pickles, read one after the other from bytes; nothing is built from them."""

from __future__ import annotations

import pickletools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from keepstone.intake.gate.outcome import Outcome
from keepstone.intake.gate.source import Refused

if TYPE_CHECKING:
    from keepstone.intake.gate.look import Budget
    from keepstone.intake.gate.source import Source

LONGEST_NAME = 4096
"""The most bytes of an argument that are looked at. Longer ones are data."""
_COUNTED = {pickletools.TAKEN_FROM_ARGUMENT1: (1, False), pickletools.TAKEN_FROM_ARGUMENT4: (4, True)}
_COUNTED |= {pickletools.TAKEN_FROM_ARGUMENT4U: (4, False), pickletools.TAKEN_FROM_ARGUMENT8U: (8, False)}
_OPCODES = {ord(one.code): (one.name, one.arg.n if one.arg else 0) for one in pickletools.opcodes}
_TWO_LINES = frozenset({"GLOBAL", "INST"})


def opcodes(source: Source, at: int, budget: Budget) -> Iterator[tuple[str, bytes | None, int]]:
    """Read opcodes up to the end.

    Args:
        source: The bytes.
        at: Where to begin.
        budget: Of steps.

    Yields:
        The opcode's name, its argument (None where it is too long to be a name), and where the next one begins.

    Raises:
        Refused: An opcode is not known, or an argument reaches past the end.
    """
    while True:
        budget.step()
        code = source.read(at, 1)[0]
        if code not in _OPCODES:
            raise Refused("pickle.broken", f"byte 0x{code:02x} at {at:,} is no opcode")
        name, size = _OPCODES[code]
        argument, at = _argument(source, at + 1, name, size)
        yield name, argument, at


def _argument(source: Source, at: int, name: str, size: int) -> tuple[bytes | None, int]:
    if size >= 0:
        return (source.read(at, size) if size else b""), at + size
    if size == pickletools.UP_TO_NEWLINE:
        return _lines(source, at, 2 if name in _TWO_LINES else 1)
    width, signed = _COUNTED[size]
    count = int.from_bytes(source.read(at, width), "little", signed=signed)
    at += width
    if count < 0 or at + count > source.size:
        raise Refused("file.broken", f"an argument of {count:,} bytes is claimed at {at:,}; there are {source.size - at:,}", Outcome.UNKNOWN)
    return (source.read(at, count) if count <= LONGEST_NAME else None), at + count


def _lines(source: Source, at: int, count: int) -> tuple[bytes | None, int]:
    found = []
    for _ in range(count):
        line = source.line(at, 1 << 20)
        found.append(line)
        at += len(line) + 1
    argument = b"\n".join(found)
    return (argument if len(argument) <= LONGEST_NAME else None), at
