"""Seal files and tell what became of them: the seal stands beside its file, under the same name with `.seal` after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from keepstone.core.errors import InputError
from keepstone.intake import age
from keepstone.ledger.seal import LARGEST, SUFFIX, Checked, Condition, Read, check, seal
from keepstone.lifecycle.record import Record

if TYPE_CHECKING:
    from pathlib import Path

    from keepstone.ledger.keys import Key, PublicKey


@dataclass(frozen=True)
class Told:
    """What became of a file.

    Attributes:
        path: The file.
        checked: The answer.
    """

    path: Path
    checked: Checked


def sealed(path: Path, key: Key, recipients: tuple[str, ...] = ()) -> Path:
    """Seal a file, encrypted first where there are recipients; give the path of the seal.

    Raises:
        InputError: If the file is a seal itself, or can't be read.
    """
    if path.suffix == SUFFIX:
        raise InputError(f"{path}: This is a seal; seal the file that it belongs to.")
    if recipients:
        hidden = path.with_name(path.name + age.SUFFIX)
        part = path.with_name(f".{hidden.name}.part")
        try:
            age.encrypt(path, part, recipients)
            part.replace(hidden)
        finally:
            part.unlink(missing_ok=True)
        path = hidden
    return Record(path.parent).write(path.name + SUFFIX, seal(path.name, _read(path), key))


def told(path: Path, expected: PublicKey | None) -> Told:
    """Tell what became of a file since it was sealed. A file without a seal is unverifiable."""
    try:
        with path.with_name(path.name + SUFFIX).open("rb") as stream:
            kept = stream.read(LARGEST + 1)
    except OSError:
        return Told(path, Checked(Condition.UNVERIFIABLE, f"There is no seal {path.name}{SUFFIX} beside it that can be read."))
    if not path.is_file():
        return Told(path, Checked(Condition.UNVERIFIABLE, "The file is gone; only its seal is there."))
    return Told(path, check(path.name, _read(path), kept, expected))


def opened(path: Path, identities: bytes, *, name: str) -> Path:
    """Decrypt a file `X.age` to X, which must not be there; give its path.

    Raises:
        InputError: If the name is another, X is there, or it can't be decrypted.
    """
    if path.suffix != age.SUFFIX:
        raise InputError(f"{path}: A file that is to be decrypted is named X{age.SUFFIX}.")
    to = path.with_suffix("")
    if to.exists():
        raise InputError(f"{to}: is there already; move it away first.")
    part = path.with_name(f".{to.name}.part")
    try:
        age.decrypt(path, part, identities, name=name)
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)
    return to


def _read(path: Path) -> Read:
    try:
        with path.open("rb") as stream:
            return Read.of(stream)
    except OSError as error:
        raise InputError(f"{path}: The file can't be read: {error.strerror}.") from error
