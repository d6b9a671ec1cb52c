"""Conversations as they are shown: on the page and on a terminal the same, what can't be seen told by its code, what was found marked.

Hostile text is inert here: signs that act (control characters, marks that turn the reading direction, invisible letters) are replaced by words for them, so
that a reader sees what the model saw. Escaping for HTML is the page's own work.
"""

from __future__ import annotations

import shlex
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from keepstone.govern.report import words

if TYPE_CHECKING:
    from keepstone.govern.report.view import FindingView
    from keepstone.govern.transcripts import Behind, Example, Sight, Talk, Text, Transcripts

LINES = 60  # of a text that are shown
TAGS = 0xE0000
SEEN = {"reply": "in the reply", "tools": "in a call of a tool"}

Line = tuple[tuple[str, str], ...]
"""Pieces of one line, each with what it is."""


@dataclass(frozen=True)
class Said:
    """What one side said: who, and its lines."""

    who: str
    lines: tuple[Line, ...]
    folded: bool = False


@dataclass(frozen=True)
class TalkView:
    """A conversation as it is shown."""

    asked: tuple[Said, ...]
    reply: tuple[Said, ...]
    found: tuple[str, ...]
    facts: str
    wire: tuple[Said, ...]


@dataclass(frozen=True)
class ExampleView:
    """A conversation that lost, beside the same question without the attack."""

    trial: int
    command: str
    talk: TalkView
    counterpart: TalkView | None
    harmless: bool


@dataclass(frozen=True)
class BehindView:
    """The conversations behind one finding."""

    finding: FindingView
    anchor: str
    lost: int
    counterpart: str
    examples: tuple[ExampleView, ...]


def behind(said: Transcripts, by_id: dict[str, FindingView]) -> list[BehindView]:
    """Lay out what was said, the worst finding first; of findings that the result does not have, nothing."""
    there = {one.finding: one for one in said.findings}
    return [_behind(there[word], one) for word, one in by_id.items() if word in there]


def _behind(said: Behind, finding: FindingView) -> BehindView:
    anchor = finding.anchor.replace("finding", "said")
    return BehindView(finding, anchor, said.lost, said.counterpart, tuple(_example(said.finding, one) for one in said.examples))


def _example(finding: str, one: Example) -> ExampleView:
    other, mine = one.counterpart, talk(one.talk)
    beside = None if other is None else talk(other)
    return ExampleView(
        one.talk.trial,
        f"keepstone replay {shlex.quote(words.clean(finding, longest=200))} --trial {one.talk.trial}",
        mine,
        None if beside is None else replace(beside, asked=tuple(said for said in beside.asked if said not in mine.asked or said.who == "User")),
        other is not None and other.loss == 0,
    )


def talk(one: Talk) -> TalkView:
    """Lay out a conversation."""
    earlier = [Said("User" if turn.role == "user" else "Assistant", lines(turn.text)) for turn in one.earlier]
    asked = [Said("Deployer", lines(one.prompt), folded=True), Said("Document", lines(one.document)), *earlier, Said("User", lines(one.asked))]
    reply = [Said("Assistant", lines(one.reply)), Said("Tools", lines(one.tools)), Said("No reply", lines(((one.broken, ""),)))]
    wire = [Said("Request", lines(one.sent), folded=True), Said("Response", lines(one.raw), folded=True), Said("Tried", lines(one.path), folded=True)]
    held = [Said("Held back", (((("the mitigation let it go no further", ""),)),))] if one.held else []
    return TalkView(
        tuple(said for said in asked if said.lines),
        tuple(said for said in [*reply, *held] if said.lines) or (Said("Assistant", (((("no reply was let out", ""),)),)),),
        () if one.broken else tuple(sight(seen) for seen in one.found),
        words.joined(
            (f"carrier: {visible(one.carrier)}" if one.carrier else "", _dress(one.encoding), words.plural(one.tries, "try", "tries") if one.tries else "")
        ),
        tuple(said for said in wire if said.lines),
    )


def _dress(encoding: str) -> str:
    return f"written in {visible(encoding).replace('_', ' ')}" if encoding and encoding != "plain" else ""


def sight(seen: Sight) -> str:
    """Say what was found, in which dress, and in what."""
    dress = f", read as {visible(seen.how).replace('_', ' ')}" if seen.how not in {"", "plain"} else ""
    return f"{visible(seen.what)}{dress}{' ' + SEEN[seen.column] if seen.how and seen.column in SEEN else ''}"


def lines(text: Text) -> tuple[Line, ...]:
    r"""Break a text into lines, each in pieces.

    >>> lines((("one\ntwo ", ""), ("three", "found")))
    ((('one', ''),), (('two ', ''), ('three', 'found')))
    """
    out: list[list[tuple[str, str]]] = [[]]
    for piece, kind in text:
        first, *more = visible(piece).split("\n")
        out[-1].append((first, kind))
        out += [[(one, kind)] for one in more]
    kept = [tuple(piece for piece in line if piece[0]) for line in out]
    full = [line for line in kept if line]
    return tuple(full if len(full) <= LINES else [*full[:LINES], (("…", ""),)])


def visible(text: str) -> str:
    r"""Put words in the place of what can't be seen or acts; line ends stay.

    >>> visible("a\u202eb\x1b[31m\u200b\u200b\U000e0068\U000e0069")
    'a⟨U+202E⟩b⟨U+001B⟩[31m⟨U+200B, 2 times⟩⟨unseen: hi⟩'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_runs(text))


def _runs(text: str) -> Iterator[str]:
    for acts, letters in groupby(text, key=_acts):
        run = "".join(letters)
        if not acts:
            yield run
        elif acts == "tag":
            yield f"⟨unseen: {''.join(chr(ord(letter) - TAGS) for letter in run)}⟩"
        else:
            for letter, same in groupby(run):
                count = sum(1 for _ in same)
                yield f"⟨U+{ord(letter):04X}{f', {count} times' if count > 1 else ''}⟩"


def _acts(letter: str) -> str:
    """What a letter is that can't be seen: "tag", "code", or ""."""
    if TAGS + 32 <= ord(letter) < TAGS + 127:
        return "tag"
    kind = unicodedata.category(letter)
    return "code" if letter not in "\n\t" and (kind[0] == "C" or kind in {"Zl", "Zp"}) else ""


def plain_lines(said: Sequence[Said]) -> Iterator[tuple[str, Line]]:
    """Who, and one line after the other, for a terminal."""
    for one in said:
        for number, line in enumerate(one.lines):
            yield ("" if number else one.who), line
