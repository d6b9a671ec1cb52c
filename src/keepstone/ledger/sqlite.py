"""A log in one SQLite file: write-ahead log, every commit synced to the disk, so that what was acknowledged survives a crash and a loss of power."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from keepstone.core.errors import InputError
from keepstone.ledger.store import StoreError, bundle, grown, subtree, within

APPLICATION = 0x4B53544E  # "KSTN": so that another program's database is not taken for a ledger
WAIT = 60.0  # seconds that a writer waits for another
_SCHEMA = """
CREATE TABLE bundle (first INTEGER PRIMARY KEY, stop INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE tile (level INTEGER NOT NULL, place INTEGER NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY (level, place));
CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL);
CREATE TRIGGER entries_stay BEFORE UPDATE ON bundle BEGIN SELECT RAISE(ABORT, 'an entry stays'); END;
CREATE TRIGGER entries_are_kept BEFORE DELETE ON bundle BEGIN SELECT RAISE(ABORT, 'an entry is kept'); END;
"""


class SqliteStore:
    """A log in a file."""

    def __init__(self, path: Path, *, make: bool = False) -> None:
        """Open a log.

        Args:
            path: The file.
            make: Make it where it is not there.

        Raises:
            InputError: If it is not there.
            StoreError: If it is something else, or can't be opened.
        """
        if not make and not path.is_file():
            raise InputError(f"{path}: There is no ledger here.", hint="`keepstone ledger new` makes one.")
        self.path = path
        try:
            self.link = sqlite3.connect(path, timeout=WAIT, isolation_level=None, check_same_thread=False)
            self.link.execute("PRAGMA journal_mode = WAL")
            self.link.execute("PRAGMA synchronous = FULL")
            self._prepare()
        except sqlite3.Error as error:
            raise StoreError(f"{path}: can't be opened as a ledger: {error}.") from error

    def _prepare(self) -> None:
        with self._turn():
            made = self.link.execute("PRAGMA application_id").fetchone()[0]
            if made == APPLICATION:
                return
            if made or self.link.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise StoreError(f"{self.path}: This is another program's database, not a ledger.")
            for statement in _SCHEMA.strip().split(";\n"):
                self.link.execute(statement)
            self.link.execute(f"PRAGMA application_id = {APPLICATION}")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Write alone, and all or nothing."""
        try:
            self.link.execute("BEGIN IMMEDIATE")
            yield
            self.link.execute("COMMIT")
        except sqlite3.Error as error:
            self._back()
            raise StoreError(f"{self.path}: could not be written, and is as it was: {error}.") from error
        except BaseException:
            self._back()
            raise

    def _back(self) -> None:
        with suppress(sqlite3.Error):
            self.link.execute("ROLLBACK")

    @property
    def size(self) -> int:
        """How many entries there are."""
        found = self._all("SELECT stop FROM bundle ORDER BY first DESC LIMIT 1")
        return int(found[0][0]) if found else 0

    def append(self, entries: Sequence[bytes]) -> int:
        """Add entries in order, all or none; give the number of the first."""
        with self._turn():
            first = self.size
            if entries:
                tiles = grown(first, entries, self._tile)
                self.link.execute("INSERT INTO bundle VALUES (?, ?, ?)", (first, first + len(entries), bundle(entries)))
                self.link.executemany("INSERT OR REPLACE INTO tile VALUES (?, ?, ?)", [(*place, hashes) for place, hashes in tiles.items()])
        return first

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """Entries start .. stop - 1, in order."""
        return within(self._bundles(start, stop), start, stop)

    def _bundles(self, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
        at = start
        while at < stop:
            found = self._all("SELECT first, stop, data FROM bundle WHERE first <= ? ORDER BY first DESC LIMIT 1", (at,))
            if not found or int(found[0][1]) <= at:
                return
            yield int(found[0][0]), bytes(found[0][2])
            at = int(found[0][1])

    def node(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree."""
        found = subtree(self._tile, level, index)
        if not found:
            raise StoreError(f"{self.path}: A hash of the tree is missing.")
        return found

    def _tile(self, level: int, place: int) -> bytes:
        found = self._all("SELECT hashes FROM tile WHERE level = ? AND place = ?", (level, place))
        return bytes(found[0][0]) if found else b""

    def keep(self, size: int, note: str) -> None:
        """Keep a signed checkpoint; one of the same size stays as it is."""
        with self._turn():
            self.link.execute("INSERT OR IGNORE INTO checkpoint VALUES (?, ?)", (size, note))

    def checkpoint(self, size: int | None = None) -> str:
        """The note of a size, or of the largest; "" where there is none."""
        wanted = "" if size is None else "WHERE size = ?"
        found = self._all(f"SELECT note FROM checkpoint {wanted} ORDER BY size DESC LIMIT 1", () if size is None else (size,))  # noqa: S608  no text from outside
        return str(found[0][0]) if found else ""

    def close(self) -> None:
        """Let go of the file."""
        self.link.close()

    def _all(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[bytes, ...]]:
        try:
            return self.link.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: can't be read: {error}.") from error
