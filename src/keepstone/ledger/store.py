"""Where a log's entries lie. One interface: SQLite in a file, PostgreSQL behind a DSN; `tests/ledger/test_store.py` holds both to it.

An append is one transaction: entries, and the hashes over them. When it returns, the store has promised to keep it; when it raises, nothing of it is there.
Several writers take turns.

Entries of one append lie together in a bundle, and hashes in tiles of 256, as C2SP tlog-tiles lays them out: a tile of level 0 holds the hashes of 256 entries,
one of level 1 the roots of 256 such tiles. The newest tile of a level grows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from keepstone.core.errors import KeepstoneError
from keepstone.ledger.tree import WIDE, above

LARGEST = 1 << 24  # bytes of an entry
BITS = 8
TILE = 1 << BITS  # hashes of a tile
_LENGTH = 4  # bytes that say how long an entry of a bundle is

Tiles = Callable[[int, int], bytes]
"""The hashes of a tile by level and place, 32 bytes each; empty where it was not begun."""


class StoreError(KeepstoneError):
    """The store can't do what was asked: a full disk, a lost connection, a file that is none. Nothing was half-written."""

    exit_code = 3


class Store(Protocol):
    """Entries by number, the hashes over them, and signed checkpoints. Nothing is ever changed or taken out."""

    @property
    def size(self) -> int:
        """How many entries there are."""

    def append(self, entries: Sequence[bytes]) -> int:
        """Add entries in order, all or none; give the number of the first."""

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """Entries start .. stop - 1, in order."""

    def node(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree."""

    def keep(self, size: int, note: str) -> None:
        """Keep a signed checkpoint; one of the same size stays as it is."""

    def checkpoint(self, size: int | None = None) -> str:
        """The note of a size, or of the largest; "" where there is none."""

    def close(self) -> None:
        """Let go of it."""


def grown(first: int, entries: Sequence[bytes], tiles: Tiles) -> dict[tuple[int, int], bytes]:
    """The tiles that entries change, by level and place.

    Args:
        first: Number of the first entry.
        entries: They.
        tiles: What there was before.

    Raises:
        StoreError: If an entry is too large.
    """
    sha = hashlib.sha256
    hashes = b"".join([sha(b"\x00" + entry).digest() for entry in entries])
    if any(len(entry) > LARGEST for entry in entries):
        raise StoreError(f"An entry must have at most {LARGEST:,} bytes; got {max(map(len, entries)):,}.")
    out = dict[tuple[int, int], bytes]()
    level, at = 0, first
    while hashes:
        place = at // TILE
        row = (tiles(level, place)[: at % TILE * WIDE] if at % TILE else b"") + hashes
        pieces = [row[start : start + TILE * WIDE] for start in range(0, len(row), TILE * WIDE)]
        out |= {(level, place + offset): piece for offset, piece in enumerate(pieces)}
        hashes = b"".join(above(piece) for piece in pieces if len(piece) == TILE * WIDE)
        level, at = level + 1, place
    return out


def subtree(tiles: Tiles, level: int, index: int) -> bytes:
    """The hash of a complete subtree, from the tile that holds its parts; empty where the log is too short."""
    high, low = divmod(level, BITS)
    start = (index << low) * WIDE
    place, within = divmod(start, TILE * WIDE)
    parts = tiles(high, place)[within : within + (WIDE << low)]
    return above(parts) if len(parts) == WIDE << low else b""


def bundle(entries: Sequence[bytes]) -> bytes:
    """Entries one after the other, each with its length before it."""
    return b"".join([part for entry in entries for part in (len(entry).to_bytes(_LENGTH, "big"), entry)])


def unbundled(data: bytes) -> Iterator[bytes]:
    """The entries of a bundle."""
    at = 0
    while at < len(data):
        length = int.from_bytes(data[at : at + _LENGTH], "big")
        yield data[at + _LENGTH : at + _LENGTH + length]
        at += _LENGTH + length


def within(bundles: Iterable[tuple[int, bytes]], start: int, stop: int) -> Iterator[bytes]:
    """Entries start .. stop - 1 of bundles that follow each other, each with the number of its first.

    Raises:
        StoreError: If one is missing.
    """
    wanted = start
    for first, data in bundles:
        for number, entry in enumerate(unbundled(data), first):
            if number == wanted < stop:
                yield entry
                wanted += 1
    if wanted < stop:
        raise StoreError(f"Entries {wanted} .. {stop - 1} are not there.")


def batches(entries: Iterable[bytes], size: int) -> Iterator[list[bytes]]:
    """Entries by so many."""
    batch = list[bytes]()
    for entry in entries:
        batch.append(entry)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
