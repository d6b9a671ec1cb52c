"""Ledger, bar 2: appends a second with durability on, verification, and a proof from a log of 100 000 entries.

Floor: SHA-256 of the same bytes, appended to a file that is synced once a group, and one Ed25519 signature a checkpoint; for verifying, SHA-256 of leaves and
nodes. Peer: a plain hash chain, written and read the same way.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

from printing import show, verdict

from keepstone.ledger import note, tree
from keepstone.ledger.envelope import statement
from keepstone.ledger.keys import InsecureDevelopmentKey
from keepstone.ledger.log import Growing, Ledger
from keepstone.ledger.sqlite import SqliteStore

GROUP = 500
GROUPS = 20
LARGE = 100_000
KEY = InsecureDevelopmentKey()


def entry(number: int) -> bytes:
    """About the size of a statement in its envelope."""
    return (b"%08d" % number) * 64


def floor(path: Path, *, chain: bool) -> float:
    """Entries a second: hashed, appended, synced a group, one signature a group; chained where asked."""
    began, last = time.perf_counter(), b""
    with path.open("wb") as file:
        for group in range(GROUPS):
            for k in range(GROUP):
                data = entry(group * GROUP + k)
                last = hashlib.sha256((last if chain else b"") + data).digest()
                file.write(data + last)
            file.flush()
            os.fsync(file.fileno())
            KEY.sign(last)
    return GROUP * GROUPS / (time.perf_counter() - began)


def ours(path: Path) -> float:
    """Entries a second, by groups, one checkpoint a group."""
    store = SqliteStore(path, make=True)
    began = time.perf_counter()
    for group in range(GROUPS):
        store.append([entry(group * GROUP + k) for k in range(GROUP)])
        size = store.size
        store.keep(size, note.sign(note.Checkpoint("example.org/log", size, tree.root(store, size)), KEY).note)
    rate = GROUP * GROUPS / (time.perf_counter() - began)
    store.close()
    return rate


def signed(path: Path) -> float:
    """The same with every entry a statement in a signed envelope."""
    ledger = Ledger(SqliteStore(path, make=True), "example.org/log", KEY)
    stated = statement({"plan.json": f"sha256:{7:064x}"}, "https://example.org/plan/v1", {"seed": 7})
    began = time.perf_counter()
    for _ in range(4):
        ledger.append([stated] * GROUP)
        ledger.checkpoint()
    rate = 4 * GROUP / (time.perf_counter() - began)
    ledger.store.close()
    return rate


def verifying() -> tuple[float, float]:
    """Entries a second: hashing leaves and nodes alone, and growing a tree of them."""
    entries = [entry(k) for k in range(20_000)]
    began = time.perf_counter()
    leaves = [hashlib.sha256(b"\x00" + one).digest() for one in entries]
    while len(leaves) > 1:
        leaves = [hashlib.sha256(b"\x01" + leaves[k] + leaves[k + 1]).digest() for k in range(0, len(leaves) - 1, 2)]
    middle = time.perf_counter()
    grown = Growing()
    for one in entries:
        grown.add(one)
    tree.root(grown, grown.size)
    return len(entries) / (middle - began), len(entries) / (time.perf_counter() - middle)


def proofs(path: Path) -> tuple[float, float, float, float]:
    """Milliseconds and peak kB of a proof at 100 000 entries, hashes in it, and seconds to open the log."""
    store = SqliteStore(path, make=True)
    for start in range(0, LARGE, 5000):
        store.append([entry(k) for k in range(start, start + 5000)])
    store.close()
    began = time.perf_counter()
    store = SqliteStore(path)
    size = store.size
    opened = time.perf_counter() - began
    tree.inclusion(store, 5, size)
    began = time.perf_counter()
    length = max(len(tree.inclusion(store, index, size)) for index in range(0, LARGE, 1000))
    each = (time.perf_counter() - began) / 100
    tracemalloc.start()
    tree.inclusion(store, 77_777, size)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    store.close()
    return 1000 * each, peak / 1000, float(length), opened


def main() -> int:
    """Print the tables."""
    home = Path(tempfile.mkdtemp())
    bare, chain = (max(floor(home / "flat", chain=chained) for _ in range(3)) for chained in (False, True))
    best = max(ours(home / f"ledger{k}.db") for k in range(3))
    whole = signed(home / "signed.db")
    hashed, grown = (max(column) for column in zip(*(verifying() for _ in range(3)), strict=True))
    each, peak, length, opened = proofs(home / "large.db")
    rows: list[list[object]] = [
        ["hash, write, sync a group, sign a group (floor)", bare, hashed],
        ["hash chain, the same way (peer)", chain, hashed],
        ["Keepstone: tree in SQLite", best, grown],
        ["Keepstone: each entry a signed statement", whole, ""],
    ]
    show(f"Entries of 512 bytes a second, groups of {GROUP}", ["", "appended", "verified"], rows)
    show("A proof at 100 000 entries", ["ms", "kB at most", "hashes", "log opened, s"], [[each, peak, length, opened]])
    met = [
        verdict("floor / appends", bare / best, 2.0, unit=" x"),
        verdict("floor / verifying", hashed / grown, 2.0, unit=" x"),
        verdict("a proof", each, 1.0, unit=" ms"),
        verdict("hashes of a proof", length, 17),
        verdict("a log of 100 000 opened", opened, 1.0, unit=" s"),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
