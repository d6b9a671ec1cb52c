"""The ledger: signed statements in a Merkle tree that is only ever added to, and what an outsider can be shown of it.

Who holds the running key can write a whole new log. What stops that is a checkpoint that left the house: kept by somebody else, it must be the beginning of
whatever is shown later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from keepstone.core.errors import EvidenceError, InputError
from keepstone.ledger import note, tree
from keepstone.ledger.canonical import decode, encode
from keepstone.ledger.envelope import disclose, enclose
from keepstone.ledger.keys import Key, PublicKey
from keepstone.ledger.seal import LARGEST as SEAL_LARGEST
from keepstone.ledger.seal import SUFFIX, Condition, Read, check, seal
from keepstone.ledger.store import LARGEST, TILE, Store, batches, grown, subtree

ENTRIES, CHECKPOINT, KEY = "entries.jsonl", "checkpoint.txt", "key.json"
"""The three files of an export; the first two are sealed."""
BATCH = 500


class Ledger:
    """A log with a name and a key.

    Example:
        >>> import tempfile
        >>> from keepstone.ledger.envelope import statement
        >>> from keepstone.ledger.keys import InsecureDevelopmentKey
        >>> from keepstone.ledger.sqlite import SqliteStore
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     ledger = Ledger(SqliteStore(Path(folder) / "ledger.db", make=True), "example.org/log", InsecureDevelopmentKey())
        ...     ledger.append([statement({}, "https://example.org/plan/v1", {"seed": 7})])
        ...     checkpoint = ledger.checkpoint()
        ...     ledger.store.close()
        0
    """

    def __init__(self, store: Store, origin: str, key: Key) -> None:
        """Open a log over a store.

        Raises:
            InputError: If the origin is no name.
            EvidenceError: If the store holds the log of another name or key.
        """
        self.store, self.origin, self.key = store, note.named(origin), key
        if kept := store.checkpoint():
            note.check(note.read(kept), origin, key.public)

    def append(self, statements: Sequence[Mapping[str, object]]) -> int:
        """Sign statements and add them, all or none; give the number of the first. What is acknowledged is kept."""
        return self.store.append([enclose(one, self.key) for one in statements])

    def checkpoint(self) -> str:
        """Sign the head as it is now, keep it, and give the note."""
        size = self.store.size
        kept = self.store.checkpoint(size)
        if kept:
            return kept
        made = note.sign(note.Checkpoint(self.origin, size, tree.root(self.store, size)), self.key).note
        self.store.keep(size, made)
        return made

    def statements(self, start: int = 0, stop: int | None = None) -> Iterator[dict[str, object]]:
        """What was stated, in order; every envelope is checked."""
        for number, entry in enumerate(self.store.entries(start, self.store.size if stop is None else stop), start):
            yield disclose(entry, self.key.public, name=f"entry {number}")

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The proof that an entry is in the log of a checkpoint's size."""
        return tree.inclusion(self.store, index, size)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the log of one checkpoint begins with that of another."""
        return tree.consistency(self.store, old, new)

    def export(self, folder: Path) -> Checked:
        """Write all that an outsider needs: entries as JSON lines, the checkpoint, the public key.

        Raises:
            InputError: If the folder is not empty, or can't be written.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise InputError(f"{folder}: The folder must be empty.")
            checkpoint = self.checkpoint()
            size = note.read(checkpoint).checkpoint.size
            with (folder / ENTRIES).open("wb") as file:
                file.writelines(entry + b"\n" for entry in self.store.entries(0, size))
            (folder / CHECKPOINT).write_text(checkpoint, encoding="utf-8")
            (folder / KEY).write_bytes(encode(self.key.public.record()) + b"\n")
            for name in (ENTRIES, CHECKPOINT):
                with (folder / name).open("rb") as written:
                    (folder / f"{name}{SUFFIX}").write_bytes(seal(name, Read.of(written), self.key))
        except OSError as error:
            raise InputError(f"{folder}: The ledger can't be exported: {error.strerror}.") from error
        return check_export(folder, self.origin, self.key.public)


@dataclass(frozen=True)
class Checked:
    """What is proven of a log.

    Attributes:
        size: Entries, each in its place and signed by the log's key.
        root: Over all of them.
        kinds: How many statements there are of each kind.
        anchors: What left the house and agrees, each in a sentence; without one, whoever holds the key could have written it all anew.
    """

    size: int
    root: bytes
    kinds: Mapping[str, int]
    anchors: tuple[str, ...] = ()

    @property
    def proven(self) -> str:
        """In plain words: against whom."""
        told = f"{self.size} entries, each signed by the log's key and in its place under the signed checkpoint."
        if self.anchors:
            return f"{told} Nobody, the operator included, has rewritten what stood in it then: {'; '.join(self.anchors)}."
        return f"{told} Nothing from outside the house was shown, so whoever holds the key could have rewritten all of it."


class Growing:
    """A tree in memory, read entry by entry: the root of every beginning of it can be told."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.size = 0
        self.tiles = dict[tuple[int, int], bytes]()
        self._leaves = list[bytes]()

    def add(self, entry: bytes) -> None:
        """Add an entry."""
        self._leaves.append(entry)
        self.size += 1
        if len(self._leaves) == TILE:
            self._settle()

    def _settle(self) -> None:
        self.tiles |= grown(self.size - len(self._leaves), self._leaves, self._tile)
        self._leaves = []

    def _tile(self, level: int, place: int) -> bytes:
        return self.tiles.get((level, place), b"")

    def node(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree."""
        if self._leaves:
            self._settle()
        return subtree(self._tile, level, index)


@dataclass(frozen=True)
class Anchor:
    """A checkpoint that left the house, or a witness that saw one.

    Attributes:
        text: The note.
        told: Where it comes from.
        witness: Name and key of the witness that must have signed it, if any.
    """

    text: str
    told: str
    witness: tuple[str, PublicKey] | None = None


def check_export(folder: Path, origin: str, public: PublicKey, anchors: Sequence[Anchor] = ()) -> Checked:
    """Check an export: every envelope, the tree over them, the checkpoint, and that it begins with every anchor.

    Raises:
        InputError: A file can't be read.
        EvidenceError: Something was edited, deleted, put in another order, cut off, or made by another key; it says whether the files' seals
            tell an accident (corrupted) or an attack (tampered).
    """
    try:
        return _checked(folder, origin, public, anchors)
    except EvidenceError as error:
        raise EvidenceError(f"{_condition(folder, public)}: {error.args[0]}") from error


def _condition(folder: Path, public: PublicKey) -> str:
    """What the seals tell of an export that does not verify: damage shows in them; what they do not show was made by somebody who holds the key."""
    told = set[Condition]()
    for name in (ENTRIES, CHECKPOINT):
        try:
            with (folder / name).open("rb") as file, (folder / f"{name}{SUFFIX}").open("rb") as kept:
                told.add(check(name, Read.of(file), kept.read(SEAL_LARGEST + 1), public).condition)
        except OSError:
            told.add(Condition.UNVERIFIABLE)
    if Condition.TAMPERED in told:
        return "Tampered"
    if Condition.CORRUPTED in told:
        return "Corrupted"
    return "Damaged or forged" if Condition.UNVERIFIABLE in told else "Tampered"


def _checked(folder: Path, origin: str, public: PublicKey, anchors: Sequence[Anchor]) -> Checked:
    head = note.check(note.read(_read(folder / CHECKPOINT).decode("utf-8", "replace")), origin, public)
    log, kinds = Growing(), dict[str, int]()
    for entry in _lines(folder / ENTRIES):
        stated = disclose(entry, public, name=f"entry {log.size}")
        if encode(decode(entry, limit=LARGEST)) != entry:
            raise EvidenceError(f"entry {log.size}: is not in its canonical form.")
        kinds[str(stated["predicateType"])] = kinds.get(str(stated["predicateType"]), 0) + 1
        log.add(entry)
    if (log.size, tree.root(log, log.size)) != (head.size, head.root):
        raise EvidenceError(f"The {log.size} entries are not the {head.size} of the checkpoint: one was edited, deleted, moved or added.")
    return Checked(head.size, head.root, kinds, tuple(_anchored(log, one, origin, public) for one in anchors))


def _anchored(log: Growing, anchor: Anchor, origin: str, public: PublicKey) -> str:
    signed = note.read(anchor.text)
    seen = note.check(signed, origin, public)
    if seen.size > log.size:
        raise EvidenceError(f"{anchor.told} saw {seen.size} entries, and only {log.size} are shown: the log was cut off.")
    if tree.root(log, seen.size) != seen.root:
        raise EvidenceError(f"The log does not begin with the {seen.size} entries that {anchor.told} saw: it was rewritten.")
    if anchor.witness is not None:
        note.check_witness(signed, *anchor.witness)
    return f"{anchor.told} saw the first {seen.size}"


def statements_of(folder: Path, public: PublicKey) -> Iterator[dict[str, object]]:
    """What an export states, in order; every envelope is checked."""
    for number, entry in enumerate(_lines(folder / ENTRIES)):
        yield disclose(entry, public, name=f"entry {number}")


def load(store: Store, folder: Path, origin: str, public: PublicKey) -> Checked:
    """Read an export into an empty store.

    Raises:
        EvidenceError: The export does not verify; nothing is read then.
        InputError: The store is not empty.
    """
    checked = check_export(folder, origin, public)
    if store.size:
        raise InputError(f"The ledger that an export is read into must be empty; it has {store.size} entries.")
    for batch in batches(_lines(folder / ENTRIES), BATCH):
        store.append(batch)
    store.keep(checked.size, _read(folder / CHECKPOINT).decode())
    return checked


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while line := file.readline(LARGEST + 2):
                if not line.endswith(b"\n"):
                    raise EvidenceError(f"{path}: The last line is cut off, or one has more than {LARGEST:,} bytes.")
                yield line[:-1]
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror}.") from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(note.LARGEST + 1)
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror}.") from error
