"""NumPy's own files (.npy), and sizes of its types: an array must have exactly the bytes that its header claims."""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING

from keepstone.intake.gate.source import Refused

if TYPE_CHECKING:
    from keepstone.intake.gate.look import Look
    from keepstone.intake.gate.source import Source

MAGIC = b"\x93NUMPY"
LONGEST = 10_000
_UNITS = {"U": 4, "S": 1, "V": 1, "a": 1}
_FIXED = {"b1": 1, "?": 1}


def item_size(code: str) -> int | None:
    """Bytes of one item by its type code; None where it holds objects or is not known.

    >>> item_size("<f8"), item_size("|S10"), item_size("<U3"), item_size("|O")
    (8, 10, 12, None)
    """
    bare = code.lstrip("<>|=")
    if bare in _FIXED:
        return _FIXED[bare]
    kind, digits = bare[:1], bare[1:].partition("[")[0]
    if kind in _UNITS and digits.isdecimal() and len(digits) < 10:
        return _UNITS[kind] * int(digits)
    if kind in "biufcmM" and digits in {"1", "2", "4", "8", "16", "32"}:
        return int(digits)
    return None


def read(source: Source, look: Look) -> int:
    """Check the header of a .npy file.

    Returns:
        Where a pickle begins that the array is loaded from, or 0 where it holds plain numbers.

    Raises:
        Refused: The header is no plain table of three entries, or lies about its bytes.
    """
    major = source.read(6, 1)[0]
    width = 2 if major == 1 else 4
    if major not in {1, 2, 3}:
        raise Refused("numpy.header", f"version {major} of the format is not known")
    length = int.from_bytes(source.read(8, width), "little")
    start = 8 + width + length
    if length > LONGEST:
        raise Refused("numpy.header", f"a header of {length:,} bytes; at most {LONGEST:,}")
    header = _header(source.read(8 + width, length))
    shape, size = header["shape"], _size(header["descr"])
    if size is None:
        return start
    if not (isinstance(shape, tuple) and all(isinstance(one, int) and 0 <= one < 1 << 48 for one in shape)):
        raise Refused("numpy.header", "the shape is no tuple of whole numbers")
    look.budget.step(len(shape))
    if math.prod(shape) * size != source.size - start:
        raise Refused("numpy.header", f"the shape {shape} needs {math.prod(shape) * size:,} bytes; there are {source.size - start:,}")
    return 0


def _header(data: bytes) -> dict[str, object]:
    try:
        header = ast.literal_eval(data.decode("latin-1").strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError) as error:
        raise Refused("numpy.header", "the header is no literal") from error
    if not isinstance(header, dict) or set(header) != {"descr", "fortran_order", "shape"}:
        raise Refused("numpy.header", "the header must have «descr», «fortran_order» and «shape»")
    return header


def _size(descr: object) -> int | None:
    """Bytes of one item; None where it holds objects.

    Raises:
        Refused: The type is not known.
    """
    if isinstance(descr, str):
        size = item_size(descr)
        if size is None and descr.lstrip("<>|=") not in {"O", "O8"}:
            raise Refused("numpy.header", f"the type {descr[:40]!r} is not known")
        return size
    if not isinstance(descr, list) or not descr or len(descr) > 1000:
        raise Refused("numpy.header", "the type is neither a text nor a list of fields")
    return _fields(descr)


def _fields(descr: list[object]) -> int | None:
    sizes = []
    for one in descr:
        if not isinstance(one, tuple) or len(one) not in {2, 3}:
            raise Refused("numpy.header", "a field of the type is no pair")
        times = one[2] if len(one) == 3 else ()
        size = _size(one[1])
        if size is None:
            return None
        if not isinstance(times, tuple) or not all(isinstance(count, int) and 0 <= count < 1 << 32 for count in times):
            raise Refused("numpy.header", "the shape of a field is no tuple of whole numbers")
        sizes.append(size * math.prod(times))
    return sum(sizes)
