"""A result from outside, decoded strictly: one clear line for each thing wrong, never a traceback.

`keepstone report RESULT.json` and `keepstone diff` take files that anybody may have written, so size, encoding, schema,
fields, types and the links inside the document are checked before anything is rendered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

import msgspec

from keepstone.core.errors import InputError
from keepstone.core.origin import Area
from keepstone.govern.document import SCHEMA, Result, Run

LARGEST = 64 * 1024 * 1024
MOST_PROBLEMS = 20

_T = TypeVar("_T")


class _Header(msgspec.Struct, frozen=True):
    """The one field that says what a document is."""

    schema: str = ""


def read_result(data: bytes, *, name: str = "result.json", largest: int = LARGEST) -> Result:
    """Decode a result and check the links inside it: twelve areas in order, ids once, no id that stands for nothing.

    Args:
        data: The bytes of the file.
        name: What messages call it.
        largest: Most bytes accepted.

    Raises:
        InputError: If the bytes are not such a document, with a line for each problem.

    >>> read_result(b'{"schema": "other/1"}')
    Traceback (most recent call last):
    keepstone.core.errors.InputError: The «schema» of «result.json» must be 'keepstone/result/1'; got 'other/1'.
    A result of another version is read by the Keepstone that wrote it.
    """
    found = _decode(data, _Header, name, largest).schema
    if found != SCHEMA:
        message = f"The «schema» of «{name}» must be '{SCHEMA}'; got {_quoted(found)}."
        raise InputError(message, hint="A result of another version is read by the Keepstone that wrote it.")
    document = _decode(data, Result, name, largest)
    problems = list(_problems(document, name))
    if problems:
        raise InputError(problems[:MOST_PROBLEMS])
    return document


def read_run(data: bytes, *, name: str = "run.json", largest: int = LARGEST) -> Run:
    """Decode the facts of a run; fields that are not known are passed over.

    Raises:
        InputError: If the bytes are not such a document.

    >>> read_run(b'{"seconds": 41.5}').seconds
    41.5
    """
    return _decode(data, Run, name, largest)


def encode_result(result: Result) -> dict[str, object]:
    """Give the document as plain dicts, lists, text and numbers, ready for the canonical byte form."""
    plain: dict[str, object] = msgspec.to_builtins(result)
    return plain


def _decode(data: bytes, form: type[_T], name: str, largest: int) -> _T:
    """Decode JSON into a form, or say in one line why it can't be."""
    if len(data) > largest:
        message = f"The «size» of «{name}» must be at most {largest // 1024 // 1024} MiB; got {len(data) / 1024 / 1024:.0f} MiB."
        raise InputError(message)
    try:
        return msgspec.json.decode(data, type=form)
    except msgspec.ValidationError as error:
        raise InputError(_explained(str(error), name)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(f"The «content» of «{name}» must be JSON in UTF-8; got: {error}.") from None
    except RecursionError:
        raise InputError(f"The «content» of «{name}» must be a result; got lists within lists without end.") from None


def _explained(message: str, name: str) -> str:
    """Turn the decoder's message into a sentence of the house."""
    what, _, where = message.partition(" - at `")
    field = where.removesuffix("`").removeprefix("$").removeprefix(".")
    expected, got, found = what.partition(", got ")
    if got and expected.startswith("Expected "):
        return f"The «{field or 'content'}» of «{name}» must be {expected.removeprefix('Expected ')}; got {found}."
    return f"The «{field or 'content'}» of «{name}» must fit the schema; got: {what}."


def _problems(document: Result, name: str) -> Iterable[str]:
    """Find what the types can't say."""
    areas = tuple(line.area for line in document.areas)
    wanted = tuple(area.value for area in Area)
    if areas != wanted:
        yield f"The «areas» of «{name}» must be the twelve areas in order, {', '.join(wanted)}; got {len(areas)}: {_quoted(', '.join(areas))}."
    if not 0 < document.alpha < 1:
        yield f"The «alpha» of «{name}» must be between 0 and 1; got {document.alpha:g}."
    for word, times in Counter(finding.id for finding in document.findings).items():
        if times > 1:
            yield f"The «id» of each finding of «{name}» must stand once; got {_quoted(word)} {times} times."
    yield from _dangling(document, name)


def _dangling(document: Result, name: str) -> Iterable[str]:
    """Find ids that stand for nothing."""
    known = {finding.id for finding in document.findings} | {gap.id for gap in document.unmeasured} | {""}
    places = [(f"area «{line.area}»", (*line.findings, line.worst)) for line in document.areas]
    places += [(f"harm {_quoted(harm.name)}", harm.findings) for harm in document.registers.harms]
    for place, words in places:
        for word in words:
            if word not in known:
                yield f"The «findings» of {place} must be ids of findings in «{name}»; got {_quoted(word)}."


def _quoted(text: str) -> str:
    """Show a piece of foreign text in a message: short, on one line, nothing that acts on a terminal."""
    return repr(text if len(text) <= 60 else text[:59] + "…")
