"""Ledger, bar 3: kill -9 during appends, both stores: nothing acknowledged lost, nothing half-written, opened again at once.

Floor: opening the file and reading nothing. Peer: none does this in Python. PostgreSQL where a server answers at --postgres.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from printing import show, verdict

from keepstone.ledger import tree
from keepstone.ledger.log import Growing
from keepstone.ledger.sqlite import SqliteStore
from keepstone.ledger.store import Store
from keepstone.lifecycle.registry import store_at
from keepstone.stats.chance import Address, integers

KILLS = 100
FILLED = 100_000
WRITER = """
import sys
from keepstone.lifecycle.registry import store_at
store = store_at(sys.argv[1], make=True)
while True:
    first = store.append([b"entry %d" % (store.size + k) for k in range(7)])
    print(first + 7, flush=True)
"""


def killed(place: str, run: int) -> int:
    """Write until killed at a moment of chance; give how many entries were acknowledged."""
    told = 0
    with subprocess.Popen([sys.executable, "-c", WRITER, place], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(1 + int(integers(Address(7, "kills", run, run + 1), "lines", 1, 25)[0, 0])):
            told = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        with suppress(ValueError):
            told = max([told, *(int(line) for line in writer.stdout.read().splitlines())])
    return told


def checked(store: Store) -> bool:
    """Whether all entries are there, whole, and under the tree's root."""
    size, grown = store.size, Growing()
    for number, entry in enumerate(store.entries(0, size)):
        if entry != b"entry %d" % number:
            return False
        grown.add(entry)
    return grown.size == size and size % 7 == 0 and tree.root(store, size) == tree.root(grown, size)


def trial(name: str, place: str, kills: int) -> list[object]:
    """Kill so many writers of a store."""
    size = lost = broken = 0
    slowest = 0.0
    for run in range(kills):
        told = killed(place, run)
        began = time.perf_counter()
        store = store_at(place)
        size = store.size
        slowest = max(slowest, time.perf_counter() - began)
        lost += size < told
        broken += not checked(store)
        store.close()
    return [name, kills, size, lost, broken, slowest]


def reopened(home: Path) -> float:
    """Seconds to open and sign for a log of 100 000 entries whose writer was killed."""
    path = home / "large.db"
    store = SqliteStore(path, make=True)
    for start in range(0, FILLED, 7000):
        store.append([b"entry %d" % k for k in range(start, min(FILLED, start + 7000))])
    store.close()
    killed(str(path), 0)
    began = time.perf_counter()
    again = SqliteStore(path)
    tree.root(again, again.size)
    took = time.perf_counter() - began
    again.close()
    return took


def dropped(dsn: str) -> None:
    """Take the benchmark's own tables away."""
    from psycopg import connect

    with connect(dsn, autocommit=True) as link:
        link.execute("DROP SCHEMA IF EXISTS keepstone CASCADE")


def postgres(dsn: str) -> Callable[[], None] | None:
    """How to clean up after PostgreSQL, or None where none is reachable or there is a ledger in it already."""
    try:
        from psycopg import connect

        with connect(dsn, connect_timeout=3) as link:
            there = link.execute("SELECT to_regclass('keepstone.bundle')").fetchone()
    except Exception:  # noqa: BLE001  no library, no server: not compared
        return None
    return None if there is None or there[0] is not None else lambda: dropped(dsn)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", default="postgresql://postgres@127.0.0.1:5432/test", help="a server to be tested on, in the schema keepstone")
    parser.add_argument("--kills", type=int, default=KILLS)
    chosen = parser.parse_args()
    home = Path(tempfile.mkdtemp())
    rows = [trial("SQLite", str(home / "ledger.db"), chosen.kills)]
    clean = postgres(chosen.postgres)
    if clean is None:
        print("not compared  PostgreSQL: no server answers, or a ledger lies in it")
    else:
        try:
            rows.append(trial("PostgreSQL", chosen.postgres, chosen.kills))
        finally:
            clean()
    show("Writers killed", ["store", "kills", "entries", "acknowledged and lost", "half-written", "slowest opening, s"], rows)
    took = reopened(home)
    met = [
        verdict("acknowledged and lost", sum(int(str(row[3])) for row in rows), 0),
        verdict("half-written", sum(int(str(row[4])) for row in rows), 0),
        verdict("opened again at 100 000 entries, root included", took, 1.0, unit=" s"),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
