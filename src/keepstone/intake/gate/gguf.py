"""GGUF: counts, texts and offsets within the file; chat templates are judged as templates."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keepstone.intake.gate import template
from keepstone.intake.gate.source import Refused

if TYPE_CHECKING:
    from keepstone.intake.gate.look import Look
    from keepstone.intake.gate.source import Source

MOST_KEYS, MOST_TENSORS, MOST_ITEMS, LONGEST = 10_000, 100_000, 4_000_000, 1 << 20
WIDTHS = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
TEXT, ARRAY, COUNT = 8, 9, {4, 5, 10, 11}
BLOCKS = {0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36), 10: (256, 84), 11: (256, 110), 12: (256, 144)}
BLOCKS |= {13: (256, 176), 14: (256, 210), 15: (256, 292), 16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110)}
BLOCKS |= {22: (256, 82), 23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54), 35: (256, 66)}
BLOCKS |= {39: (32, 17)}
"""Items and bytes of a block, by the type of a tensor."""


@dataclass(eq=False)
class _Cursor:
    source: Source
    look: Look
    at: int = 0

    def number(self, form: str) -> int:
        size = struct.calcsize(form)
        value: int = struct.unpack(form, self.source.read(self.at, size))[0]
        self.at += size
        return value

    def skip(self, count: int) -> None:
        if self.at + count > self.source.size:
            raise Refused("gguf.header", f"{count:,} bytes are claimed; there are {self.source.size - self.at:,}")
        self.at += count

    def text(self) -> str:
        length = self.number("<Q")
        if length > LONGEST:
            raise Refused("gguf.header", f"a text of {length:,} bytes")
        data = self.source.read(self.at, length)
        self.at += length
        return data.decode("utf-8", "replace")

    def value(self, kind: int, depth: int = 0) -> object:
        if kind == TEXT:
            return self.text()
        if kind == ARRAY:
            self.items(depth)
            return None
        if kind not in WIDTHS:
            raise Refused("gguf.header", f"a value of type {kind} is not known")
        raw = self.source.read(self.at, WIDTHS[kind])
        self.at += WIDTHS[kind]
        return int.from_bytes(raw, "little") if kind in COUNT else None

    def items(self, depth: int) -> None:
        kind, count = self.number("<I"), self.number("<Q")
        if count > MOST_ITEMS or depth > 2:
            raise Refused("gguf.header", f"an array of {count:,} items, {depth} deep")
        if kind in WIDTHS:
            self.skip(count * WIDTHS[kind])
            return
        self.look.budget.step(count >> 2)
        for _ in range(count):
            if kind == TEXT:
                self.skip(self.number("<Q"))
            else:
                self.value(kind, depth + 1)


def read(source: Source, look: Look) -> str:
    """Judge a GGUF file.

    Raises:
        Refused: A count, a size or an offset does not fit.
    """
    cursor = _Cursor(source, look, 4)
    version, tensors, keys = cursor.number("<I"), cursor.number("<Q"), cursor.number("<Q")
    if version not in {2, 3} or tensors > MOST_TENSORS or keys > MOST_KEYS:
        raise Refused("gguf.header", f"version {version} with {tensors:,} tensors and {keys:,} keys")
    found: dict[str, object] = {}
    for _ in range(keys):
        key = cursor.text()
        if key in found:
            raise Refused("gguf.header", f"the key {key[:60]!r} stands twice")
        found[key] = cursor.value(cursor.number("<I"))
        if "template" in key and isinstance(text := found[key], str):
            template.read(text, look)
    unit = found.get("general.alignment", 32)
    if not isinstance(unit, int) or unit not in {8, 16, 32, 64, 128, 256, 4096}:
        raise Refused("gguf.header", f"an alignment of {unit}")
    _tensors(cursor, tensors, unit)
    return "gguf"


def _tensors(cursor: _Cursor, count: int, unit: int) -> None:
    spans, names = [], set[str]()
    cursor.look.budget.step(count)
    for _ in range(count):
        name, axes = cursor.text(), cursor.number("<I")
        if axes > 8 or name in names:
            raise Refused("gguf.header", f"the tensor {name[:60]!r} has {axes} axes, or stands twice")
        names.add(name)
        shape = [cursor.number("<Q") for _ in range(axes)]
        kind, start = cursor.number("<I"), cursor.number("<Q")
        if kind not in BLOCKS or start % unit:
            raise Refused("gguf.header", f"the tensor {name[:60]!r} is of type {kind} at {start:,}")
        items, size = BLOCKS[kind]
        spans.append((start, start + -(-math.prod(shape) // items) * size))
    base, end = -(-cursor.at // unit) * unit, 0
    for start, stop in sorted(spans):
        if not 0 <= start - end < unit:
            raise Refused("gguf.header", "tensors overlap, or leave a hole")
        end = stop
    if not (base + end <= cursor.source.size < base + end + unit or (not count and cursor.source.size <= base)):
        raise Refused("gguf.header", f"the tensors end at {base + end:,}; the file at {cursor.source.size:,}")
