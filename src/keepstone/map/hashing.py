"""A text as hashed features: its words, pairs of neighbours, and pieces of words. Only numbers come out, and no word can be read back from them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORDS = 1 << 15
"""Places of words and pairs; as many of pieces come behind them."""
PLACES = 2 * WORDS
MOST = 400  # words that are read
_LONGEST = 40  # letters of a word


def words(text: str) -> list[str]:
    """The words of a text in lower case: runs of letters and digits, the first 400.

    >>> words("It's 5 o'clock")
    ['it', 's', '5', 'o', 'clock']
    """
    return "".join(one if one.isalnum() else " " for one in text[: 20 * MOST].casefold()).split()[:MOST]


def features(text: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Give the places that a text has, each once, and how often in a logarithm: 1 + log(times).

    >>> places, times = features("the cat the cat")
    >>> bool((places < PLACES).all()), round(float(times.max()), 2)
    (True, 1.69)
    """
    found: list[int] = []
    before = ""
    for word in words(text):
        found += _places(word)
        if before:
            found.append(crc32(f"{before} {word}".encode()) % WORDS)
        before = word
    places, times = np.unique(np.array(found, np.int64), return_counts=True)
    return places, 1.0 + np.log(times)


@lru_cache(maxsize=1 << 16)
def _places(word: str) -> tuple[int, ...]:
    framed = f" {word[:_LONGEST]} "
    pieces = [framed[at : at + size] for size in (3, 4, 5) for at in range(len(framed) - size + 1)]
    return (crc32(word.encode("utf-8", "replace")) % WORDS, *(WORDS + crc32(piece.encode("utf-8", "replace")) % WORDS for piece in pieces))


def unit(places: NDArray[np.int64], times: NDArray[np.float64], rarity: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weigh features by how rare they are, words and pieces each to length one."""
    values = times * rarity[places]
    for part in (places < WORDS, places >= WORDS):
        length = float(np.sqrt((values[part] ** 2).sum()))
        values[part] /= length or 1.0
    return values
