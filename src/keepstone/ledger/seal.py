"""Seals: a checksum finds accidents, a signature finds intent, and the pair tells which of them happened (paper, section 1).

A seal is a small JSON file beside what it seals. It says the file's CRC-32 (anybody can compute it anew), its SHA-256, and an Ed25519 signature (RFC 8032)
over the statement, which only the holder of the key can make; a second CRC-32 covers the seal itself.

    checksum  digest  signature
    fits      fits    holds      intact
    off       off     holds      corrupted: what chance does to a file it does to its checksum too, and leaves neither fitting
    fits      off     holds      tampered: somebody made the checksum anew for another file
    off       fits    holds      corrupted: the checksum was damaged, the file is what was signed
    any       any     broken     tampered where the seal's own checksum fits (it was written so), unverifiable where it does not (it was damaged)

An attacker who leaves the checksum off can't be told from an accident: the answer is "corrupted" and says so. A key that is not the one expected is tampering.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import BinaryIO

from keepstone.core.errors import EvidenceError, InputError
from keepstone.ledger.canonical import decode, encode
from keepstone.ledger.keys import Key, PublicKey, verify

SCHEMA = "keepstone/seal/1"
SUFFIX = ".seal"
"""What a seal's file is named after."""
CHECKSUM = "crc32:"
LARGEST = 1 << 14  # bytes of a seal
_PIECE = 1 << 20  # bytes read at once
_STATED = frozenset({"schema", "name", "size", "checksum", "digest", "key"})
_ALL = _STATED | {"signature", "own"}


class Condition(Enum):
    """What a seal says of its file."""

    INTACT = "intact"
    CORRUPTED = "corrupted"
    TAMPERED = "tampered"
    UNVERIFIABLE = "unverifiable"


@dataclass(frozen=True)
class Checked:
    """An answer.

    Attributes:
        condition: Which of the four.
        why: In one sentence.
    """

    condition: Condition
    why: str


@dataclass(frozen=True)
class Read:
    """What was read of a file, in one pass.

    Attributes:
        size: Bytes.
        checksum: `crc32:` and 8 hexadecimal digits.
        digest: `sha256:` and 64.
    """

    size: int
    checksum: str
    digest: str

    @classmethod
    def of(cls, stream: BinaryIO) -> Read:
        """Read to the end.

        >>> import io
        >>> Read.of(io.BytesIO(b"123456789")).checksum
        'crc32:cbf43926'
        """
        size, crc, sha = 0, 0, hashlib.sha256()
        while piece := stream.read(_PIECE):
            size, crc = size + len(piece), zlib.crc32(piece, crc)
            sha.update(piece)
        return cls(size, f"{CHECKSUM}{crc:08x}", f"sha256:{sha.hexdigest()}")


def checksum(data: bytes) -> str:
    """The CRC-32 of bytes in memory.

    >>> checksum(b"123456789")
    'crc32:cbf43926'
    """
    return f"{CHECKSUM}{zlib.crc32(data):08x}"


def seal(name: str, read: Read, key: Key) -> bytes:
    """Make the seal of a file.

    Args:
        name: The file's name, without folders.
        read: What was read of it.
        key: Who answers for it.

    Returns:
        The bytes of the seal, canonical JSON (RFC 8785).

    Example:
        >>> import io
        >>> from keepstone.ledger.keys import InsecureDevelopmentKey
        >>> key = InsecureDevelopmentKey()
        >>> made = seal("model.bin", Read.of(io.BytesIO(b"weights")), key)
        >>> check("model.bin", Read.of(io.BytesIO(b"weights")), made, key.public).condition.value
        'intact'
    """
    stated: dict[str, object] = {
        "schema": SCHEMA,
        "name": name,
        "size": read.size,
        "checksum": read.checksum,
        "digest": read.digest,
        "key": key.public.record(),
    }
    signature = base64.b64encode(key.sign(_signed(stated))).decode("ascii")
    return encode(_owned({**stated, "signature": signature}))


def check(name: str, read: Read, sealed: bytes, expected: PublicKey | None) -> Checked:
    """Tell the four conditions apart.

    Args:
        name: The file's name.
        read: What was read of it now.
        sealed: The bytes of its seal.
        expected: Who must have sealed it; None where nobody is known.
    """
    try:
        record = _record(sealed)
        key = PublicKey.from_record(record["key"])
    except EvidenceError as error:
        return Checked(Condition.UNVERIFIABLE, f"The seal itself is damaged: {error.args[0]}")
    undamaged = record["own"] == _own(record)
    why = _forged(key, record, expected) if undamaged or _holds(key, record) else ""
    if not why and not _holds(key, record):
        return Checked(Condition.UNVERIFIABLE, "The seal itself is damaged: neither its own checksum nor its signature fits.")
    if not why and record["name"] != name:
        why = f"The seal is that of another file, «{record['name']}»."
    if why:
        return Checked(Condition.TAMPERED, why)
    if expected is None:
        return Checked(Condition.UNVERIFIABLE, f"Nobody said whose seal it must be; it is signed by {key.id}, which anybody could have made.")
    return _compared(read, record, undamaged=undamaged)


def _forged(key: PublicKey, record: Mapping[str, object], expected: PublicKey | None) -> str:
    """Why a seal is not that of the key expected, or ""."""
    if not _holds(key, record):
        return "The seal was written anew by somebody without the key: its own checksum fits, its signature does not."
    return f"It was sealed by another key, {key.id}, than the one expected, {expected.id}." if expected is not None and key.raw != expected.raw else ""


def _compared(read: Read, record: Mapping[str, object], *, undamaged: bool) -> Checked:
    """Judge a file by a seal whose signature holds."""
    fits = read.checksum == record["checksum"]
    if read.digest == record["digest"] and read.size == record["size"]:
        if fits and undamaged:
            return Checked(Condition.INTACT, "Checksum and signature fit.")
        return Checked(Condition.CORRUPTED, "A checksum was damaged; the file is what was signed.")
    if fits:
        return Checked(Condition.TAMPERED, "The checksum fits and the signature does not: somebody made the checksum fit.")
    return Checked(Condition.CORRUPTED, "Neither checksum nor signature fits: damage. Somebody who did not care to hide can't be told from it.")


def _holds(key: PublicKey, record: Mapping[str, object]) -> bool:
    try:
        verify(key, _signed(record), base64.b64decode(str(record["signature"]), validate=True))
    except (EvidenceError, binascii.Error, ValueError):
        return False
    return True


def _signed(record: Mapping[str, object]) -> bytes:
    """What the signature covers: all but the checksums, which anybody can make anew."""
    return encode({name: record[name] for name in sorted(_STATED - {"checksum"})})


def _own(record: Mapping[str, object]) -> str:
    return checksum(encode({name: record[name] for name in sorted(_ALL - {"own"})}))


def _owned(record: dict[str, object]) -> dict[str, object]:
    return {**record, "own": _own(record)}


def _record(sealed: bytes) -> dict[str, object]:
    """Read a seal.

    Raises:
        EvidenceError: It is none.
    """
    try:
        record = decode(sealed, limit=LARGEST, name="the seal")
    except InputError as error:
        raise EvidenceError(error.problems[0]) from error
    if not isinstance(record, dict) or set(record) != _ALL or record["schema"] != SCHEMA:
        raise EvidenceError(f"the seal: must be an object with {', '.join(sorted(_ALL))}, its schema «{SCHEMA}».")
    return record
