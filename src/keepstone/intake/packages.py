"""Read a file of an installed package, byte by byte the one that is known. The package is never imported, so nothing of it runs.

What others collected stays where they put it: it is read where it is installed, and of each reading the package, its version, the digest of the file and
the licence are known. A package that is absent and a file that is another are told in one line, with how to get what is meant.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path, PurePosixPath

from keepstone.core.errors import InputError
from keepstone.intake.fields import inert, is_plain_file

LARGEST = 1 << 26
"""The most bytes of a file: 64 mebibytes."""


@dataclass(frozen=True, kw_only=True)
class Pinned:
    """A file of a package, as it is known.

    Attributes:
        package: Name of the package, as it is installed.
        path: Of the file, from the folder that packages are installed in, with slashes.
        digest: Of its bytes, "sha256:...".
        licence: Of what is in it (SPDX).
        how: How to get it, a command.
    """

    package: str
    path: str
    digest: str
    licence: str
    how: str


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A file that was read.

    Attributes:
        pinned: Which one.
        version: Of the package that it was read from.
        data: Its bytes.
    """

    pinned: Pinned
    version: str
    data: bytes

    @property
    def recipe(self) -> str:
        """Package, version, file, digest and licence."""
        known = self.pinned
        return f"{known.package} {self.version} {known.path} {known.digest} {known.licence}"


def read(pinned: Pinned) -> Taken:
    """Read a file of an installed package.

    Args:
        pinned: Which one, with the digest that it must have.

    Raises:
        InputError: The package is not installed, the file is not in it or too large, or its bytes are others.
    """
    found = _installed(pinned)
    path = _place(found, pinned)
    data = path.read_bytes() if path is not None else None
    if data is None:
        raise InputError(f"The package «{pinned.package}» {_version(found)} has no file {pinned.path}, or one that is too large.", hint=pinned.how)
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    if digest != pinned.digest:
        msg = f"The file {pinned.path} of the package «{pinned.package}» {_version(found)} must have the digest {pinned.digest}; got {digest}."
        raise InputError(msg, hint=pinned.how)
    return Taken(pinned=pinned, version=_version(found), data=data)


def unread(pinned: Pinned) -> str:
    """Why a file can't be read and how to get it, in one line; "" where it can."""
    try:
        read(pinned)
    except InputError as error:
        return " ".join(str(error).split())
    return ""


def _installed(pinned: Pinned) -> Distribution:
    try:
        return distribution(pinned.package)
    except PackageNotFoundError:
        raise InputError(f"The package «{pinned.package}» is not installed.", hint=pinned.how) from None


def _place(found: Distribution, pinned: Pinned) -> Path | None:
    """Where the file is; None where there is none, or it is too large."""
    parts = PurePosixPath(pinned.path)
    if parts.is_absolute() or ".." in parts.parts:
        raise InputError(f"The path of a file of the package «{pinned.package}» must lie inside it; got {pinned.path!r}.")
    path = Path(str(found.locate_file(pinned.path)))
    return path if is_plain_file(path) and path.stat().st_size <= LARGEST else None


def _version(found: Distribution) -> str:
    return inert(found.version)[:40]
