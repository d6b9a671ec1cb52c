"""The Merkle tree of a log (RFC 6962, section 2.1; RFC 9162): one hash for all entries, and proofs that one is among them and that nothing was rewritten.

Hashes of complete subtrees are kept, so that a proof reads some tens of them however long the log is. Nothing here signs, stores or knows what an entry means.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol

from keepstone.core.errors import EvidenceError, InputError

EMPTY = hashlib.sha256(b"").digest()
"""The root of no entries."""
WIDE = 32  # bytes of a hash
MOST = 64  # hashes of a proof: a log of 2**63 entries needs no more


class Nodes(Protocol):
    """Where the hashes of complete subtrees are kept."""

    def node(self, level: int, index: int) -> bytes:
        """The hash over entries index * 2**level up to the next; level 0 is a leaf's."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry.

    >>> leaf_hash(b"").hex()[:16]
    '6e340b9cffb37a98'
    """
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def above(hashes: bytes) -> bytes:
    """The hash over a complete subtree, from those of its parts, 32 bytes each, a power of two of them.

    >>> above(leaf_hash(b"a") + leaf_hash(b"b")) == node_hash(leaf_hash(b"a"), leaf_hash(b"b"))
    True
    """
    row = [hashes[at : at + WIDE] for at in range(0, len(hashes), WIDE)]
    sha = hashlib.sha256
    while len(row) > 1:
        row = [sha(b"\x01" + left + right).digest() for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0]


def root(nodes: Nodes, size: int) -> bytes:
    """The hash of the first `size` entries."""
    return _over(nodes, 0, size) if size else EMPTY


def inclusion(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """The proof that an entry is the one at `index` of the first `size` (RFC 9162, section 2.1.3.1).

    Raises:
        InputError: If there is no such entry.
    """
    if not 0 <= index < size:
        raise InputError(f"The «index» must lie in 0 .. {size - 1}; got {index}.")
    proof, start, stop = list[bytes](), 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            proof.append(_over(nodes, middle, stop))
            stop = middle
        else:
            proof.append(_over(nodes, start, middle))
            start = middle
    return proof[::-1]


def consistency(nodes: Nodes, old: int, new: int) -> list[bytes]:
    """The proof that the first `new` entries begin with the first `old` (RFC 9162, section 2.1.4.1).

    Raises:
        InputError: If the older is the larger.
    """
    if not 0 <= old <= new:
        raise InputError(f"The «old» size must lie in 0 .. {new}; got {old}.")
    if old in (0, new):
        return []
    proof, start, stop, whole = list[bytes](), 0, new, True
    while old - start != stop - start:
        middle = start + _split(stop - start)
        if old <= middle:
            proof.append(_over(nodes, middle, stop))
            stop = middle
        else:
            proof.append(_over(nodes, start, middle))
            start, whole = middle, False
    return [*([] if whole else [_over(nodes, start, stop)]), *proof[::-1]]


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], head: bytes) -> None:
    """Check that a leaf is the one at `index` of a log of `size` entries whose root is `head`; returning at all means that it is.

    Raises:
        EvidenceError: The proof does not show it.
    """
    if not 0 <= index < size or len(proof) > MOST:
        raise EvidenceError(f"The proof must be of an entry in 0 .. {size - 1}; got {index}.")
    place, last, found = index, size - 1, leaf
    for other in proof:
        if last == 0:
            raise EvidenceError("The proof is longer than the log is deep.")
        if place % 2 or place == last:
            found = node_hash(other, found)
            while place and not place % 2:
                place, last = place // 2, last // 2
        else:
            found = node_hash(found, other)
        place, last = place // 2, last // 2
    if last or found != head:
        raise EvidenceError(f"Entry {index} is not the one that was logged: its proof does not lead to the checkpoint's root.")


def check_consistency(old: int, new: int, proof: Sequence[bytes], heads: tuple[bytes, bytes]) -> None:
    """Check that a log of `new` entries begins with one of `old`, by the roots of both; returning at all means that it does.

    Raises:
        EvidenceError: The proof does not show it: entries were changed, cut off or put in another order since.
    """
    broken = EvidenceError(f"The log of {new} entries does not begin with the {old} that were logged before: it was rewritten.")
    if not 0 <= old <= new or len(proof) > MOST or (old in (0, new)) != (not proof):
        raise broken
    if not proof:
        known = {new: heads[1], 0: EMPTY}
        if known[old] != heads[0]:
            raise broken
    elif _roots(old - 1, new - 1, list(proof) if old & (old - 1) else [heads[0], *proof]) != heads:
        raise broken


def _roots(place: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots of both logs that a proof of consistency leads to; two that are nobody's where it has the wrong length."""
    while place % 2:
        place, last = place // 2, last // 2
    first = second = path[0]
    for other in path[1:]:
        if last == 0:
            return b"", b""
        if place % 2 or place == last:
            first, second = node_hash(other, first), node_hash(other, second)
            while place and not place % 2:
                place, last = place // 2, last // 2
        else:
            second = node_hash(second, other)
        place, last = place // 2, last // 2
    return (b"", b"") if last else (first, second)


def _split(count: int) -> int:
    """The largest power of two below a count over 1."""
    return 1 << (count - 1).bit_length() - 1


def _over(nodes: Nodes, start: int, stop: int) -> bytes:
    """The hash over entries start .. stop - 1, start being where subtrees begin."""
    count = stop - start
    level = count.bit_length() - 1
    if count == 1 << level:
        return nodes.node(level, start >> level)
    middle = start + _split(count)
    return node_hash(_over(nodes, start, middle), _over(nodes, middle, stop))
