"""Zip archives: both directories are read and must agree, so that every loader sees the same members."""

from __future__ import annotations

import stat
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keepstone.intake.gate.outcome import Outcome
from keepstone.intake.gate.packed import RATIO, ROOM
from keepstone.intake.gate.source import Refused, Source

if TYPE_CHECKING:
    from keepstone.intake.gate.look import Budget, Look

LOCAL, CENTRAL, END, END64, LOCATOR = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
STORED, DEFLATED = 0, 8
SLACK = 24
"""Bytes that may follow a member: a data descriptor."""
LATER = 0x8
UTF8 = 0x800
ENCRYPTED = 0x1 | 0x40 | 0x2000


@dataclass(frozen=True)
class Member:
    """One member, by the central directory.

    Attributes:
        name: As it stands there.
        flags: Of the format.
        method: How it is compressed.
        crc: Of its bytes.
        packed: Bytes in the archive.
        size: Bytes unpacked.
        at: Where its local header begins.
        mode: Unix mode, or 0.
    """

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    at: int
    mode: int


def ends(source: Source) -> int:
    """Where the end record of a zip archive begins; -1 where there is none that fits."""
    tail = source.head(1 << 16, max(0, source.size - (1 << 16)))
    base = source.size - len(tail)
    at = tail.rfind(END)
    while at >= 0:
        if len(tail) - at >= 22:
            size, start, comment = struct.unpack_from("<IIH", tail, at + 12)
            fits = start == 0xFFFFFFFF or start + size <= base + at
            if comment == len(tail) - at - 22 and fits:
                return base + at
        at = tail.rfind(END, 0, at)
    return -1


def members(source: Source, budget: Budget) -> list[Member]:
    """Read the central directory and compare every local header with it.

    Raises:
        Refused: They disagree, or something lies before, between or after the members.
    """
    end = ends(source)
    if end < 0:
        raise Refused("archive.broken", "there is no end of the directory")
    if source.size - end != 22:
        raise Refused("archive.broken", "something follows the end of the directory")
    count, size, start = _directory(source, end)
    budget.enter(count)
    if size > 64 * (1 << 20):
        raise Refused("file.large", "a directory of more than 64 MiB")
    found, at = [], start
    for _ in range(count):
        one, at = _central(source, at)
        found.append(one)
    if at != start + size:
        raise Refused("archive.broken", "the directory is longer or shorter than it says")
    _touching(source, found, start)
    _names(found)
    return found


def _directory(source: Source, end: int) -> tuple[int, int, int]:
    disk, first, here, count, size, start = struct.unpack_from("<HHHHII", source.read(end, 22), 4)
    stop = end
    if start == 0xFFFFFFFF or count == 0xFFFF or size == 0xFFFFFFFF or (end >= 20 and source.read(end - 20, 4) == LOCATOR):
        at = struct.unpack_from("<Q", source.read(end - 20, 20), 8)[0]
        record = source.read(at, 56)
        if record[:4] != END64 or at + 56 != end - 20:
            raise Refused("archive.broken", "the long end of the directory is not where it should be")
        disk, first, here, count, size, start = struct.unpack_from("<IIQQQQ", record, 16)
        stop = at
    if disk or first or here != count or start + size != stop:
        raise Refused("archive.broken", "the directory is not where it says, or in several files")
    return count, size, start


def _central(source: Source, at: int) -> tuple[Member, int]:
    head = source.read(at, 46)
    if head[:4] != CENTRAL:
        raise Refused("archive.broken", "the directory holds something else")
    made, _, flags, method, _, _, crc, packed, size, name, extra, comment, disk, _, attributes, start = struct.unpack_from("<HHHHHHIIIHHHHHII", head, 4)
    field = source.read(at + 46 + name, extra)
    size, packed, start = _long(field, [size, packed, start])
    if disk:
        raise Refused("archive.broken", "a member lies in another file")
    mode = attributes >> 16 if made >> 8 == 3 else 0
    return Member(_name(source.read(at + 46, name), flags), flags, method, crc, packed, size, start, mode), at + 46 + name + extra + comment


def _long(field: bytes, numbers: list[int]) -> list[int]:
    """Numbers that are too long for the directory stand in an extra field."""
    at, longer = 0, b""
    while at + 4 <= len(field):
        kind, length = struct.unpack_from("<HH", field, at)
        longer = field[at + 4 : at + 4 + length] if kind == 1 else longer
        at += 4 + length
    for k, number in enumerate(numbers):
        if number == 0xFFFFFFFF:
            if len(longer) < 8:
                raise Refused("archive.broken", "a long number is missing")
            numbers[k], longer = int.from_bytes(longer[:8], "little"), longer[8:]
    return numbers


def _name(raw: bytes, flags: int) -> str:
    try:
        return raw.decode("utf-8" if flags & UTF8 else "ascii")
    except UnicodeDecodeError:
        return raw.decode("cp437")


def _touching(source: Source, found: list[Member], start: int) -> None:
    """Members must follow each other from the first byte to the directory."""
    at = 0
    for one in sorted(found, key=lambda member: member.at):
        gap = one.at - at
        if not 0 <= gap <= (SLACK if at else 0):
            raise Refused("archive.broken", "members overlap" if gap < 0 else f"{gap:,} bytes lie before or between members", Outcome.HOSTILE)
        at = data_at(source, one) + one.packed
    if not 0 <= start - at <= SLACK:
        raise Refused("archive.broken", "something lies between the members and the directory")


def data_at(source: Source, one: Member) -> int:
    """Where the bytes of a member begin, by its local header.

    Raises:
        Refused: It says something else than the directory.
    """
    head = source.read(one.at, 30)
    _, flags, method, _, _, crc, packed, size, name, extra = struct.unpack_from("<HHHHHIIIHH", head, 4)
    if head[:4] != LOCAL or method != one.method or (flags ^ one.flags) & (ENCRYPTED | LATER) or _name(source.read(one.at + 30, name), one.flags) != one.name:
        raise Refused("archive.broken", f"the two headers of {one.name[:60]!r} disagree", Outcome.HOSTILE)
    field = source.read(one.at + 30 + name, extra)
    if 0xFFFFFFFF in (size, packed):
        size, packed = _long(field, [size, packed])
    later = flags & LATER and not (crc or packed or size)
    if not later and (crc, packed, size) != (one.crc, one.packed, one.size):
        raise Refused("archive.broken", f"the two headers of {one.name[:60]!r} disagree", Outcome.HOSTILE)
    return int(one.at + 30 + name + extra)


def _names(found: list[Member]) -> None:
    seen: set[str] = set()
    for one in found:
        folded = one.name.replace("\\", "/").casefold()
        if climbs(one.name) or folded in seen:
            raise Refused("archive.name", f"{one.name[:80]!r} leads out or stands twice", Outcome.HOSTILE)
        seen.add(folded)


def climbs(name: str) -> bool:
    r"""Whether a member's name is none, leads out of the folder, or is read differently on another system.

    >>> climbs("a/b.bin"), climbs("../b"), climbs("/etc/passwd"), climbs("c:\\x"), climbs("a/./b")
    (False, True, True, True, True)
    """
    parts = name.replace("\\", "/").removesuffix("/").split("/")
    return not name or "\0" in name or "\\" in name or (len(name) > 1 and name[1] == ":") or any(part in {"", ".", ".."} for part in parts)


def unpacked(source: Source, one: Member, budget: Budget) -> Source:
    """The bytes of a member.

    Raises:
        Refused: It is encrypted, a link, compressed in another way, lies about its size, or is a bomb.
    """
    if one.flags & ENCRYPTED:
        raise Refused("archive.encrypted", one.name)
    if one.mode and not (stat.S_ISREG(one.mode) or stat.S_IFMT(one.mode) == 0):
        raise Refused("archive.link", one.name, Outcome.HOSTILE)
    at = data_at(source, one)
    if one.method == STORED:
        if one.packed != one.size:
            raise Refused("archive.broken", f"{one.name[:60]!r} is stored, in another size", Outcome.HOSTILE)
        return source.window(at, one.size)
    if one.method != DEFLATED:
        raise Refused("archive.method", f"method {one.method}")
    if one.size > ROOM and one.size > RATIO * one.packed:
        raise Refused("archive.bomb", f"{one.packed:,} bytes unpack to {one.size:,}", Outcome.HOSTILE)
    budget.unpack(one.size)
    data = _inflate(source.window(at, one.packed), one.size)
    if len(data) != one.size or zlib.crc32(data) != one.crc:
        raise Refused("archive.broken", f"{one.name[:60]!r} is not what its checksum says")
    return Source(data, 0, len(data))


def _inflate(source: Source, size: int) -> bytes:
    stream, at, pieces, got = zlib.decompressobj(-15), 0, list[bytes](), 0
    try:
        while at < source.size and got <= size:
            piece = source.head(1 << 18, at)
            at += len(piece)
            pieces.append(stream.decompress(piece, size + 1 - got))
            got += len(pieces[-1])
    except zlib.error as error:
        raise Refused("archive.broken", "can't be unpacked") from error
    if got > size or not stream.eof or stream.unused_data:
        raise Refused("archive.broken", "unpacks to another size than it says", Outcome.HOSTILE if got > size else Outcome.UNKNOWN)
    return b"".join(pieces)


def read(source: Source, look: Look) -> str:
    """Judge every member of an archive.

    Returns:
        What kind of archive it is, by its members.
    """
    found = [one for one in members(source, look.budget) if not (one.name.endswith("/") and not one.size)]
    kind = _kind({one.name for one in found})
    for one in found:
        inner = "torch" if kind == "torch" and one.name.endswith(("/data.pkl", "/constants.pkl")) else kind
        storage = kind == "torch" and "/data/" in f"/{one.name}"
        try:
            look.into(one.name, unpacked(source, one, look.budget), within="storage" if storage else inner)
        except Refused as error:
            look.refused(error)
            if error.rule in {"archive.bomb", "file.large"}:
                break
    return kind


def _kind(names: set[str]) -> str:
    last = {name.rsplit("/", 1)[-1] for name in names}
    if any(name.endswith("/data.pkl") for name in names) and "version" in last:
        return "torch"
    if "schema.json" in names:
        return "skops"
    if "config.json" in names and "metadata.json" in names:
        return "keras"
    return "npz" if names and all(name.endswith(".npy") for name in names) else "zip"
