"""Read and write labels of exchanges, one JSON object a line: what was said, what people say of it, and what a judge said.

    {"question": "Why?", "reply": "Because.", "source": "clinic, ordinary use"}
    {"item": "5f0c...", "rater": "ann", "label": 1}
    {"item": "5f0c...", "judge": "91ab...", "says": 0}

One line may hold all of it. A later line of the same rater, or judge, on the same item counts. A last line without its end is what an interrupted writer left,
and is passed over. The id of an item follows from question and reply.
"""

from __future__ import annotations

import os
import pathlib
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b, sha256
from typing import TYPE_CHECKING

import msgspec

from keepstone.core.errors import InputError
from keepstone.intake.fields import inert, is_plain_file

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST = 1 << 28  # bytes of a file
LONGEST = 100_000  # characters of a text
MOST_TIMES = 1_000_000
NAMES = 60  # characters of a rater's name
_MOST = 20  # problems that are listed


class Line(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One line.

    Attributes:
        item: Id of the exchange; it may be left out beside question and reply.
        question: What the user said.
        reply: What was answered.
        source: Where it comes from: system and condition.
        times: How often it was drawn, where the same was said more than once.
        rater: Who labels.
        label: 1 where it is so, 0 where not, null where the rater can't tell.
        judge: Digest of a judge's recipe.
        says: What that judge says, null where it gave no answer.
    """

    item: str = ""
    question: str | None = None
    reply: str | None = None
    source: str = ""
    times: int = 1
    rater: str | None = None
    label: int | bool | msgspec.UnsetType | None = msgspec.UNSET
    judge: str | None = None
    says: int | bool | msgspec.UnsetType | None = msgspec.UNSET


@dataclass(frozen=True)
class Said:
    """An exchange that is labelled.

    Attributes:
        question: What the user said.
        reply: What was answered.
        source: Where it comes from, or "".
        times: How often it was drawn: what is said more often counts as often.
    """

    question: str
    reply: str
    source: str = ""
    times: int = 1


@dataclass
class Labels:
    """All that a file holds.

    Attributes:
        digest: Of the file's bytes.
        items: By id, in the order of the file.
        votes: By rater, what they say of an item: 1, 0, or None where they can't tell.
        opinions: By digest of a judge, what it says.
    """

    digest: str = ""
    items: dict[str, Said] = field(default_factory=dict)
    votes: dict[str, dict[str, int | None]] = field(default_factory=dict)
    opinions: dict[str, dict[str, int | None]] = field(default_factory=dict)

    @cached_property
    def truth(self) -> Mapping[str, int]:
        """By item, what more than half of its raters say; nothing where they are split."""
        out = {}
        for item in self.items:
            counts = Counter(vote for votes in self.votes.values() if (vote := votes.get(item)) is not None)
            if counts[1] != counts[0]:
                out[item] = int(counts[1] > counts[0])
        return out

    @property
    def split(self) -> int:
        """Items that were labelled and on which the raters are split."""
        labelled = {item for votes in self.votes.values() for item, vote in votes.items() if vote is not None}
        return len(labelled - set(self.truth))

    @property
    def sources(self) -> tuple[str, ...]:
        """Where the labelled items come from, each once."""
        return tuple(dict.fromkeys(self.items[item].source for item in self.truth))


def item_of(question: str, reply: str) -> str:
    """The id of an exchange: a digest of both texts.

    >>> item_of("Why?", "Because.") == item_of("Why?B", "ecause.")
    False
    """
    told = f"{len(question)}\n{question}\n{reply}"
    return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


def read(path: pathlib.Path) -> Labels:
    """Read a file of labels.

    Raises:
        InputError: It is missing, too large, or holds what can't be meant; everything wrong is told with its line.
    """
    if not is_plain_file(path):
        raise InputError(f"{inert(str(path))}: There is no such file.")
    if path.stat().st_size > LARGEST:
        raise InputError(f"{inert(str(path))}: The file must be at most {LARGEST:,} bytes.")
    data = path.read_bytes()
    found, problems = Labels(digest=f"sha256:{sha256(data).hexdigest()}"), []
    for number, line in enumerate(data.split(b"\n")[:-1], 1):
        if line.strip():
            wrong = _take(found, line)
            problems += [f"{inert(str(path))}:{number}: {wrong}"] if wrong else []
    if problems:
        more = [f"{inert(str(path))}: and {len(problems) - _MOST:,} more."] if len(problems) > _MOST else []
        raise InputError(problems[:_MOST] + more)
    return found


def _take(found: Labels, text: bytes) -> str:
    """Take a line in; give what is wrong with it, or ""."""
    try:
        line = msgspec.json.decode(text, type=Line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return f"The line must be a JSON object of a label: {inert(str(error))[:200]}."
    return _exchange(found, line) or _vote(found, line) or _opinion(found, line)


def _exchange(found: Labels, line: Line) -> str:
    if (line.question is None) != (line.reply is None):
        return "The «question» and the «reply» must stand beside each other."
    if line.question is None or line.reply is None:
        return "" if line.item in found.items else f"The «item» must be one whose texts stand in a line before; got {inert(line.item[:40])!r}."
    if max(len(line.question), len(line.reply)) > LONGEST:
        return f"A text must have at most {LONGEST:,} characters; got {max(len(line.question), len(line.reply)):,}."
    if not 1 <= line.times <= MOST_TIMES:
        return f"The «times» must be an integer in [1, {MOST_TIMES:,}]; got {line.times}."
    item = item_of(line.question, line.reply)
    if line.item not in {"", item}:
        return f"The «item» must be {item}, that of its question and reply; got {inert(line.item[:40])!r}."
    line.item = item
    found.items.setdefault(item, Said(line.question, line.reply, line.source[:200], line.times))
    return ""


def _vote(found: Labels, line: Line) -> str:
    if line.rater is None:
        return "" if line.label is msgspec.UNSET else "The «label» must stand beside a «rater»."
    if not (line.rater.strip() and line.rater.isprintable() and len(line.rater) <= NAMES):
        return f"The «rater» must be a name of at most {NAMES} printable characters."
    if not _truth(line.label):
        return "The «label» must be 1, 0, or null where the rater can't tell."
    found.votes.setdefault(line.rater, {})[line.item] = None if line.label is None else int(line.label)  # type: ignore[arg-type]
    return ""


def _opinion(found: Labels, line: Line) -> str:
    if line.judge is None:
        return "" if line.says is msgspec.UNSET else "The «says» must stand beside a «judge»."
    if not (line.judge and line.judge.isalnum() and len(line.judge) <= NAMES):
        return "The «judge» must be the digest of a judge."
    if not _truth(line.says):
        return "The «says» must be 1, 0, or null where the judge gave no answer."
    found.opinions.setdefault(line.judge, {})[line.item] = None if line.says is None else int(line.says)  # type: ignore[arg-type]
    return ""


def _truth(value: object) -> bool:
    return value is None or (isinstance(value, int) and value in (0, 1))


def append(path: pathlib.Path, lines: list[Line]) -> None:
    """Add lines at the end of a file, whole and at once; what an interrupted writer left there is ended first.

    Raises:
        InputError: It can't be written.
    """
    try:
        with path.open("ab+") as stream:
            if stream.seek(0, os.SEEK_END):
                stream.seek(-1, os.SEEK_END)
                if stream.read(1) != b"\n":
                    stream.truncate(_last_end(path))
            stream.write(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise InputError(f"{inert(str(path))}: The labels can't be written: {error.strerror}.") from error


def _last_end(path: pathlib.Path) -> int:
    """Where the last whole line ends."""
    return path.read_bytes().rfind(b"\n") + 1
