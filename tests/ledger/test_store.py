"""Both stores keep to one interface: all or nothing, in order, several writers in turn, nothing acknowledged lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from keepstone.core.errors import InputError, KeepstoneError
from keepstone.ledger import tree
from keepstone.ledger.sqlite import SqliteStore
from keepstone.ledger.store import LARGEST, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keepstone.ledger.store import Store

    Open = Callable[[], Store]

DSN = os.environ.get("KEEPSTONE_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")


def reachable() -> bool:
    """Whether a PostgreSQL server is there to be tested against."""
    try:
        import psycopg

        psycopg.connect(DSN, connect_timeout=3).close()
    except Exception:  # noqa: BLE001  no library or no server: there is nothing to test
        return False
    return True


SERVED = pytest.mark.skipif(not reachable(), reason="no PostgreSQL server is reachable")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=SERVED)])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Open the same store again and again."""
    made: list[Store] = []
    if request.param == "postgres":
        from psycopg import connect

        from keepstone.ledger.postgres import PostgresStore

        schema = f"keepstone_test_{os.getpid()}_{abs(hash(request.node.name)) % 10**6}"

        def postgres() -> Store:
            made.append(PostgresStore(DSN, make=True, schema=schema))
            return made[-1]

        yield postgres
        for store in made:
            store.close()
        with connect(DSN, autocommit=True) as link:
            link.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE".encode())
        return

    def sqlite() -> Store:
        made.append(SqliteStore(tmp_path / "ledger.db", make=True))
        return made[-1]

    yield sqlite
    for store in made:
        store.close()


def many(count: int, word: str = "entry") -> list[bytes]:
    return [f"{word} {k}".encode() for k in range(count)]


def root(entries: list[bytes]) -> bytes:
    """By the definition of RFC 6962."""
    if len(entries) < 2:
        return tree.leaf_hash(entries[0]) if entries else tree.EMPTY
    k = 1
    while 2 * k < len(entries):
        k *= 2
    return tree.node_hash(root(entries[:k]), root(entries[k:]))


def test_what_is_appended_is_there_in_order_and_again_after_opening(opened: Open) -> None:
    store = opened()
    assert store.size == 0
    assert [store.append(many(5)), store.append([b"more"]), store.append([])] == [0, 5, 6]
    again = opened()
    assert list(again.entries(0, again.size)) == [*many(5), b"more"]
    assert tree.root(again, 6) == root([*many(5), b"more"])
    assert list(again.entries(2, 4)) == many(5)[2:4]


@pytest.mark.parametrize("sizes", [(255, 1, 1), (256, 256, 1), (700,), (1, 600, 300), (3, 253, 512, 2)])
def test_roots_and_proofs_are_right_where_tiles_end(opened: Open, sizes: tuple[int, ...]) -> None:
    store, entries = opened(), many(sum(sizes))
    done = 0
    for size in sizes:
        store.append(entries[done : done + size])
        done += size
        assert tree.root(store, done) == root(entries[:done])
    head = tree.root(store, done)
    for index in {0, 1, 254, 255, 256, 257, done - 1} & set(range(done)):
        tree.check_inclusion(tree.leaf_hash(entries[index]), index, done, tree.inclusion(store, index, done), head)
    for old in {1, 255, 256, 257, done - 1} & set(range(1, done)):
        tree.check_consistency(old, done, tree.consistency(store, old, done), (root(entries[:old]), head))
    assert list(store.entries(done // 2, done)) == entries[done // 2 :]


def test_all_or_nothing(opened: Open) -> None:
    store = opened()
    store.append(many(3))
    with pytest.raises(StoreError, match="at most"):
        store.append([b"good", bytes(LARGEST + 1)])
    assert store.size == 3
    assert store.append([b"after"]) == 3


def test_several_writers_take_turns(opened: Open) -> None:
    opened()
    firsts: list[int] = []

    def write(word: str) -> None:
        mine = opened()
        firsts.extend(mine.append(many(3, word)) for _ in range(10))

    threads = [threading.Thread(target=write, args=(f"writer {k}",)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store = opened()
    entries = list(store.entries(0, store.size))
    assert (len(entries), sorted(firsts)) == (120, list(range(0, 120, 3)))
    assert tree.root(store, 120) == root(entries)
    for first in firsts:
        assert [entry.split()[-1] for entry in entries[first : first + 3]] == [b"0", b"1", b"2"]


def test_a_checkpoint_is_kept_and_not_replaced(opened: Open) -> None:
    store = opened()
    assert store.checkpoint() == ""
    for size, text in ((2, "two"), (5, "five"), (5, "another"), (3, "three")):
        store.keep(size, text)
    assert [store.checkpoint(), store.checkpoint(2), store.checkpoint(4)] == ["five", "two", ""]


def test_what_is_not_there_is_told(opened: Open) -> None:
    store = opened()
    store.append(many(2))
    with pytest.raises(StoreError):
        list(store.entries(0, 5))
    with pytest.raises(StoreError, match="missing"):
        store.node(5, 0)


def test_an_entry_can_not_be_changed_by_accident(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "ledger.db", make=True)
    store.append(many(2))
    for statement in ("UPDATE bundle SET data = 'x'", "DELETE FROM bundle"):
        with pytest.raises(sqlite3.IntegrityError):
            store.link.execute(statement)
    store.close()


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_a_file_that_is_no_ledger_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.db"
    path.write_bytes(content)
    if content:
        with pytest.raises(StoreError, match="can't be opened"):
            SqliteStore(path)
        assert path.read_bytes() == content


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as link:
        link.execute("CREATE TABLE mine (x)")
    with pytest.raises(StoreError, match="another program"):
        SqliteStore(tmp_path / "other.db")
    with pytest.raises(InputError, match="no ledger here"):
        SqliteStore(tmp_path / "gone.db")


def test_a_full_disk_stops_the_writer_and_leaves_no_gap(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "ledger.db", make=True)
    store.append(many(10))
    store.link.execute(f"PRAGMA max_page_count = {int(store.link.execute('PRAGMA page_count').fetchone()[0]) + 2}")
    with pytest.raises(KeepstoneError, match="could not be written"):
        store.append([bytes(100_000)])
    assert store.size == 10
    assert tree.root(store, 10) == root(many(10))
    store.close()


WRITER = """
import sys
from pathlib import Path
from keepstone.ledger.sqlite import SqliteStore
store = SqliteStore(Path(sys.argv[1]), make=True)
while True:
    first = store.append([f"entry {store.size + k}".encode() for k in range(3)])
    print(first + 3, flush=True)
"""


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    path, told = tmp_path / "ledger.db", 0
    for kill in range(4):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            for _ in range(5 + 7 * kill):
                told = int(writer.stdout.readline())
            writer.send_signal(signal.SIGKILL)
        store = SqliteStore(path)
        entries = list(store.entries(0, store.size))
        assert store.size >= told
        assert store.size % 3 == 0
        assert entries == many(store.size)
        assert tree.root(store, store.size) == root(entries)
        store.close()
