"""Ledger, bar 1: 1 000 forgeries and 1 000 corruptions of an export, found and named rightly; untouched ones never accused.

Peer: a plain hash chain, each line with the digest of the one before, as logs without a key carry it. Forgers make every checksum fit; those with the running
key sign anew, and are found by a checkpoint that left the house.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from printing import show, verdict

from keepstone.core.errors import EvidenceError
from keepstone.ledger import note
from keepstone.ledger.canonical import encode
from keepstone.ledger.envelope import enclose, statement
from keepstone.ledger.keys import InsecureDevelopmentKey, Key
from keepstone.ledger.log import CHECKPOINT, ENTRIES, Anchor, Ledger, check_export
from keepstone.ledger.seal import SUFFIX, Read, _own, seal
from keepstone.ledger.sqlite import SqliteStore
from keepstone.stats.chance import Address, integers

RUNS = 1000
SIZE = 24
ORIGIN = "example.org/log"
KEY, OTHER = InsecureDevelopmentKey(), InsecureDevelopmentKey()


def stated(number: int) -> dict[str, object]:
    """Something that is logged."""
    return statement({"plan.json": f"sha256:{number:064x}"}, "https://example.org/plan/v1", {"number": number})


def exported(folder: Path, numbers: list[int], key: Key) -> str:
    """A log of its own; give its checkpoint."""
    made = Ledger(SqliteStore(folder.with_suffix(".db"), make=True), ORIGIN, key)
    made.append([stated(number) for number in numbers])
    made.export(folder)
    checkpoint = made.checkpoint()
    made.store.close()
    return checkpoint


def chance(run: int, kind: str, below: int) -> int:
    """A number of a run."""
    return int(integers(Address(7, "tampering", run, run + 1), kind, 1, below)[0, 0])


def resealed(folder: Path, name: str) -> None:
    """Make the checksums of a seal fit, as somebody without the key can."""
    with (folder / name).open("rb") as file:
        read = Read.of(file)
    record = json.loads((folder / f"{name}{SUFFIX}").read_bytes()) | {"checksum": read.checksum}
    record["own"] = _own(record)
    (folder / f"{name}{SUFFIX}").write_bytes(encode(record))


def lines(folder: Path, change: Callable[[list[bytes]], object]) -> None:
    """Change the lines of the entries."""
    kept = (folder / ENTRIES).read_bytes().splitlines()
    change(kept)
    (folder / ENTRIES).write_bytes(b"".join(line + b"\n" for line in kept))
    resealed(folder, ENTRIES)


def edit(folder: Path, run: int) -> None:
    """Another statement, signed by somebody else."""
    lines(folder, lambda kept: kept.__setitem__(chance(run, "place", SIZE), enclose(stated(1000 + run), OTHER)))


def delete(folder: Path, run: int) -> None:
    """An entry is gone."""
    lines(folder, lambda kept: kept.pop(chance(run, "place", SIZE)))


def reorder(folder: Path, run: int) -> None:
    """An entry stands elsewhere."""
    lines(folder, lambda kept: kept.insert(chance(run, "to", SIZE - 1), kept.pop(SIZE - 1)) if chance(run, "to", SIZE - 1) < SIZE - 1 else kept.reverse())


def truncate(folder: Path, run: int) -> None:
    """The last entries are cut off."""
    lines(folder, lambda kept: kept.__delitem__(slice(SIZE - 1 - chance(run, "cut", SIZE - 1), None)))


def swap(folder: Path, run: int) -> None:
    """Everything is signed by another key."""
    shutil.rmtree(folder)
    exported(folder, [run, *range(1, SIZE)], OTHER)


def replay(folder: Path, run: int) -> None:
    """The log and checkpoint of an earlier day, by the running key's own hand."""
    shutil.rmtree(folder)
    exported(folder, list(range(1 + chance(run, "cut", SIZE - 1))), KEY)


def fork(folder: Path, run: int) -> None:
    """The same beginning and another end, by the running key."""
    shutil.rmtree(folder)
    at = chance(run, "cut", SIZE - 1)
    exported(folder, [*range(at), *range(2000 + run, 2000 + run + SIZE - at)], KEY)


def rewrite(folder: Path, run: int) -> None:
    """One entry is another, all signed anew with the stolen running key."""
    shutil.rmtree(folder)
    at = chance(run, "place", SIZE)
    exported(folder, [3000 + run if k == at else k for k in range(SIZE)], KEY)


def pretend(folder: Path, run: int) -> None:
    """A checkpoint that fits the edited entries, signed by somebody else in the log's name."""
    edit(folder, run)
    head = note.read((folder / CHECKPOINT).read_text()).checkpoint
    (folder / CHECKPOINT).write_text(note.sign(note.Checkpoint(ORIGIN, head.size, hashlib.sha256(b"%d" % run).digest()), OTHER).note)
    with (folder / CHECKPOINT).open("rb") as file:
        (folder / f"{CHECKPOINT}{SUFFIX}").write_bytes(seal(CHECKPOINT, Read.of(file), OTHER))


FORGERIES = (edit, delete, reorder, truncate, swap, replay, fork, rewrite, pretend)


def damage(folder: Path, run: int) -> None:
    """Bits flip, a block is zeroed, or the end is lost, in the entries or the checkpoint."""
    path = folder / (ENTRIES, CHECKPOINT)[chance(run, "file", 2)]
    data, kind = bytearray(path.read_bytes()), chance(run, "kind", 4)
    at = chance(run, "at", len(data))
    if kind == 0:
        data = data[:at]
    elif kind == 1:
        data[at : at + 64] = bytes(len(data[at : at + 64]))
    else:
        for k in range(1 + chance(run, "bits", 8)):
            data[chance(run, f"bit{k}", len(data))] ^= 1 << chance(run, f"which{k}", 8)
    path.write_bytes(bytes(data))


def said(folder: Path, anchor: str) -> str:
    """What is said of an export: "", or the first word."""
    try:
        check_export(folder, ORIGIN, KEY.public, [Anchor(anchor, "an auditor")])
    except EvidenceError as error:
        return str(error).split(":")[0]
    return ""


def chained(numbers: list[int]) -> bytes:
    """The same log as a plain hash chain: each line ends with the digest of the one before and itself."""
    out, last = b"", b""
    for number in numbers:
        body = encode(stated(number))
        last = hashlib.sha256(last + body).hexdigest().encode()
        out += body + b" " + last + b"\n"
    return out


def holds(chain: bytes) -> bool:
    """Whether a chain verifies."""
    last = b""
    for line in chain.splitlines():
        body, _blank, told = line.rpartition(b" ")
        last = hashlib.sha256(last + body).hexdigest().encode()
        if told != last:
            return False
    return chain.endswith(b"\n")


def chain_says(run: int, change: Callable[[Path, int], None]) -> bool:
    """Whether the chain shows what was done; whoever edits it makes the digests after it anew."""
    numbers = list(range(SIZE))
    if change is not damage:
        numbers[chance(run, "place", SIZE)] = 1000 + run
        return not holds(chained(numbers))
    chain = bytearray(chained(numbers))
    for k in range(1 + chance(run, "bits", 8)):
        chain[chance(run, f"bit{k}", len(chain))] ^= 1 << chance(run, f"which{k}", 8)
    return not holds(bytes(chain))


def main() -> int:
    """Print the table."""
    home = Path(tempfile.mkdtemp())
    anchor = exported(home / "log", list(range(SIZE)), KEY)
    counts = dict[str, list[int]]()
    for run in range(2 * RUNS):
        change = damage if run >= RUNS else FORGERIES[run % len(FORGERIES)]
        folder = home / f"run{run}"
        shutil.copytree(home / "log", folder)
        change(folder, run)
        answer = said(folder, anchor)
        row = counts.setdefault(change.__doc__ or "", [0, 0, 0, 0])
        wanted = "Corrupted" if change is damage else "Tampered"
        row[0] += 1
        row[1] += bool(answer)
        row[2] += answer == wanted
        row[3] += chain_says(run, change)
        shutil.rmtree(folder)
        folder.with_suffix(".db").unlink(missing_ok=True)
    accused = sum(bool(said(home / "log", anchor)) for _ in range(100))
    shutil.rmtree(home)
    show(
        "What was done to a log of 24 entries",
        ["", "runs", "found", "named rightly", "plain hash chain (peer)"],
        [[name, *row] for name, row in counts.items()],
    )
    runs, found, named, _ = (sum(column) for column in zip(*counts.values(), strict=True))
    met = [
        verdict("not found", runs - found, 0),
        verdict("not named rightly", runs - named, 0),
        verdict("untouched logs accused, of 100", accused, 0),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
