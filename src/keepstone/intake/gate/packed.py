"""Compressed bytes: gzip, zlib, bzip2, xz and lzma, unpacked under a bound and judged; lz4 and zstandard are not read."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from keepstone.intake.gate.outcome import Outcome
from keepstone.intake.gate.source import Refused, Source

if TYPE_CHECKING:
    from keepstone.intake.gate.look import Budget, Look

RATIO = 100
ROOM = 16 << 20
"""Up to so many bytes any ratio will do: arrays of zeros compress well."""
PIECE = 1 << 20
IN = 1 << 16


class _Stream(Protocol):
    def decompress(self, data: bytes, most: int, /) -> bytes: ...
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...


MEMORY = 256 << 20
STREAMS: dict[str, Callable[[], _Stream]] = {
    "gzip": lambda: zlib.decompressobj(31),
    "zlib": lambda: zlib.decompressobj(15),
    "bzip2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY),
    "lzma": lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=MEMORY),
}
ENDINGS = frozenset({".gz", ".gzip", ".bz2", ".xz", ".lzma", ".z", ".zlib", ".tgz", ".tbz2", ".txz"})


def read(source: Source, look: Look, kind: str) -> str:
    """Unpack and judge what lies inside.

    Args:
        source: The bytes.
        look: Takes the reasons.
        kind: One of `STREAMS`.

    Raises:
        Refused: It can't be unpacked, something follows, or it is a bomb.
    """
    data = _unpack(source, kind, look.budget)
    name = look.name[: -len(look.ending)] if look.ending in ENDINGS else look.name
    name = f"{name}.tar" if look.ending in {".tgz", ".tbz2", ".txz"} else name
    inner = look.into(name or "content", Source(data, 0, len(data)), within=kind)
    return f"{inner} in {kind}"


def _unpack(source: Source, kind: str, budget: Budget) -> bytes:
    pieces, at, rest, got = list[bytes](), 0, b"", 0
    while at < source.size or rest:
        stream = STREAMS[kind]()
        while not stream.eof:
            if not rest and getattr(stream, "needs_input", True):
                rest = source.head(IN, at)
                at += len(rest)
            piece, rest = _step(stream, rest)
            budget.unpack(len(piece))
            got += len(piece)
            if got > ROOM and got > RATIO * at:
                raise Refused("archive.bomb", f"{at:,} bytes unpack to more than {got:,}", Outcome.HOSTILE)
            pieces.append(piece)
        rest = stream.unused_data
        if (rest or at < source.size) and kind in {"zlib", "lzma"}:
            raise Refused("archive.broken", "something follows the compressed bytes")
    return b"".join(pieces)


def _step(stream: _Stream, given: bytes) -> tuple[bytes, bytes]:
    """Unpack a piece; give it, and what of the input is left."""
    try:
        piece = stream.decompress(given, PIECE)
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
        raise Refused("archive.broken", "can't be unpacked, or something follows") from error
    if not piece and not given and not stream.eof:
        raise Refused("archive.broken", "the compressed bytes are cut off")
    return piece, b"" if stream.eof else getattr(stream, "unconsumed_tail", b"")
