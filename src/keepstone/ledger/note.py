"""Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature): the head of a log as a few lines of text that anybody can keep.

    example.org/log          who keeps the log: its origin
    42                       how many entries
    AbC...=                  the root over them, base64

    — example.org/log ...    a signature by the log, and one of each witness

A signature names its key by the first four bytes of SHA-256(name, line break, kind, public key); kind 1 is Ed25519 of a log, kind 4 that of a witness, which
also says when it saw the checkpoint.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from keepstone.core.errors import EvidenceError, InputError
from keepstone.ledger.keys import Key, PublicKey, verify

LOG, WITNESS = 1, 4
LARGEST = 1 << 16  # bytes of a note
MOST_SIGNATURES = 64
_MARK = "— "
_ID, _RAW, _TIME = 4, 64, 8


@dataclass(frozen=True)
class Checkpoint:
    """The head of a log.

    Attributes:
        origin: Who keeps it: a name without blanks or plus signs.
        size: Entries.
        root: SHA-256 over them, 32 bytes.
    """

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed.

        >>> print(Checkpoint("example.org/log", 0, bytes(32)).text, end="")
        example.org/log
        0
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
        """
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode('ascii')}\n"


@dataclass(frozen=True)
class Signed:
    """A checkpoint with its signatures as they stand in the note.

    Attributes:
        checkpoint: What it says.
        lines: (name, bytes) of each signature: four of the key's id, then what its kind has.
    """

    checkpoint: Checkpoint
    lines: tuple[tuple[str, bytes], ...]

    @property
    def note(self) -> str:
        """The whole text."""
        signatures = "".join(f"{_MARK}{name} {base64.b64encode(data).decode('ascii')}\n" for name, data in self.lines)
        return f"{self.checkpoint.text}\n{signatures}"


def named(name: str) -> str:
    """A name that a note can hold.

    Raises:
        InputError: If it is empty or holds a blank, a plus sign or a control character.
    """
    if not name or "+" in name or any(letter.isspace() or not letter.isprintable() for letter in name):
        raise InputError(f"The «origin» must be a name without blanks and plus signs, such as example.org/log; got {name!r}.")
    return name


def key_id(name: str, public: PublicKey, kind: int = LOG) -> bytes:
    """The four bytes by which a signature names its key."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public.raw).digest()[:_ID]


def verifier_key(name: str, public: PublicKey, kind: int = LOG) -> str:
    """The line by which other tools know the key: name, id and public key, joined by plus signs."""
    return f"{name}+{key_id(name, public, kind).hex()}+{base64.b64encode(bytes([kind]) + public.raw).decode('ascii')}"


def sign(checkpoint: Checkpoint, key: Key) -> Signed:
    """Sign as the log, under its origin's name.

    Example:
        >>> from keepstone.ledger.keys import InsecureDevelopmentKey
        >>> key = InsecureDevelopmentKey()
        >>> signed = sign(Checkpoint("example.org/log", 0, bytes(32)), key)
        >>> check(read(signed.note), "example.org/log", key.public).size
        0
    """
    name = named(checkpoint.origin)
    return Signed(checkpoint, ((name, key_id(name, key.public) + key.sign(checkpoint.text.encode())),))


def cosign(signed: Signed, name: str, key: Key, *, at: int) -> Signed:
    """Add a witness's signature: that it saw this checkpoint, and no other that contradicts it.

    Args:
        signed: The note.
        name: The witness's.
        key: The witness's.
        at: When, in seconds since 1970.
    """
    said = key.sign(_witnessed(signed.checkpoint, at))
    return Signed(signed.checkpoint, (*signed.lines, (named(name), key_id(name, key.public, WITNESS) + at.to_bytes(_TIME, "big") + said)))


def check(signed: Signed, name: str, public: PublicKey) -> Checkpoint:
    """Give the checkpoint if the log's key signed it.

    Raises:
        EvidenceError: It is of another log, or that key did not sign it.
    """
    if signed.checkpoint.origin != name:
        raise EvidenceError(f"The checkpoint is of another log: «{signed.checkpoint.origin}», not «{name}».")
    _signature(signed, name, key_id(name, public), _RAW)
    verify(public, signed.checkpoint.text.encode(), _signature(signed, name, key_id(name, public), _RAW))
    return signed.checkpoint


def check_witness(signed: Signed, name: str, public: PublicKey) -> int:
    """Give the second in which a witness signed.

    Raises:
        EvidenceError: It did not.
    """
    data = _signature(signed, name, key_id(name, public, WITNESS), _TIME + _RAW)
    at = int.from_bytes(data[:_TIME], "big")
    verify(public, _witnessed(signed.checkpoint, at), data[_TIME:])
    return at


def read(note: str) -> Signed:
    """Read a note.

    Raises:
        EvidenceError: It is none of a checkpoint, or has no signature.
    """
    if len(note) > LARGEST:
        raise EvidenceError(f"A checkpoint must have at most {LARGEST:,} characters.")
    text, mark, rest = note.partition("\n\n")
    lines = text.split("\n")
    if not mark or len(lines) != 3 or not rest.endswith("\n"):
        raise EvidenceError("A checkpoint must be three lines (origin, size, root), an empty one, and signatures.")
    size, root = lines[1], _decoded(lines[2])
    if not (size.isascii() and size.isdigit()) or str(int(size[:20])) != size or len(root) != hashlib.sha256().digest_size:
        raise EvidenceError("The second line of a checkpoint must be a whole number, the third 32 bytes in base64.")
    signatures = [_line(line) for line in rest.removesuffix("\n").split("\n")]
    if len(signatures) > MOST_SIGNATURES:
        raise EvidenceError(f"A checkpoint must have at most {MOST_SIGNATURES} signatures.")
    return Signed(Checkpoint(lines[0], int(size), root), tuple(signatures))


def _line(line: str) -> tuple[str, bytes]:
    name, blank, data = line.removeprefix(_MARK).partition(" ")
    found = _decoded(data)
    if not line.startswith(_MARK) or not blank or len(found) <= _ID:
        raise EvidenceError("A signature must be a line «— name base64».")
    return name, found


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise EvidenceError("A root and a signature must be base64.") from error


def _signature(signed: Signed, name: str, wanted: bytes, size: int) -> bytes:
    for who, data in signed.lines:
        if who == name and data[:_ID] == wanted and len(data) == _ID + size:
            return data[_ID:]
    raise EvidenceError(f"The checkpoint has no signature of «{name}» by the key that was named.")


def _witnessed(checkpoint: Checkpoint, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{checkpoint.text}".encode()
