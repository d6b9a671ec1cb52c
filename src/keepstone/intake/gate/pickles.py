"""Pickles as they lie in files: one, several in a row, with the arrays of joblib between them, or torch's five with their storages."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from keepstone.intake.gate import numpy_arrays
from keepstone.intake.gate.look import Budget
from keepstone.intake.gate.machine import Machine
from keepstone.intake.gate.source import Refused
from keepstone.intake.gate.values import Made, Name, Table

if TYPE_CHECKING:
    from keepstone.intake.gate.look import Look
    from keepstone.intake.gate.source import Source

MOST = 64
"""Pickles in a row."""
TRIAL_STEPS = 100_000
TORCH = (0x1950A86A20F9469CFC6C).to_bytes(10, "little")
"""The number that torch's older files begin with, as the argument of LONG1."""
SIZES = {"Double": 8, "Float": 4, "Half": 2, "BFloat16": 2, "Long": 8, "Int": 4, "Short": 2, "Char": 1, "Byte": 1, "Bool": 1, "Untyped": 1}
SIZES |= {"ComplexDouble": 16, "ComplexFloat": 8, "QInt8": 1, "QUInt8": 1, "QInt32": 4}


@dataclass(eq=False)
class Storages:
    """The storages that a pickle of torch refers to.

    Attributes:
        bytes_of: Bytes by key.
    """

    bytes_of: dict[str, int] = field(default_factory=dict)

    def __call__(self, what: object) -> bool:
        """Take one; say whether it is what torch writes."""
        if not (isinstance(what, tuple) and len(what) in {5, 6} and what[0] == "storage" and isinstance(what[1], Name)):
            return False
        name, key, place, count = what[1], what[2], what[3], what[4]
        size = SIZES.get(name.name.removesuffix("Storage"), 0) if name.module in {"torch", "torch.storage"} else 0
        if not size or not isinstance(key, str) or not isinstance(place, str) or not isinstance(count, int) or count < 0:
            return False
        self.bytes_of[key] = count * size
        return True


def read(source: Source, look: Look, at: int = 0) -> str:
    """Judge the pickles of a file.

    Args:
        source: The bytes.
        look: Takes the reasons.
        at: Where the first one begins.
    """
    if TORCH in source.head(20, at):
        return _torch(source, look, at)
    start, found = at, 0
    while at < source.size:
        if found and not _begins(source, at):
            raise Refused("pickle.trailing", f"{source.size - at:,} bytes follow the pickle")
        if found >= MOST:
            raise Refused("file.large", f"more than {MOST} pickles in a row")
        arrays = _Arrays(source)
        at = Machine(look, raw=arrays, storages=Storages() if look.within == "torch" else None).walk(source, at)
        found += 1
        if arrays.any and runs_as_pickle(source, start):
            look.hostile("file.polyglot", "read without joblib, the bytes of an array are opcodes that run something")
    return "pickle" if found == 1 else f"{found} pickles"


def runs_as_pickle(source: Source, at: int = 0) -> bool:
    """Whether something that is not listed would run if these bytes were taken for a pickle, up to where they break.

    Args:
        source: Bytes that are something else.
        at: Where to begin.
    """
    from keepstone.intake.gate.look import Look as Fresh

    machine = Machine(Fresh("", inside=lambda _source, _look: "", budget=Budget(steps=TRIAL_STEPS)), trial=True)
    try:
        machine.walk(source, at)
    except Refused as stopped:
        return machine.ran or stopped.rule == "file.large"
    return machine.ran


def _begins(source: Source, at: int) -> bool:
    """Whether another pickle may begin here: those of protocol 2 and later say so, and older ones are asked."""
    return source.head(1, at) == b"\x80" or source.head(1, at) in b"()]}NIcFSVLKJMGXUT"


@dataclass(eq=False)
class _Arrays:
    """Skips the bytes that joblib lays behind the state of an array."""

    source: Source
    any: bool = False

    def __call__(self, machine: Machine, at: int) -> int:
        top = machine.top
        state = top.arguments[0].items if isinstance(top, Made) and top.arguments and isinstance(top.arguments[0], Table) else {}
        kind, shape = state.get("dtype"), state.get("shape")
        if not (isinstance(kind, Made) and str(kind.of) == "numpy.dtype" and kind.arguments and isinstance(shape, tuple)):
            raise Refused("pickle.broken", "an array of joblib without its type or shape")
        self.any = True
        code = kind.arguments[0]
        if code in {"O8", "O"}:
            return Machine(machine.look, raw=_Arrays(self.source)).walk(self.source, at)
        size = numpy_arrays.item_size(code) if isinstance(code, str) else None
        if size is None or not all(isinstance(one, int) and 0 <= one < 1 << 48 for one in shape):
            raise Refused("pickle.broken", "an array of joblib of a type or shape that is not known")
        if isinstance(state.get("numpy_array_alignment_bytes"), int):
            at += 1 + self.source.read(at, 1)[0]
        at += size * math.prod(one for one in shape if isinstance(one, int))
        if at > self.source.size:
            raise Refused("file.broken", "an array of joblib reaches past the end")
        return at


def _torch(source: Source, look: Look, at: int) -> str:
    """Torch's older form: a number, a version, the machine, the object, the keys; then the storages."""
    storages = Storages()
    inner = replace(look, within="torch")
    for _ in range(5):
        machine = Machine(inner, storages=storages)
        at = machine.walk(source, at)
    for size in storages.bytes_of.values():
        count = int.from_bytes(source.read(at, 8), "little")
        if not size or size % max(count, 1) or count > size:
            raise Refused("file.broken", f"a storage of {count:,} items has {size:,} bytes")
        at += 8 + size
    if at != source.size:
        raise Refused("pickle.trailing", f"the storages end at {at:,}; the file at {source.size:,}")
    return "torch (older form)"
