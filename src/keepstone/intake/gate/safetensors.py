"""Safetensors: the header is strict JSON, and the tensors fill the rest of the file without a hole or an overlap."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from keepstone.intake.gate.source import Refused
from keepstone.intake.gate.texts import parse

if TYPE_CHECKING:
    from keepstone.intake.gate.look import Look
    from keepstone.intake.gate.source import Source

LONGEST = 32 << 20
"""Bytes of a header. The format allows 100 MB; a header of a thousand layers has less than one."""
BITS = {"F64": 64, "F32": 32, "F16": 16, "BF16": 16, "I64": 64, "I32": 32, "I16": 16, "I8": 8, "U8": 8, "BOOL": 8, "U16": 16, "U32": 32, "U64": 64}
BITS |= {"F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "C64": 64}


def begins(head: bytes, size: int) -> bool:
    """Whether bytes begin as safetensors: the length of a header, then a brace."""
    return len(head) > 8 and head[8:9] == b"{" and int.from_bytes(head[:8], "little") <= max(size, 1 << 32)


def read(source: Source, look: Look) -> str:
    """Judge the header.

    Raises:
        Refused: It lies about the file in any way.
    """
    length = int.from_bytes(source.read(0, 8), "little")
    if length > LONGEST or length > source.size - 8:
        raise Refused("safetensors.header", f"a header of {length:,} bytes in a file of {source.size:,}")
    header = parse(source.read(8, length), look.budget, widest=1_000_000)
    if not isinstance(header, dict):
        raise Refused("safetensors.header", "the header is no table")
    notes = header.pop("__metadata__", {})
    if not (isinstance(notes, dict) and all(isinstance(one, str) for one in notes.values())):
        raise Refused("safetensors.header", "«__metadata__» must hold texts alone")
    look.budget.step(len(header))
    end = 0
    for start, stop in sorted(_span(name, one) for name, one in header.items()):
        if start != end:
            raise Refused("safetensors.header", "tensors overlap, or leave a hole")
        end = stop
    if end != source.size - 8 - length:
        raise Refused("safetensors.header", f"the tensors need {end:,} bytes; there are {source.size - 8 - length:,}")
    return "safetensors"


def _span(name: str, one: object) -> tuple[int, int]:
    if not (isinstance(one, dict) and set(one) == {"dtype", "shape", "data_offsets"}):
        raise Refused("safetensors.header", f"{name[:60]!r} must have «dtype», «shape» and «data_offsets»")
    shape, offsets, bits = one["shape"], one["data_offsets"], BITS.get(str(one["dtype"]), 0)
    if not (bits and _sizes(shape) and _sizes(offsets) and len(offsets) == 2 and len(shape) <= 16):
        raise Refused("safetensors.header", f"{name[:60]!r} has a type, shape or offsets that can't be")
    if math.prod(shape) * bits != 8 * (offsets[1] - offsets[0]):
        raise Refused("safetensors.header", f"{name[:60]!r} has another shape than bytes")
    return offsets[0], offsets[1]


def _sizes(value: object) -> bool:
    return isinstance(value, list) and all(type(one) is int and 0 <= one < 1 << 53 for one in value)
