"""Tar archives: plain files and folders under plain names, and nothing behind the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.intake.gate.outcome import Outcome
from keepstone.intake.gate.source import Refused
from keepstone.intake.gate.zips import climbs

if TYPE_CHECKING:
    from keepstone.intake.gate.look import Look
    from keepstone.intake.gate.source import Source

BLOCK = 512
FILES, FOLDER, LONG_NAME = b"0\0", b"5", b"L"
LONGEST = 1 << 16


def is_tar(head: bytes) -> bool:
    """Whether bytes begin as a tar archive: the checksum of the first header fits."""
    return len(head) >= BLOCK and head[0] != 0 and _sum(head[:BLOCK]) == _octal(head[148:156])


def read(source: Source, look: Look) -> str:
    """Judge every member.

    Raises:
        Refused: A header is broken, a member is a link or climbs out, or something follows the end.
    """
    at, name, seen = 0, "", set[str]()
    while True:
        head = source.read(at, BLOCK)
        at += BLOCK
        if not head.strip(b"\0"):
            _end(source, at)
            return "tar"
        look.budget.enter()
        size, kind = _size(head), head[156:157]
        content = source.window(at, size)
        at += -(-size // BLOCK) * BLOCK
        if kind in {b"x", b"g"}:
            name = _pax(content, name) if kind == b"x" else name
            continue
        if kind == LONG_NAME:
            name = _text(content.read(0, min(size, LONGEST)))
            continue
        name = name or _own_name(head)
        _member(name, kind, seen)
        if kind != FOLDER:
            look.into(name, content, within="tar")
        name = ""


def _member(name: str, kind: bytes, seen: set[str]) -> None:
    bare = name.removeprefix("./")
    if kind not in FILES and kind != FOLDER:
        raise Refused("archive.link", f"{name[:80]!r} is of type {kind!r}: a link or a device", Outcome.HOSTILE)
    if (bare.strip("./") or kind != FOLDER) and (climbs(bare) or (bare.casefold() in seen and kind != FOLDER)):
        raise Refused("archive.name", f"{name[:80]!r} leads out or stands twice", Outcome.HOSTILE)
    seen.add(bare.casefold())


def _size(head: bytes) -> int:
    if _sum(head) != _octal(head[148:156]):
        raise Refused("archive.broken", "the checksum of a header does not fit")
    size = _octal(head[124:136]) if head[124] < 0x80 else int.from_bytes(head[125:136], "big")
    if size < 0:
        raise Refused("archive.broken", "a size that is no number")
    return size


def _own_name(head: bytes) -> str:
    name, prefix = _text(head[:100]), _text(head[345:500]) if head[257:263] == b"ustar\0" else ""
    return f"{prefix}/{name}" if prefix else name


def _pax(content: Source, name: str) -> str:
    """The name that an extended header gives; it may say nothing else that matters."""
    if content.size > LONGEST:
        raise Refused("file.large", "an extended header of more than 64 KiB")
    data, at = content.whole(), 0
    while at < len(data):
        length, _, _ = data[at:].partition(b" ")
        if not length.isdigit() or len(length) > 6 or not len(length) + 2 < int(length) <= len(data) - at:
            raise Refused("archive.broken", "an extended header that is cut off")
        key, _, value = data[at + len(length) + 1 : at + int(length) - 1].partition(b"=")
        at += int(length)
        if key in {b"size", b"linkpath", b"hdrcharset"} or key.startswith(b"GNU.sparse"):
            raise Refused("archive.broken", f"an extended header changes {key[:40]!r}")
        name = _text(value) if key == b"path" else name
    return name


def _end(source: Source, at: int) -> None:
    while at < source.size:
        piece = source.head(1 << 16, at)
        if piece.strip(b"\0"):
            raise Refused("archive.broken", "something follows the end of the archive")
        at += len(piece)


def _text(raw: bytes) -> str:
    return raw.partition(b"\0")[0].decode("utf-8", "replace")


def _octal(raw: bytes) -> int:
    digits = raw.strip(b" \0")
    return int(digits, 8) if digits and all(48 <= one < 56 for one in digits) else -1


def _sum(head: bytes) -> int:
    return sum(head[:148]) + 256 + sum(head[156:BLOCK])
