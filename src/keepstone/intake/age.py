"""Encryption at rest by age (age-encryption.org/v1), through the library pyrage: only who holds the identity reads what was encrypted to its recipient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.core.errors import InputError, MissingExtra

if TYPE_CHECKING:
    from pathlib import Path

SUFFIX = ".age"
LARGEST = 1 << 16  # bytes of a file of identities


def encrypt(source: Path, to: Path, recipients: tuple[str, ...]) -> None:
    """Encrypt a file.

    Args:
        source: What is read.
        to: What is written, or overwritten.
        recipients: Who can read it: `age1...` each.

    Raises:
        MissingExtra: If pyrage is not installed.
        InputError: If a recipient is none.
    """
    try:
        import pyrage
    except ImportError as error:
        raise MissingExtra("pyrage", "age") from error
    found = []
    for text in recipients:
        try:
            found.append(pyrage.x25519.Recipient.from_str(text))
        except pyrage.RecipientError as error:
            raise InputError(f"The «recipient» must be one of age, such as age1...; got {text[:80]!r}.") from error
    pyrage.encrypt_file(str(source), str(to), found)


def decrypt(source: Path, to: Path, identities: bytes, *, name: str) -> None:
    """Decrypt a file.

    Args:
        source: What is read.
        to: What is written; nothing is left of it where that fails.
        identities: A file of age: lines `AGE-SECRET-KEY-1...`, and comments.
        name: What errors call that file.

    Raises:
        MissingExtra: If pyrage is not installed.
        InputError: If there is no identity, or none of them can read the source.
    """
    try:
        import pyrage
    except ImportError as error:
        raise MissingExtra("pyrage", "age") from error
    lines = [line.strip() for line in identities.decode("utf-8", "replace").splitlines()]
    try:
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError as error:
        raise InputError(f"{name}: must hold an identity of age on each line, AGE-SECRET-KEY-1...") from error
    if not found:
        raise InputError(f"{name}: holds no identity of age.")
    try:
        pyrage.decrypt_file(str(source), str(to), found)
    except pyrage.DecryptError as error:
        to.unlink(missing_ok=True)
        raise InputError(f"{source}: can't be decrypted with the identities of {name}, or is not a file of age.") from error
