"""Where a log's entries lie. One interface: SQLite in a file, PostgreSQL behind a DSN; `tests/ledger/test_store.py` holds both to it.

An append is one transaction: entries, and the hashes of the subtrees that they complete. When it returns, the store has promised to keep it; when it raises,
nothing of it is there. Several writers take turns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from keepstone.core.errors import KeepstoneError
from keepstone.ledger.tree import completed, leaf_hash

LARGEST = 1 << 24  # bytes of an entry


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


def rows(first: int, entries: Sequence[bytes], node: Callable[[int, int], bytes]) -> list[tuple[int, int, bytes]]:
    """The subtrees that entries complete, as (level, index, hash).

    Args:
        first: Number of the first entry.
        entries: They.
        node: The hash of a subtree that was complete before.

    Raises:
        StoreError: If an entry is too large.
    """
    fresh = dict[tuple[int, int], bytes]()
    known = Fresh(fresh, node)
    for offset, entry in enumerate(entries):
        if len(entry) > LARGEST:
            raise StoreError(f"An entry must have at most {LARGEST:,} bytes; got {len(entry):,}.")
        for level, index, found in completed(first + offset, leaf_hash(entry), known):
            fresh[level, index] = found
    return [(level, index, found) for (level, index), found in fresh.items()]


class Fresh:
    """Hashes that are not written yet, before those that are."""

    def __init__(self, fresh: dict[tuple[int, int], bytes], node: Callable[[int, int], bytes]) -> None:
        """Look in `fresh` first."""
        self.fresh, self.kept = fresh, node

    def node(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree."""
        found = self.fresh.get((level, index))
        return self.kept(level, index) if found is None else found


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
