"""What a reply claims that can be held against a source word by word: its numbers, and its names."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, zip_longest

from keepstone.intake.spelling import QUOTES, plain

ENDS = (".", "!", "?", ":")
OWN = frozenset({"i", "i'm", "i'll", "i've", "i'd"})
"""Words in capitals that are no names."""
LONGEST = 300
"""Digits of a number that is read as one."""


def words(text: str) -> set[str]:
    """Give every word of a text, and every number, in the form in which they are compared.

    >>> sorted(words("Closed on Sunday, 4,000 mg (2.50 euros), lindenhof-guest."))
    ['2.5', '4000', 'closed', 'euros', 'guest', 'lindenhof', 'mg', 'on', 'sunday']
    """
    return {word for piece in plain(text).split() for word in _pieces(piece)}


def claims(text: str, *, names: bool) -> set[str]:
    """Give the numbers of a reply and, where wanted, its names: words in capitals that begin no sentence.

    >>> sorted(claims("It is 250. Ask Anna on the 3rd floor, I say.", names=True)), sorted(claims("It is 250. Ask Anna.", names=False))
    (['250', '3', 'anna'], ['250'])
    """
    out, begins = set[str](), True
    for piece in plain(text).split():
        said = set(_pieces(piece))
        bare = piece.strip(QUOTES)
        name = names and not begins and bare[:1].isupper() and bare.casefold() not in OWN
        out |= said if name else {one for one in said if one[:1].isdigit()}
        begins = piece.rstrip(QUOTES.replace(".", "").replace("!", "").replace("?", "").replace(":", "")).endswith(ENDS)
    return out


def numbers(text: str) -> list[tuple[float, str]]:
    """Give each number of a text with the word that follows it, "" where none does.

    >>> numbers("From 2.50 euros, at most 4,000mg: 12")
    [(2.5, 'euros'), (4000.0, 'mg'), (12.0, '')]
    """
    pieces = [said for piece in plain(text).split() for said in _pieces(piece)]
    both = zip_longest(pieces, pieces[1:], fillvalue="")
    return [(float(said), "" if after[:1].isdigit() else after) for said, after in both if _is_number(said)]


def _is_number(said: str) -> bool:
    return said[:1].isdigit() and len(said) < LONGEST


def _pieces(piece: str) -> Iterator[str]:
    """The words and numbers of what stands between blanks: a number keeps its point, and loses what sets its thousands apart."""
    for kind, letters in groupby(piece.casefold(), _kind):
        said = "".join(letters).strip(".,")
        if kind == "number" and said:
            yield _number(said)
        elif kind == "word":
            yield said


def _kind(letter: str) -> str:
    return "number" if letter.isdecimal() or letter in ".," else "word" if letter.isalpha() else ""


def _number(said: str) -> str:
    """A number in one form: 4,000 and 4000 are one, and so are 2.50 and 2.5."""
    whole, mark, rest = said.rpartition("." if said.rfind(".") > said.rfind(",") else ",")
    if not mark or len(rest) == 3:
        return said.replace(",", "").replace(".", "")
    even = rest.rstrip("0")
    return whole.replace(",", "").replace(".", "") + (f".{even}" if even else "")
