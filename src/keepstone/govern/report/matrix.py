"""The mitigation matrix as a picture: mitigations down, cells of both halves and of usefulness across (geometry only).

A circle is less loss, a diamond more loss, a dot shown no worse, a question mark inconclusive, an empty place not measured:
the shape says it, the colour repeats it, the number gives it in people per 1 000.
"""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass

from keepstone.govern.document import Result
from keepstone.govern.report import words
from keepstone.govern.rows import Interplay, Mitigation

PITCH, CLOSE = 44, 40
MANY = 16
ROW = 48
GAP = 10
NARROWEST = 84
BAND = 26
SLANT = 52
LINE = 32
LARGEST = 17.0
LETTER, SMALL = 7.5, 6.2  # widths of a letter of a title, and of the metric before it
NAME = 25
DIAMOND = 1.16
BLOCKS = ("safety", "security", "usefulness")
SAID = {"worse": "more loss", "better": "less loss", "no_worse": "no worse", "inconclusive": "inconclusive", "not_measured": "not measured"}


@dataclass(frozen=True)
class Column:
    """A cell that mitigations are read on.

    Attributes:
        key: What tells it from the others.
        title: In words.
        lines: The title in at most two lines.
        guard: Whether a gain must show no loss here.
        x: Middle of the column.
    """

    key: tuple[str, str, str, str]
    title: str
    lines: tuple[str, ...]
    guard: bool
    x: int


@dataclass(frozen=True)
class Block:
    """One of the two halves, or usefulness."""

    name: str
    x: int
    width: int


@dataclass(frozen=True)
class Mark:
    """What stands at a crossing.

    Attributes:
        x: Middle.
        y: Middle.
        shape: "better", "worse", "no_worse" or "inconclusive".
        size: Half its width; for a diamond, that of the circle inside it.
        reach: For a diamond, from its middle to a corner.
        text: The number in it.
        title: All of it in words.
    """

    x: int
    y: int
    shape: str
    size: float
    reach: float
    text: str
    title: str


@dataclass(frozen=True)
class Row:
    """A mitigation.

    Attributes:
        name: Its title.
        lines: The title in at most two lines, for a picture that stands alone.
        kind: Its kind in words.
        sort: Its kind as a class.
        strong: Whether no other dominates it.
        cells: Per column the number, its interval and the claim in words, for the table beside the picture.
        latency: Time of a call with it over time without, in words, or "".
    """

    name: str
    lines: tuple[str, ...]
    kind: str
    sort: str
    strong: bool
    cells: tuple[tuple[str, str, str], ...]
    latency: str


@dataclass(frozen=True)
class Matrix:
    """The picture.

    Attributes:
        columns: Across.
        blocks: Their blocks.
        rows: Down.
        marks: At the crossings.
        rules: Where lines between rows run.
        head: Height of the slanted titles.
        top: Where the first row begins.
        width: Of the columns.
        height: Of all.
        label: The picture in a sentence.
    """

    columns: tuple[Column, ...]
    blocks: tuple[Block, ...]
    rows: tuple[Row, ...]
    marks: tuple[Mark, ...]
    rules: tuple[int, ...]
    head: int
    top: int
    width: int
    height: int
    label: str


def matrix(result: Result, latency: dict[str, float] | None = None) -> Matrix | None:
    """Lay the matrix out; None where no mitigation was measured.

    Args:
        result: The result.
        latency: Per mitigation, time of a call with it over time without; from the run, never from the result.
    """
    if not result.interplay:
        return None
    columns, blocks, width = _columns(result)
    known = {one.name: one for one in result.mitigations}
    names = list(known) + [name for name in dict.fromkeys(one.mitigation for one in result.interplay) if name not in known]
    crossings = {(one.mitigation, _key(one)): one for one in result.interplay}
    longest = max(len(line) * (SMALL if line.endswith(",") else LETTER) for column in columns for line in column.lines)
    head = round(longest * math.sin(math.radians(SLANT))) + 26
    top = head + BAND
    rows, marks = [], []
    for i, name in enumerate(names):
        here = [(column, crossings.get((name, column.key))) for column in columns]
        rows.append(_row(name, known.get(name), [one for _, one in here], (latency or {}).get(name)))
        marks += [_mark(one, rows[-1].name, column.x, top + ROW * i + ROW // 2) for column, one in here if one is not None and one.direction != "not_measured"]
    return Matrix(
        columns=columns,
        blocks=blocks,
        rows=tuple(rows),
        marks=tuple(marks),
        rules=tuple(top + ROW * i for i in range(len(names) + 1)),
        head=head,
        top=top,
        width=width,
        height=top + ROW * len(names),
        label=_label(rows, columns),
    )


def _key(one: Interplay) -> tuple[str, str, str, str]:
    """Tell a column from the others."""
    return one.block, one.column, one.condition, one.metric


def _columns(result: Result) -> tuple[tuple[Column, ...], tuple[Block, ...], int]:
    """Order the columns by block, each block in the order of the result, and give them their places."""
    guards: dict[tuple[str, str, str, str], bool] = {}
    for one in result.interplay:
        guards[_key(one)] = guards.get(_key(one), False) or one.guard
    pitch = PITCH if len(guards) <= MANY else CLOSE
    columns: list[Column] = []
    blocks: list[Block] = []
    x = 0
    for block in BLOCKS:
        keys = [key for key in guards if key[0] == block]
        if not keys:
            continue
        x += GAP if blocks else 0
        width = max(NARROWEST, pitch * len(keys))
        blocks.append(Block(block, x, width))
        x += (width - pitch * len(keys)) // 2
        for key in keys:
            title = words.clean(key[1], longest=6 * LINE)
            columns.append(Column(key=key, title=words.clean(key[1]), lines=_broken(title), guard=guards[key], x=x + pitch // 2))
            x += pitch
        x = blocks[-1].x + width
    return tuple(columns), tuple(blocks), x


def _broken(title: str) -> tuple[str, ...]:
    """Break a title into at most two lines: after its first comma, else where they come out nearly even.

    >>> _broken("missed deaths, unit mix-up")
    ('missed deaths,', 'unit mix-up')
    >>> _broken("evasion within two errors")
    ('evasion within', 'two errors')
    """
    before, comma, after = title.partition(", ")
    if not comma:
        places = [i for i, letter in enumerate(title) if letter == " "]
        if len(title) <= LINE // 2 or not places:
            return (words.clip(title, LINE),)
        middle = min(places, key=lambda at: abs(at - len(title) / 2))
        before, after = title[:middle], title[middle + 1 :]
    return words.clip(before + comma.strip(), LINE), words.clip(after, LINE)


def _row(name: str, about: Mitigation | None, cells: list[Interplay | None], latency: float | None) -> Row:
    """Put a mitigation's row into words."""
    kind = about.kind if about else "inconclusive"
    side = f" ({about.side})" if about and about.side and about.kind == "one-sided gain" else ""
    title = (about.title if about else "") or name
    said = words.capital(words.clean(title, longest=60))
    return Row(
        name=said,
        lines=tuple(textwrap.wrap(said, NAME, max_lines=2, placeholder="…")),
        kind=words.clean(kind + side, longest=40),
        sort=kind.replace(" ", "-"),
        strong=about is not None and not about.dominated,
        cells=tuple(_words(one) for one in cells),
        latency="" if latency is None else f"{latency:.3g} times",
    )


def _words(one: Interplay | None) -> tuple[str, str, str]:
    """Say what stands at a crossing: number, interval, claim."""
    if one is None or one.effect is None:
        return "", "", SAID["not_measured"]
    return words.per_mille(one.effect), words.per_milles(one.lower, one.upper), SAID[one.direction]


def _mark(one: Interplay, row: str, x: int, y: int) -> Mark:
    """Draw a crossing: the larger the effect, the larger the shape."""
    strength = min(1.0, math.sqrt(abs(one.effect or 0.0) / 0.3))
    decided = one.direction in {"better", "worse"}
    text = words.per_mille(one.effect) if decided else ""
    size = min(LARGEST, max(11 + 5.5 * strength, 3.9 * len(text))) if decided else 2.5
    title = f"{row} · {words.clean(one.column, longest=80)}: {' '.join(_words(one))}"
    return Mark(x=x, y=y, shape=one.direction, size=round(size, 1), reach=round(DIAMOND * size, 1), text=text, title=title)


def _label(rows: list[Row], columns: tuple[Column, ...]) -> str:
    """Say what the picture shows."""
    kinds = "; ".join(f"{row.name}: {row.kind}" for row in rows)
    return f"Effect of {words.plural(len(rows), 'mitigation', 'mitigations')} on {words.plural(len(columns), 'cell', 'cells')} of both halves. {kinds}."
