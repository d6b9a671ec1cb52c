"""Personal identifiers in a text that hold up: e-mail addresses, telephone numbers, bank accounts (IBAN) and payment cards, each by its own check.

A number counts by its check digits alone (ISO 7064 for an IBAN, Luhn for a card), a telephone number by its form. All of it takes time linear in the text;
the text is read in its plain form, so look-alike letters and invisible ones hide nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_letters, digits
from typing import Final

from keepstone.intake.spelling import plain

KINDS = ("e-mail", "phone", "IBAN", "card")
LOCAL: Final = frozenset(f"{ascii_letters}{digits}._%+-'")
DOMAIN: Final = frozenset(f"{ascii_letters}{digits}.-")
BETWEEN: Final = frozenset(" -./()\u00a0")
"""What may stand between the digits of a number."""
LONGEST_LOCAL, LONGEST_DOMAIN = 64, 253
IBAN = (15, 34)
"""Fewest and most letters of an IBAN."""
CARD = {"2": (16,), "3": (14, 15, 16), "4": (13, 16, 19), "5": (16,), "6": (16, 17, 18, 19)}
"""Digits of a card, by its first."""
APART = 3  # signs between two groups of digits
PHONE = (8, 15)
"""Fewest and most digits of a telephone number with its country's (E.164)."""
NATIONAL = (9, 13)
"""Of one without: it begins with 0 and is written in groups."""
LONGEST = 60  # letters of a run that is read as one number


@dataclass(frozen=True)
class Found:
    """An identifier.

    Attributes:
        kind: One of `KINDS`.
        start: Its first place in the plain form of the text.
        stop: One past its last.
        value: Without what stands between its letters, in small letters.
    """

    kind: str
    start: int
    stop: int
    value: str


def found(text: str) -> list[Found]:
    """Give the identifiers of a text, none within another, in the order in which they stand.

    Args:
        text: In its plain form (`spelling.plain`), which the places refer to.

    Example:
        >>> [(one.kind, one.value) for one in found("Write to a.b@example.org, IBAN DE89 3704 0044 0532 0130 00, card 4111 1111 1111 1111, +49 30 1234567.")]
        [('e-mail', 'a.b@example.org'), ('IBAN', 'de89370400440532013000'), ('card', '4111111111111111'), ('phone', '+49301234567')]
    """
    out: list[Found] = []
    for one in sorted((*_mails(text), *_ibans(text), *_numbers(text)), key=lambda one: (one.start, one.start - one.stop)):
        if not out or one.start >= out[-1].stop:
            out.append(one)
    return out


def masked(text: str, allowed: frozenset[str] = frozenset()) -> str:
    """Put the kind of each identifier in its place, those that are allowed left as they are; a text without any is given back as it is.

    Args:
        text: Any.
        allowed: Values, as `Found` has them.

    Example:
        >>> masked("Write to a@example.org or b@example.org.", frozenset({"b@example.org"}))
        'Write to [e-mail] or b@example.org.'
    """
    bare = plain(text)
    out, at = [], 0
    for one in found(bare):
        if one.value not in allowed:
            out += [bare[at : one.start], f"[{one.kind}]"]
            at = one.stop
    return "".join([*out, bare[at:]]) if out else text


def value_of(text: str) -> str:
    """Give the value of a text that is one identifier and nothing else, "" where it is none.

    >>> value_of("+49 30 1234567"), value_of("hello")
    ('+49301234567', '')
    """
    one = found(plain(text).strip())
    return one[0].value if len(one) == 1 and one[0].stop - one[0].start == len(plain(text).strip()) else ""


# ---- e-mail ----


def _mails(text: str) -> Iterator[Found]:
    at = text.find("@")
    while at >= 0:
        start, stop = _back(text, at, LOCAL, LONGEST_LOCAL), _forth(text, at + 1, DOMAIN, LONGEST_DOMAIN)
        start += len(text[start:at]) - len(text[start:at].lstrip(".-'%"))
        stop -= len(text[at + 1 : stop]) - len(text[at + 1 : stop].rstrip(".-"))
        labels = text[at + 1 : stop].split(".")
        whole = len(labels) > 1 and all(labels) and labels[-1].isalpha() and len(labels[-1]) > 1
        if start < at and whole and ".." not in text[start:at]:
            yield Found("e-mail", start, stop, text[start:stop].casefold())
        at = text.find("@", at + 1)


def _back(text: str, at: int, letters: frozenset[str], most: int) -> int:
    while at > 0 and most > 0 and text[at - 1] in letters:
        at, most = at - 1, most - 1
    return at


def _forth(text: str, at: int, letters: frozenset[str], most: int) -> int:
    while at < len(text) and most > 0 and text[at] in letters:
        at, most = at + 1, most - 1
    return at


# ---- bank accounts ----


def _ibans(text: str) -> Iterator[Found]:
    """Two letters and two digits at the start of a word, then letters and digits in groups; of several ends that hold up, the furthest."""
    for start in range(len(text) - IBAN[0] + 1):
        head = text[start : start + 4]
        if head[:2].isalpha() and head.isascii() and head[2:].isdigit() and not (start and text[start - 1].isalnum()):
            one = _iban(text, start)
            if one is not None:
                yield one


def _iban(text: str, start: int) -> Found | None:
    best, value, at = None, "", start
    while at < min(len(text), start + LONGEST) and len(value) < IBAN[1]:
        letter = text[at]
        if letter.isascii() and letter.isalnum():
            value += letter.upper()
            ends = at + 1 == len(text) or not text[at + 1].isalnum()
            if ends and len(value) >= IBAN[0] and _remainder(value) == 1:
                best = Found("IBAN", start, at + 1, value.casefold())
        elif letter not in " -\u00a0":
            break
        at += 1
    return best


def _remainder(value: str) -> int:
    """The remainder by 97 of an IBAN, its first four letters behind and letters as numbers from 10."""
    return int("".join(str(int(letter, 36)) for letter in value[4:] + value[:4])) % 97


# ---- cards and telephones ----


def _numbers(text: str) -> Iterator[Found]:
    at = 0
    while at < len(text):
        if not (text[at].isascii() and text[at].isdigit()) or (at and text[at - 1].isalnum()):
            at += 1
            continue
        start, stop = at, _end(text, at)
        one = _number(text, start, stop)
        if one is not None:
            yield one
        at = stop


def _end(text: str, at: int) -> int:
    """Where a run of digits ends, a few signs between its groups."""
    stop, first = at, at
    while at < len(text) and at - first < LONGEST and at - stop <= APART:
        if text[at].isascii() and text[at].isdigit():
            stop = at + 1
        elif text[at] not in BETWEEN:
            break
        at += 1
    return stop


def _number(text: str, start: int, stop: int) -> Found | None:
    bare = "".join(letter for letter in text[start:stop] if letter.isdigit())
    if stop < len(text) and text[stop].isalpha():
        return None
    if start > 0 and text[start - 1] == "+":
        return Found("phone", start - 1, stop, f"+{bare}") if PHONE[0] <= len(bare) <= PHONE[1] and bare[0] != "0" else None
    if len(bare) in CARD.get(bare[0], ()) and _luhn(bare):
        return Found("card", start, stop, bare)
    return Found("phone", start, stop, bare) if _national(text[start:stop], bare) else None


def _national(written: str, bare: str) -> bool:
    """Whether a number without its country is written as people write one: from 0, in groups, the first of two digits or more."""
    return bare[0] == "0" and written[:2].isdigit() and len(bare) < len(written) and NATIONAL[0] <= len(bare) <= NATIONAL[1] and not _date(written)


def _luhn(bare: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(bare)))
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def _date(written: str) -> bool:
    """Whether a number looks like a day and a time rather than a telephone number: 01.02.2026 14."""
    parts = written.replace("/", ".").replace("-", ".").split(".")
    return len(parts) >= 3 and all(len(part.strip()) <= 2 for part in parts[:2])
