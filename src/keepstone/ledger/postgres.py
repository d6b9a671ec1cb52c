"""A log in PostgreSQL, in a schema of its own; it needs the library psycopg: `pip install 'keepstone[postgres]'`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from keepstone.core.errors import InputError, MissingExtra
from keepstone.ledger.store import StoreError, bundle, grown, subtree, within

if TYPE_CHECKING:
    from psycopg import Connection

SCHEMA = "keepstone"
LOCK = 0x4B53544E  # the advisory lock by which writers take turns
_TABLES = """
CREATE SCHEMA IF NOT EXISTS {schema};
CREATE TABLE IF NOT EXISTS {schema}.bundle (first BIGINT PRIMARY KEY, stop BIGINT NOT NULL, data BYTEA NOT NULL);
CREATE TABLE IF NOT EXISTS {schema}.tile (level INT NOT NULL, place BIGINT NOT NULL, hashes BYTEA NOT NULL, PRIMARY KEY (level, place));
CREATE TABLE IF NOT EXISTS {schema}.checkpoint (size BIGINT PRIMARY KEY, note TEXT NOT NULL);
CREATE OR REPLACE RULE entries_stay AS ON UPDATE TO {schema}.bundle DO INSTEAD NOTHING;
CREATE OR REPLACE RULE entries_are_kept AS ON DELETE TO {schema}.bundle DO INSTEAD NOTHING;
"""


class PostgresStore:
    """A log behind a DSN."""

    def __init__(self, dsn: str, *, make: bool = False, schema: str = SCHEMA) -> None:
        """Open a log.

        Args:
            dsn: The address, `postgresql://...`; what it holds of passwords is told in no message.
            make: Make it where it is not there.
            schema: Where its tables lie; letters, digits and underscores.

        Raises:
            MissingExtra: If psycopg is not installed.
            InputError: If it is not there.
            StoreError: If it can't be reached.
        """
        try:
            import psycopg
        except ImportError as error:
            raise MissingExtra("psycopg", "postgres") from error
        if not (schema.isascii() and schema.isidentifier() and schema == schema.lower()):
            raise StoreError(f"The «schema» must be letters, digits and underscores; got {schema!r}.")
        self.schema, self.failed = schema, psycopg.Error
        try:
            self.link: Connection[tuple[object, ...]] = psycopg.connect(dsn, autocommit=True, connect_timeout=10)
            there = self.link.execute("SELECT to_regclass(%s)", (f"{schema}.bundle",)).fetchone()
        except psycopg.Error as error:
            raise StoreError(f"The database can't be reached: {type(error).__name__}.") from error
        if make:
            with self._turn():
                self._run(_TABLES.format(schema=schema))
        elif there is None or there[0] is None:
            raise InputError(f"There is no ledger in the schema «{schema}» of this database.", hint="`keepstone ledger new` makes one.")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Write alone, and all or nothing."""
        try:
            with self.link.transaction():
                self.link.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
                yield
        except self.failed as error:
            raise StoreError(f"The ledger could not be written, and is as it was: {type(error).__name__}.") from error

    @property
    def size(self) -> int:
        """How many entries there are."""
        found = self._read(f"SELECT stop FROM {self.schema}.bundle ORDER BY first DESC LIMIT 1")  # noqa: S608  the schema is a checked word
        return int(found[0][0]) if found else 0

    def append(self, entries: Sequence[bytes]) -> int:
        """Add entries in order, all or none; give the number of the first."""
        with self._turn():
            first = self.size
            if entries:
                tiles = grown(first, entries, self._tile)
                self.link.execute(f"INSERT INTO {self.schema}.bundle VALUES (%s, %s, %s)", (first, first + len(entries), bundle(entries)))  # noqa: S608
                told = f"INSERT INTO {self.schema}.tile VALUES (%s, %s, %s) ON CONFLICT (level, place) DO UPDATE SET hashes = excluded.hashes"  # noqa: S608
                with self.link.cursor() as cursor:
                    cursor.executemany(told, [(*place, hashes) for place, hashes in tiles.items()])
        return first

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """Entries start .. stop - 1, in order."""
        return within(self._bundles(start, stop), start, stop)

    def _bundles(self, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
        at, wanted = start, f"SELECT first, stop, data FROM {self.schema}.bundle WHERE first <= %s ORDER BY first DESC LIMIT 1"  # noqa: S608
        while at < stop:
            found = self._read(wanted, (at,))
            if not found or int(found[0][1]) <= at:
                return
            yield int(found[0][0]), bytes(found[0][2])
            at = int(found[0][1])

    def node(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree."""
        found = subtree(self._tile, level, index)
        if not found:
            raise StoreError("A hash of the tree is missing.")
        return found

    def _tile(self, level: int, place: int) -> bytes:
        found = self._read(f"SELECT hashes FROM {self.schema}.tile WHERE level = %s AND place = %s", (level, place))  # noqa: S608
        return bytes(found[0][0]) if found else b""

    def keep(self, size: int, note: str) -> None:
        """Keep a signed checkpoint; one of the same size stays as it is."""
        with self._turn():
            self.link.execute(f"INSERT INTO {self.schema}.checkpoint VALUES (%s, %s) ON CONFLICT DO NOTHING", (size, note))  # noqa: S608

    def checkpoint(self, size: int | None = None) -> str:
        """The note of a size, or of the largest; "" where there is none."""
        wanted = "" if size is None else "WHERE size = %s"
        found = self._read(f"SELECT note FROM {self.schema}.checkpoint {wanted} ORDER BY size DESC LIMIT 1", () if size is None else (size,))  # noqa: S608
        return str(found[0][0]) if found else ""

    def close(self) -> None:
        """Let go of the connection."""
        self.link.close()

    def _run(self, statements: str) -> None:
        for statement in statements.strip().split(";\n"):
            self.link.execute(statement)  # our own text with a checked word in it

    def _read(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[bytes, ...]]:
        try:
            return cast("list[tuple[bytes, ...]]", self.link.execute(statement, values).fetchall())
        except self.failed as error:
            raise StoreError(f"The ledger can't be read: {type(error).__name__}.") from error
