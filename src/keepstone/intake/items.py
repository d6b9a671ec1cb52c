"""Read own questions to a chat system: CSV, or one JSON object a line. What is not known, too long or too short to be searched for is refused with its line."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from keepstone.core.errors import InputError
from keepstone.intake import table
from keepstone.intake.fields import inert, is_plain_file, shown

FIELDS = ("question", "kind", "document", "right", "secret", "canary", "template", "prompt")
GROUP = "group:"
LONGEST = 100_000  # letters of a text
LARGEST = 1 << 26  # bytes of a file: 64 mebibytes
SHORTEST = 6  # letters of a word that is searched for in every dress
_MOST = 20  # problems that are listed


@dataclass(frozen=True)
class Row:
    """One question as it stands in the file.

    Attributes:
        where: File and line.
        texts: By field, those that are there; several right answers stand on lines of their own.
        groups: By attribute, the group of whoever asks.
        checks: (kind, words), what must hold of a reply; see `keepstone.intake.promptfoo`.
    """

    where: str
    texts: Mapping[str, str]
    groups: Mapping[str, str]
    checks: tuple[tuple[str, tuple[str, ...]], ...] = ()


def read(path: pathlib.Path) -> list[Row]:
    """Read the questions of a file.

    Args:
        path: It ends in ".jsonl", or is CSV, plain or gzipped.

    Raises:
        InputError: It is missing, too large, or holds what can't be meant; everything wrong is told with its line.
    """
    rows = list(_of_lines(path) if path.suffix == ".jsonl" else _of_table(path))
    problems = [f"{row.where}: {said}" for row in rows for said in _problems(row)]
    if problems:
        raise InputError(problems[:_MOST] + ([f"{path}: and {len(problems) - _MOST:,} more."] if len(problems) > _MOST else []))
    if not rows:
        raise InputError(f"{path}: There must be at least one question.")
    return rows


def _of_table(path: pathlib.Path) -> Iterator[Row]:
    found = table.read(path, limit=LARGEST)
    names = list(found.columns)
    _known(names, f"{path}:1")
    for at, cells in enumerate(zip(*found.columns.values(), strict=True)):
        yield _row(found.where(at), dict(zip(names, cells, strict=True)))


def _of_lines(path: pathlib.Path) -> Iterator[Row]:
    if not is_plain_file(path):
        raise InputError(f"{inert(str(path))}: There is no such file.")
    if path.stat().st_size > LARGEST:
        raise InputError(f"{path}: The file must be at most {LARGEST:,} bytes.")
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        if line.strip():
            where = f"{path}:{number}"
            try:
                given = msgspec.json.decode(line, type=dict[str, str | list[str]])
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                raise InputError(f"{where}: The line must be a JSON object of texts, or of lists of texts: {inert(str(error))[:200]}.") from None
            _known(list(given), where)
            yield _row(where, {name: value if isinstance(value, str) else "\n".join(value) for name, value in given.items()})


def _known(names: Sequence[str], where: str) -> None:
    strange = [name for name in names if name not in FIELDS and not (name.startswith(GROUP) and len(name) > len(GROUP))]
    if strange:
        raise InputError(f"{where}: The fields of a question must be {', '.join(FIELDS)} or {GROUP}NAME; got {shown(strange[0])}.")
    if "question" not in names:
        raise InputError(f"{where}: A question must have the field «question».")


def _row(where: str, given: Mapping[str, str]) -> Row:
    texts = {name: value for name, value in given.items() if name in FIELDS and value.strip()}
    return Row(where, texts, {name.removeprefix(GROUP): value for name, value in given.items() if name.startswith(GROUP) and value.strip()})


def _problems(row: Row) -> Iterator[str]:
    if "question" not in row.texts:
        yield "The «question» must be a text; it is empty."
    for name, text in row.texts.items():
        if len(text) > LONGEST:
            yield f"The «{name}» must have at most {LONGEST:,} letters; got {len(text):,}."
        if not text.isprintable() and any(ord(letter) < 32 and letter not in "\n\r\t" for letter in text):
            yield f"The «{name}» must be text; got control characters: {shown(text, most=30)}."
    for name in ("secret", "canary"):
        word = row.texts.get(name, "")
        if word and (len(word) < SHORTEST or len(word.split()) != 1):
            yield f"The «{name}» must be one word of at least {SHORTEST} letters, so that nobody says it by accident; got {shown(word)}."
