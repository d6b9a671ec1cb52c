"""Runs of two to four letters of a text, hashed: what a detector counts. Of the text itself nothing can be read from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from keepstone.intake.spelling import decoded, plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

BITS = 16
"""There are 2 to the power of this many buckets."""
SIZES = (2, 3, 4)
WINDOW, STEP = 120, 60
"""Letters that are looked at together, and how far the next ones begin: an order within a long text is not thinned out by what stands around it."""
_SALT, _FACTOR = 0x9E3779B1, np.uint32(0x85EBCA6B)
_LINKED = ("base64", "hex", "rot13", "reversed", "leet")


def buckets(text: str) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Give the buckets that the runs of a text fall into, each once, and how many fall into it.

    Example:
        >>> found, often = buckets("aaaa")
        >>> len(found), sorted(often.tolist())
        (3, [1, 2, 3])
    """
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    hashed = [_hashed(letters, size) for size in SIZES if len(letters) >= size]
    return np.unique(np.concatenate(hashed) if hashed else np.zeros(0, dtype=np.uint32), return_counts=True)


def _hashed(letters: NDArray[np.uint32], size: int) -> NDArray[np.uint32]:
    """The bucket of each run of so many letters."""
    places = len(letters) - size + 1
    value = np.full(places, size * _SALT & 0xFFFFFFFF, dtype=np.uint32)
    for k in range(size):
        value = (value ^ letters[k : k + places]) * _FACTOR
        value ^= value >> np.uint32(15)
    bucket: NDArray[np.uint32] = value >> np.uint32(32 - BITS)
    return bucket


def even(text: str) -> str:
    """Bring a text to one form: plain, in small letters, single blanks.

    >>> even(" Hello,  WORLD ")
    ' hello, world '
    """
    return f" {' '.join(plain(text).casefold().split())} "


def windows(text: str) -> Iterator[str]:
    """Give the stretches of a text that are looked at, each brought to one form; together they are all of it.

    >>> [len(one) for one in windows("ab " * 60)]
    [120, 120, 61]
    """
    evened = even(text)
    yield evened[:WINDOW]
    for start in range(STEP, len(evened) - WINDOW + STEP, STEP):
        yield evened[start : start + WINDOW]


def disguises(text: str) -> Iterator[str]:
    """Give the other ways in which a text may be read that say something else: decoded, backwards, letters spaced out.

    >>> list(disguises("xrrc")), "keep" in list(disguises("k e e p"))
    (['keep', 'crrx'], True)
    """
    bare = plain(text)
    seen = {bare, ""}
    for said in (*(decoded(bare, how) for how in _LINKED), _together(bare)):
        if said not in seen:
            seen.add(said)
            yield said


def _together(bare: str) -> str:
    """What stood letter by letter, more than one blank between words; "" where it is not most of the text."""
    single = sum(len(word) == 1 for word in bare.split())
    if single * 2 <= len(bare.split()):
        return ""
    return " ".join("".join(word.split(" ")) for word in bare.split("  "))
