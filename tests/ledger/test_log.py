"""The ledger shows an outsider what was logged; whatever was edited, deleted, moved, cut off, replayed or signed by another is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keepstone.core.errors import EvidenceError, InputError, KeepstoneError
from keepstone.ledger import note, tree
from keepstone.ledger.envelope import enclose, statement
from keepstone.ledger.keys import InsecureDevelopmentKey
from keepstone.ledger.log import CHECKPOINT, ENTRIES, Anchor, Ledger, check_export, load
from keepstone.ledger.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ORIGIN = "example.org/log"
KIND = "https://example.org/plan/v1"
KEY, OTHER = InsecureDevelopmentKey(), InsecureDevelopmentKey()


def stated(number: int) -> dict[str, object]:
    return statement({"plan.json": f"sha256:{number:064x}"}, KIND, {"number": number})


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(SqliteStore(tmp_path / "ledger.db", make=True), ORIGIN, KEY)
    made.append([stated(k) for k in range(7)])
    yield made
    made.store.close()


def test_an_export_verifies_and_says_against_whom(ledger: Ledger, tmp_path: Path) -> None:
    early = ledger.checkpoint()
    ledger.append([stated(7), stated(8)])
    alone = ledger.export(tmp_path / "out")
    assert (alone.size, alone.kinds, alone.anchors) == (9, {KIND: 9}, ())
    assert "could have rewritten all of it" in alone.proven
    held = check_export(tmp_path / "out", ORIGIN, KEY.public, [Anchor(early, "a checkpoint of yours")])
    assert held.anchors == ("a checkpoint of yours saw the first 7",)
    assert "Nobody, the operator included" in held.proven


def test_proofs_of_a_ledger_hold(ledger: Ledger) -> None:
    head = note.read(ledger.checkpoint()).checkpoint
    entry = next(iter(ledger.store.entries(3, 4)))
    tree.check_inclusion(tree.leaf_hash(entry), 3, head.size, ledger.inclusion(3, head.size), head.root)
    ledger.append([stated(7)])
    later = note.read(ledger.checkpoint()).checkpoint
    tree.check_consistency(head.size, later.size, ledger.consistency(head.size, later.size), (head.root, later.root))


def test_what_is_stated_is_read_back(ledger: Ledger) -> None:
    assert [one["predicate"] for one in ledger.statements(2, 4)] == [{"number": 2}, {"number": 3}]


def test_another_name_or_key_can_not_go_on_with_it(ledger: Ledger) -> None:
    ledger.checkpoint()
    for origin, key in (("example.org/other", KEY), (ORIGIN, OTHER)):
        with pytest.raises(EvidenceError):
            Ledger(ledger.store, origin, key)


def lines(change: Callable[[list[bytes]], object]) -> Callable[[Path], None]:
    def forge(folder: Path) -> None:
        kept = (folder / ENTRIES).read_bytes().splitlines()
        change(kept)
        (folder / ENTRIES).write_bytes(b"".join(line + b"\n" for line in kept))

    return forge


FORGERIES: dict[str, Callable[[Path], object]] = {
    "edited": lines(lambda kept: kept.__setitem__(2, kept[2].replace(b"A", b"B", 1))),
    "signed anew by another key": lines(lambda kept: kept.__setitem__(2, enclose(stated(99), OTHER))),
    "signed anew by the running key": lines(lambda kept: kept.__setitem__(2, enclose(stated(99), KEY))),
    "spelled another way": lines(lambda kept: kept.__setitem__(2, kept[2].replace(b'","', b'", "', 1))),
    "deleted": lines(lambda kept: kept.pop(2)),
    "moved": lines(lambda kept: kept.insert(0, kept.pop(2))),
    "added": lines(lambda kept: kept.append(enclose(stated(99), KEY))),
    "cut off": lines(lambda kept: kept.pop()),
    "half a line": lambda folder: (folder / ENTRIES).write_bytes((folder / ENTRIES).read_bytes()[:-5]),
    "no entries": lambda folder: (folder / ENTRIES).write_bytes(b""),
    "no checkpoint": lambda folder: (folder / CHECKPOINT).write_bytes(b""),
    "a checkpoint of another key": lambda folder: (folder / CHECKPOINT).write_text(note.sign(note.Checkpoint(ORIGIN, 7, bytes(32)), OTHER).note),
    "a checkpoint of another log": lambda folder: (folder / CHECKPOINT).write_text(note.sign(note.Checkpoint("example.org/x", 7, bytes(32)), KEY).note),
}


@pytest.mark.parametrize("how", FORGERIES)
def test_a_forgery_is_found(ledger: Ledger, tmp_path: Path, how: str) -> None:
    ledger.export(tmp_path / "out")
    FORGERIES[how](tmp_path / "out")
    with pytest.raises(EvidenceError):
        check_export(tmp_path / "out", ORIGIN, KEY.public)


def test_a_whole_log_made_anew_with_the_stolen_key_is_found_by_what_left_the_house(ledger: Ledger, tmp_path: Path) -> None:
    outside = ledger.checkpoint()
    for name, numbers in (("rewritten", [99, *range(1, 9)]), ("cut", range(5))):
        forged = Ledger(SqliteStore(tmp_path / f"{name}.db", make=True), ORIGIN, KEY)
        forged.append([stated(k) for k in numbers])
        forged.export(tmp_path / name)
        check_export(tmp_path / name, ORIGIN, KEY.public)  # by itself nobody can tell
        with pytest.raises(EvidenceError, match=r"rewritten|cut off"):
            check_export(tmp_path / name, ORIGIN, KEY.public, [Anchor(outside, "a checkpoint of yours")])
        forged.store.close()


def test_a_witness_must_have_signed(ledger: Ledger, tmp_path: Path) -> None:
    seen = note.cosign(note.read(ledger.checkpoint()), "witness.example", OTHER, at=1_700_000_000).note
    ledger.export(tmp_path / "out")
    anchor = Anchor(seen, "the witness", ("witness.example", OTHER.public))
    assert check_export(tmp_path / "out", ORIGIN, KEY.public, [anchor]).anchors == ("the witness saw the first 7",)
    unseen = Anchor(ledger.checkpoint(), "the witness", ("witness.example", OTHER.public))
    with pytest.raises(EvidenceError):
        check_export(tmp_path / "out", ORIGIN, KEY.public, [unseen])


def test_an_export_is_read_into_an_empty_store_alone(ledger: Ledger, tmp_path: Path) -> None:
    ledger.export(tmp_path / "out")
    other = SqliteStore(tmp_path / "other.db", make=True)
    assert load(other, tmp_path / "out", ORIGIN, KEY.public).size == 7
    again = Ledger(other, ORIGIN, KEY)
    assert again.checkpoint() == ledger.checkpoint()
    with pytest.raises(InputError, match="must be empty"):
        load(other, tmp_path / "out", ORIGIN, KEY.public)
    other.close()


def test_nothing_is_exported_over_something(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="must be empty"):
        ledger.export(tmp_path / "out")
    with pytest.raises(KeepstoneError, match="can't be read"):
        check_export(tmp_path / "gone", ORIGIN, KEY.public)
