"""HDF5 as Keras and h5py write it: groups and datasets that lie in the file, filters that are built in, and the attributes that hold a configuration.

Only the older structures are read (superblock 0, groups by symbol tables, and compact new ones); of others the gate says that it can't tell.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from keepstone.intake.gate import keras
from keepstone.intake.gate.source import Refused
from keepstone.intake.gate.texts import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.intake.gate.look import Look
    from keepstone.intake.gate.source import Source

MAGIC = b"\x89HDF\r\n\x1a\n"
NOWHERE = (1 << 64) - 1
FILTERS = frozenset({1, 2, 3})
"""Deflate, shuffle, checksum. Any other may be a library that is loaded at run time."""
CONFIGURED = frozenset({"model_config", "training_config"})
SKIPPED = frozenset({0x00, 0x01, 0x03, 0x04, 0x05, 0x08, 0x0A, 0x0D, 0x0E, 0x12, 0x13, 0x16})
LINK, EXTERNAL, FILTER, ATTRIBUTE, CONTINUED, TABLE, LINKS, ATTRIBUTES = 0x06, 0x07, 0x0B, 0x0C, 0x10, 0x11, 0x02, 0x15
SIGNED, CHUNK = b"OHDR", b"OCHK"


@dataclass(eq=False)
class _File:
    source: Source
    look: Look
    seen: set[int] = field(default_factory=set)
    waiting: list[int] = field(default_factory=list)

    def number(self, at: int, width: int) -> int:
        return int.from_bytes(self.source.read(at, width), "little")


def read(source: Source, look: Look) -> str:
    """Judge an HDF5 file.

    Raises:
        Refused: It has a structure that is not read here.
    """
    file = _File(source, look)
    version = file.number(8, 1)
    if version == 0:
        base, end, root = file.number(24, 8), file.number(40, 8), file.number(64, 8)
        sizes = source.read(13, 2)
    elif version in {2, 3}:
        base, end, root = file.number(12, 8), file.number(28, 8), file.number(36, 8)
        sizes = source.read(9, 2)
    else:
        raise Refused("hdf5.structure", f"superblock {version}")
    if base or sizes != b"\x08\x08" or end != source.size:
        raise Refused("hdf5.structure", f"begins at {base:,} and ends at {end:,}; the file ends at {source.size:,}")
    file.waiting.append(root)
    while file.waiting:
        at = file.waiting.pop()
        if at not in file.seen:
            file.seen.add(at)
            look.budget.enter()
            for kind, content in _messages(file, at):
                _message(file, kind, content)
    return "hdf5"


def _messages(file: _File, at: int) -> Iterator[tuple[int, Source]]:
    """The messages of an object's header, over all of its pieces."""
    signed = file.source.read(at, 4) == SIGNED
    pieces = [_signed(file, at)] if signed else [(at + 16, file.number(at + 8, 4), 0)]
    if not signed and file.number(at, 1) != 1:
        raise Refused("hdf5.structure", "an object header of another version")
    while pieces:
        start, size, order = pieces.pop()
        end = start + size
        while start + (4 + order if signed else 8) <= end:
            file.look.budget.step()
            head = 4 + order if signed else 8
            kind, length = (file.number(start, 1), file.number(start + 1, 2)) if signed else (file.number(start, 2), file.number(start + 2, 2))
            if file.number(start + (3 if signed else 4), 1) & 2:
                raise Refused("hdf5.structure", "a shared message")
            content = file.source.window(start + head, length)
            start += head + length
            if kind == CONTINUED:
                more, span = int.from_bytes(content.read(0, 8), "little"), int.from_bytes(content.read(8, 8), "little")
                pieces.append((more + 4, span - 8, order) if signed else (more, span, 0))
            else:
                yield kind, content


def _signed(file: _File, at: int) -> tuple[int, int, int]:
    flags = file.number(at + 5, 1)
    start = at + 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
    width = 1 << (flags & 3)
    return start + width, file.number(start, width), 2 if flags & 4 else 0


def _message(file: _File, kind: int, content: Source) -> None:
    if kind == TABLE:
        _group(file, int.from_bytes(content.read(0, 8), "little"), 0)
    elif kind in {EXTERNAL, FILTER}:
        _filters(content, outside=kind == EXTERNAL)
    elif kind == LINK:
        _link(file, content)
    elif kind in {LINKS, ATTRIBUTES}:
        _heap(kind, content)
    elif kind == ATTRIBUTE:
        _attribute(file, content)
    elif kind not in SKIPPED:
        raise Refused("hdf5.structure", f"a message of kind 0x{kind:x}")


def _heap(kind: int, content: Source) -> None:
    """Links and attributes that lie apart are not read."""
    counted = 8 if kind == LINKS else 2
    at = 2 + (counted if content.read(1, 1)[0] & 1 else 0)
    if content.read(at, 8) != b"\xff" * 8:
        raise Refused("hdf5.structure", "a group or attributes in a heap of their own")


def _group(file: _File, at: int, depth: int) -> None:
    """A group by its tree of symbol tables."""
    if at in file.seen or depth > 16:
        raise Refused("hdf5.structure", "a tree that leads back to itself, or is too deep")
    file.seen.add(at)
    if file.source.read(at, 4) == b"SNOD":
        for k in range(file.number(at + 6, 2)):
            entry = at + 8 + 40 * k
            file.look.budget.step()
            if file.number(entry + 16, 4) == 2:
                raise Refused("hdf5.link", "a symbolic link")
            file.waiting.append(file.number(entry + 8, 8))
        return
    if file.source.read(at, 5) != b"TREE\0":
        raise Refused("hdf5.structure", "a tree of another kind")
    for k in range(file.number(at + 6, 2)):
        _group(file, file.number(at + 24 + 8 + 16 * k, 8), depth + 1)


def _link(file: _File, content: Source) -> None:
    flags = content.read(1, 1)[0]
    at = 2
    kind = content.read(at, 1)[0] if flags & 8 else 0
    at += (1 if flags & 8 else 0) + (8 if flags & 4 else 0) + (1 if flags & 16 else 0)
    width = 1 << (flags & 3)
    at += width + int.from_bytes(content.read(at, width), "little")
    if kind:
        raise Refused("hdf5.link", "a symbolic or external link")
    file.waiting.append(int.from_bytes(content.read(at, 8), "little"))


def _filters(content: Source, *, outside: bool) -> None:
    if outside:
        raise Refused("hdf5.link", "the data lies in another file")
    version, count = content.read(0, 2)
    at = 8 if version == 1 else 2
    for _ in range(count):
        kind = int.from_bytes(content.read(at, 2), "little")
        if kind not in FILTERS:
            raise Refused("hdf5.link", f"the filter {kind}, which may be loaded from a library")
        named = version == 1 or kind >= 256
        length = int.from_bytes(content.read(at + 2, 2), "little") if named else 0
        values = int.from_bytes(content.read(at + (6 if named else 4), 2), "little")
        at += (8 if named else 6) + (-(-length // 8) * 8 if version == 1 else length) + 4 * (values + (values % 2 if version == 1 else 0))


def _attribute(file: _File, content: Source) -> None:
    """An attribute: those that hold a configuration are judged as one."""
    version = content.read(0, 1)[0]
    if version not in {1, 2, 3}:
        raise Refused("hdf5.structure", "an attribute of another version")
    name, kind, space = (int.from_bytes(content.read(at, 2), "little") for at in (2, 4, 6))
    at = 9 if version == 3 else 8
    pad = 8 if version == 1 else 1
    called = content.read(at, name).rstrip(b"\0").decode("utf-8", "replace")
    start = at + -(-name // pad) * pad
    form = content.read(start, 4)
    data = start + -(-kind // pad) * pad + -(-space // pad) * pad
    if called not in CONFIGURED:
        return
    value = _value(file, content, form[0] & 15, data)
    keras.read(parse(value, file.look.budget), file.look)


def _value(file: _File, content: Source, kind: int, at: int) -> bytes:
    if kind == 3:
        return content.read(at, content.size - at).rstrip(b"\0")
    if kind != 9:
        raise Refused("hdf5.structure", "a configuration that is no text")
    length, heap, index = (int.from_bytes(content.read(at + k, width), "little") for k, width in ((0, 4), (4, 8), (12, 4)))
    if file.source.read(heap, 4) != b"GCOL":
        raise Refused("hdf5.structure", "a text that lies nowhere")
    end, place = heap + file.number(heap + 8, 8), heap + 16
    while place + 16 <= end:
        file.look.budget.step()
        found, size = file.number(place, 2), file.number(place + 8, 8)
        if found == index:
            return file.source.read(place + 16, min(size, length))
        if not found:
            break
        place += 16 + -(-size // 8) * 8
    raise Refused("hdf5.structure", "a text that lies nowhere")
