"""Read a TOML file that a person wrote, and say everything that is wrong with it at once, each with its line.

`read` gives the root `Section`; a section hands out its fields by type and rule, and remembers what it was asked for. A field that is
wrong is noted and a harmless stand-in returned, so that reading goes on; `finish` adds the keys that nobody asked for and raises one
`InputError` with every problem. Build nothing from the fields before `finish`.

    root = toml.read("system.toml")
    name = root.text("name")
    limits = [part.number("limit", lower=0, upper=1) for part in root.subs("criterion")]
    root.finish()

    system.toml:14: The «limit» of «criterion 3» must be a number in [0, 1]; got "x".
"""

from __future__ import annotations

import pathlib
import tomllib
from typing import TYPE_CHECKING

from keepstone.core.errors import InputError
from keepstone.intake.fields import Document, Section, inert, is_plain_file
from keepstone.intake.lines import lines

if TYPE_CHECKING:
    import os

LARGEST = 1 << 20
"""The most bytes of a file that people write: one mebibyte."""


def read(path: str | os.PathLike[str], *, limit: int = LARGEST) -> Section:
    """Read one TOML file.

    Args:
        path: The file; errors name it as given.
        limit: The most bytes it may have.

    Returns:
        The section of the whole file.

    Raises:
        InputError: There is no such file, it is too large, not UTF-8, not TOML, or nested too deep.
    """
    name = str(path)
    file = pathlib.Path(path)
    if not is_plain_file(file):
        hint = "`keepstone init` writes a system file from a model and its data."
        raise InputError(f"{inert(name)}: There is no such file.", hint=hint)
    try:
        with file.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise InputError(f"{name}: The file can't be read: {error.strerror}.") from error
    if len(data) > limit:
        raise InputError(f"{name}: The file must be at most {limit:,} bytes.")
    return parse(data, name=name)


def parse(data: bytes, *, name: str) -> Section:
    """Read the bytes of one TOML file.

    Args:
        data: The bytes, UTF-8, with or without a byte-order mark.
        name: What errors call the file.

    Returns:
        The section of the whole file.

    Raises:
        InputError: The bytes are not UTF-8, not TOML, or nested too deep.

    >>> parse(b'name = "triage"', name="system.toml").text("name")
    'triage'
    >>> parse(b'name = triage', name="system.toml")
    Traceback (most recent call last):
    keepstone.core.errors.InputError: system.toml:1:8: This is not TOML: invalid value.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _position(data[: error.start].decode("utf-8-sig"))
        raise InputError(f"{name}:{line}:{column}: The file must be UTF-8; got byte 0x{data[error.start]:02x}.") from error
    text = text.replace("\r\n", "\n")
    found = lines(text, name=name)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{name}:{_explain(str(error), text)}") from error
    except ValueError as error:
        raise InputError(f"{name}: This can't be read as TOML: an integer has too many digits.") from error
    return Document(name=name, table=table, lines=found).root


def _position(before: str) -> tuple[int, int]:
    """Give line and column, both from 1, of what follows a text."""
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _explain(message: str, text: str) -> str:
    """Turn `Invalid value (at line 3, column 8)` into `3:8: This is not TOML: invalid value.`."""
    what, _, where = message.rpartition(" (at ")
    digits = "".join(letter if letter.isdigit() else " " for letter in where).split()
    line, column = (digits[0], digits[1]) if len(digits) == 2 else map(str, _position(text))
    return f"{line}:{column}: This is not TOML: {what[:1].lower()}{what[1:]}."
