"""Where a word stands in a text, in whatever dress, and what must not be shown of a text: secrets, addresses, long numbers, keys.

All of it takes time linear in the text: letters are brought to their plainest form one by one, with the place that each came from.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from keepstone.core.chat import Trace
from keepstone.intake.spelling import APART, QUOTES, UNLEET, found, plain

if TYPE_CHECKING:
    from keepstone.core.trial import Outcome

Span: TypeAlias = tuple[int, int]
Place: TypeAlias = tuple[int, int, str]
"""A span, and what is shown in its stead."""
Kind: TypeAlias = Literal["", "found", "hidden"]
Piece: TypeAlias = tuple[str, Kind]
"""A stretch of a text, and what it is: "", FOUND, or HIDDEN with what stood there told in words."""

FOUND: Final = "found"
HIDDEN: Final = "hidden"
LEAST_DIGITS = 7  # digits in a row, whatever stands between them, that are taken for somebody's number
LEAST_KEY = 20  # letters and digits in a row that are taken for a key
MOST_SPANS = 20
IN_NUMBERS = "+-./() "


def spans(text: str, word: str, how: str = "plain") -> tuple[Span, ...]:
    r"""Where a word stands in a text, as `keepstone.intake.spelling.found` told how; none where its letters can't be told apart.

    >>> spans("It is K-E-E-P - 7.", "keep7", "spaced"), spans("Say kee\u200bp.", "keep"), spans("See a2VlcA==!", "keep", "base64")
    (((6, 17),), ((4, 9),), ((4, 13),))
    """
    if how in ENCODED:
        return tuple(place for place in _words(text) if found(text[slice(*place)].strip(QUOTES), word) == how)[:MOST_SPANS]
    change, wanted = _changes(how), _wanted(word, how)
    letters, places = _letters(text, change)
    out: list[Span] = []
    at = letters.find(wanted) if wanted else -1
    while at >= 0 and len(out) < MOST_SPANS:
        out.append((places[at], places[at + len(wanted) - 1] + 1))
        at = letters.find(wanted, at + len(wanted))
    return tuple(out)


ENCODED = ("base64", "hex")


def _wanted(word: str, how: str) -> str:
    """What is looked for among the letters of a text."""
    bare = " ".join(plain(word).casefold().split())
    if how == "spaced":
        return "".join(bare.split()).translate(APART)
    if how == "rot13":
        return codecs.encode(bare, "rot13")
    return bare[::-1] if how == "reversed" else bare.translate(UNLEET) if how == "leet" else bare


def _changes(how: str) -> Callable[[str], str]:
    if how == "spaced":
        return lambda letter: "" if letter.isspace() else letter.translate(APART)
    return (lambda letter: letter.translate(UNLEET)) if how == "leet" else (lambda letter: letter)


def _letters(text: str, change: Callable[[str], str]) -> tuple[str, list[int]]:
    """The letters of a text in their plainest form, blanks as one, and the place of each."""
    out: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        shown = change(" " if letter.isspace() else _plain(letter))
        if shown == " " and out and out[-1] == " ":
            continue
        out += shown
        places += [place] * len(shown)
    return "".join(out), places


@lru_cache(4096)
def _plain(letter: str) -> str:
    return "'" if letter == "\u2019" else plain(letter).casefold()


def _words(text: str) -> Iterator[Span]:
    """Each stretch between two blanks."""
    at = 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        yield start, at


# ---- what must not be shown ----


def shown(text: str, marks: Sequence[Span] = (), secret: str = "", *, whole: bool = False, longest: int = 2000, dressed: bool = True) -> tuple[Piece, ...]:
    """Cut a text into pieces: what was found, what is hidden, and the rest, as much of it as is shown.

    Args:
        text: What was said.
        marks: What was found in it, which is shown, but for the secret.
        secret: What must not be shown, in whatever dress.
        whole: Whether nothing is hidden.
        longest: Letters that are kept: the beginning, and what lies around the first mark.
        dressed: Whether the secret may wear any dress; a text that Keepstone wrote itself holds it as it is, or not at all.

    >>> shown("The code is KEEP-7741, write to a@example.org.", secret="KEEP-7741")
    (('The code is ', ''), ('[secret]', 'hidden'), (', write to ', ''), ('[address]', 'hidden'))
    """
    if whole:
        hidden: list[Place] | None = []
    else:
        hidden = _secret(text, secret) if dressed else _plainly(text, secret)
    if hidden is None:
        return (("[withheld: it holds the secret]", HIDDEN),)
    for one in () if whole else _personal(_blanked(text, hidden)):
        if not any(_meet(one[:2], other) for other in (*marks, *(known[:2] for known in hidden))):
            hidden.append(one)
    if not marks and not hidden and len(text) <= longest:
        return ((text, ""),)
    named: list[tuple[int, int, Kind, str]] = [(start, stop, FOUND, "") for start, stop in marks if not any(_meet((start, stop), one[:2]) for one in hidden)]
    places = sorted([*named, *((start, stop, HIDDEN, what) for start, stop, what in hidden)])
    return _cut(tuple(_pieces(text, places)), longest)


def _secret(text: str, secret: str) -> list[Place] | None:
    """Where the secret stands; None where it stands there in a dress that can't be taken out."""
    out: list[Place] = []
    for _ in range(MOST_SPANS if secret else 0):
        left = _blanked(text, out)
        how = found(left, secret)
        if not how:
            return out
        places = spans(left, secret, how)
        if not places:
            return None
        out += [(start, stop, "[secret]") for start, stop in places]
    return None if secret else out


def _plainly(text: str, secret: str) -> list[Place]:
    """Where the secret stands as it is."""
    out: list[Place] = []
    at = text.find(secret) if secret else -1
    while at >= 0:
        out.append((at, at + len(secret), "[secret]"))
        at = text.find(secret, at + len(secret))
    return out


def _blanked(text: str, places: Sequence[Place]) -> str:
    """The text with line ends in some places, as long as it was."""
    for start, stop, _what in places:
        text = text[:start] + "\n" * (stop - start) + text[stop:]
    return text


@lru_cache(1024)
def _personal(text: str) -> tuple[Place, ...]:
    """Addresses, long numbers and keys; names are not known, and stay."""
    digits = sum(map(text.count, "0123456789")) if text.isascii() else sum(map(str.isdigit, text))
    many = digits >= LEAST_DIGITS
    if not many and "@" not in text and max(map(len, text.split()), default=0) < LEAST_KEY:
        return ()
    out: list[Place] = []
    for start, stop in _words(text):
        word = text[start:stop]
        if "@" in word[1:-1] and "." in word.rpartition("@")[2]:
            out.append((start, stop, "[address]"))
        elif len(word) >= LEAST_KEY and _key(word):
            out.append((start, stop, "[key]"))
    return (*out, *(_numbers(text) if many else ()))


def _key(word: str) -> bool:
    bare = word.strip(QUOTES)
    body = sum(letter.isalnum() for letter in bare)
    return LEAST_KEY <= body >= len(bare) * 0.8 and any(map(str.isdigit, bare)) and any(map(str.isalpha, bare)) and bare.isascii()


def _numbers(text: str) -> Iterator[Place]:
    """Digits in a row, with what people put between them."""
    start, count, last = -1, 0, -1
    for at, letter in enumerate(text + "\0"):
        if letter.isdigit():
            start, count, last = (at if start < 0 else start), count + 1, at
        elif start >= 0 and (letter not in IN_NUMBERS or at - last > 2):
            if count >= LEAST_DIGITS:
                yield start, last + 1, "[number]"
            start, count = -1, 0


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _pieces(text: str, places: Sequence[tuple[int, int, Kind, str]]) -> Iterator[Piece]:
    """The text in order, whatever two places share told once."""
    at = 0
    for start, stop, kind, what in places:
        if start < at:
            continue
        if start > at:
            yield text[at:start], ""
        yield (what or text[start:stop]), kind
        at = stop
    if at < len(text):
        yield text[at:], ""


def _cut(pieces: tuple[Piece, ...], longest: int) -> tuple[Piece, ...]:
    """Leave letters out of what is too long: far from what was found, and from the beginning."""
    if sum(len(text) for text, _kind in pieces) <= longest:
        return pieces
    out: list[Piece] = []
    left = longest
    near = next((k for k, (_text, kind) in enumerate(pieces) if kind == FOUND), 0)
    for k, (text, kind) in enumerate(pieces):
        if left <= 0:
            out.append(("…", ""))
            break
        room = min(left, longest // 2) if k <= near else left
        kept = text if len(text) <= room else f"{text[: room // 2]}…{text[-(room - room // 2) :]}" if k < near else f"{text[:room]}…"
        left -= len(kept)
        out.append((kept, kind))
    return tuple(out)


def written(pieces: Sequence[Piece]) -> str:
    """The pieces as one text.

    >>> written((("It is ", ""), ("[secret]", "hidden")))
    'It is [secret]'
    """
    return "".join(text for text, _kind in pieces)


# ---- what a metric found ----


def holding(outcome: Outcome, place: int, word: str, what: str) -> tuple[Trace, ...]:
    """How the reply, and the tools that it calls, hold a word."""
    out = []
    for column in ("reply", "tools"):
        text = str(outcome.columns[column][place])
        how = found(text, word)
        if how:
            out.append(Trace(what, how, column, spans(text, word, how)))
    return tuple(out)


def saying(outcome: Outcome, place: int, phrases: Sequence[str], what: str) -> tuple[Trace, ...]:
    """Which of some phrases the reply says."""
    text = str(outcome.columns["reply"][place])
    places = [one for phrase in phrases for one in spans(text, phrase)]
    return (Trace(what, "plain", "reply", tuple(sorted(set(places))[:MOST_SPANS])),) if places else ()


def lacking(outcome: Outcome, place: int, what: str) -> tuple[Trace, ...]:
    """That the reply lacks something, or that there is none."""
    text = str(outcome.columns["reply"][place])
    return (Trace(what if text.strip() else "no reply was let out"),)
