"""The tree is that of RFC 6962: its roots and proofs are those of the definition, written out here, and nothing else passes."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepstone.core.errors import EvidenceError, InputError
from keepstone.ledger import tree

ENTRIES = [b"", b"\x00", b"\x10", b" !", b"01", b"@ABC", b"PQRSTUVW", b"`abcdefghijklmno"]
ROOT_OF_8 = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
"""Of the entries above, as certificate-transparency's own reference tests have it."""


class Kept:
    """Hashes of complete subtrees, by their definition."""

    def __init__(self, entries: list[bytes]) -> None:
        self.rows = [[tree.leaf_hash(entry) for entry in entries]]
        while len(self.rows[-1]) > 1:
            last = self.rows[-1]
            self.rows.append([tree.node_hash(last[k], last[k + 1]) for k in range(0, len(last) - 1, 2)])

    def node(self, level: int, index: int) -> bytes:
        return self.rows[level][index]


def defined(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = 1
    while 2 * k < len(entries):
        k *= 2
    return hashlib.sha256(b"\x01" + defined(entries[:k]) + defined(entries[k:])).digest()


def many(count: int) -> list[bytes]:
    return [b"entry %d" % k for k in range(count)]


def test_the_root_is_that_of_the_reference() -> None:
    assert tree.root(Kept(ENTRIES), 8).hex() == ROOT_OF_8
    assert tree.root(Kept([]), 0).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("count", range(34))
def test_every_root_is_that_of_the_definition(count: int) -> None:
    kept = Kept(many(33))
    assert tree.root(kept, count) == defined(many(count))


def test_every_entry_of_every_size_is_proved_and_no_other() -> None:
    entries = many(33)
    kept = Kept(entries)
    for size in range(1, 34):
        head = tree.root(kept, size)
        for index in range(size):
            proof = tree.inclusion(kept, index, size)
            tree.check_inclusion(tree.leaf_hash(entries[index]), index, size, proof, head)
            for wrong in (b"another", entries[index - 1] if size > 1 else b"x"):
                with pytest.raises(EvidenceError):
                    tree.check_inclusion(tree.leaf_hash(wrong), index, size, proof, head)


def test_every_pair_of_sizes_is_consistent_and_no_other_root_is() -> None:
    kept, other = Kept(many(33)), Kept([b"rewritten", *many(33)[1:]])
    for new in range(34):
        for old in range(new + 1):
            proof, heads = tree.consistency(kept, old, new), (tree.root(kept, old), tree.root(kept, new))
            tree.check_consistency(old, new, proof, heads)
            forged = (heads[0], tree.root(other, new))
            if old:
                for wrong in (proof, tree.consistency(other, old, new)):
                    with pytest.raises(EvidenceError):
                        tree.check_consistency(old, new, wrong, forged)


@given(st.integers(2, 33), st.data())
def test_a_proof_that_was_touched_proves_nothing(size: int, data: st.DataObject) -> None:
    kept = Kept(many(33))
    index = data.draw(st.integers(0, size - 1))
    proof, head, leaf = tree.inclusion(kept, index, size), tree.root(kept, size), tree.leaf_hash(many(33)[index])
    at, how = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.sampled_from(["flip", "drop", "twice", "place", "size"]))
    touched = list(proof)
    if how == "flip":
        touched[at] = bytes([touched[at][0] ^ 1]) + touched[at][1:]
    elif how == "drop":
        del touched[at]
    elif how == "twice":
        touched.insert(at, touched[at])
    place = (index + 1) % size if how == "place" else index
    with pytest.raises(EvidenceError):
        tree.check_inclusion(leaf, place, size + 40 if how == "size" else size, touched, head)


def test_what_does_not_exist_has_no_proof() -> None:
    kept = Kept(many(4))
    for index in (-1, 4):
        with pytest.raises(InputError, match="must lie in"):
            tree.inclusion(kept, index, 4)
    with pytest.raises(InputError, match="must lie in"):
        tree.consistency(kept, 5, 4)
    with pytest.raises(EvidenceError):
        tree.check_inclusion(b"", 0, 0, [], tree.EMPTY)
    with pytest.raises(EvidenceError):
        tree.check_consistency(4, 2, [], (tree.EMPTY, tree.EMPTY))
    with pytest.raises(EvidenceError):
        tree.check_inclusion(tree.leaf_hash(b""), 0, 1, [b"x"] * 1000, tree.EMPTY)
