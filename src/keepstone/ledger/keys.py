"""Local Ed25519 keys (RFC 8032): who wrote a plan, and that nobody changed it since.

A key is two files in a folder: the private key as PKCS #8 in PEM, readable by its owner alone and encrypted where a passphrase is given,
and the public key as a small JSON object that travels with what was signed. A key's id is the SHA-256 of its 32 public bytes.

Without a key of the user's a run signs with an `InsecureDevelopmentKey`, made for that run and thrown away: the signature then shows that
the files belong together, and nothing about who made them. Every record of it says `insecure`.
"""

from __future__ import annotations

import base64
import binascii
import os
import pathlib
import stat
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from keepstone.core.errors import EvidenceError, InputError
from keepstone.ledger.canonical import decode, digest_bytes, encode

PRIVATE = "keepstone-private.pem"
PUBLIC = "keepstone-public.json"
_LARGEST = 1 << 14  # bytes of a key file
_RAW = 32  # bytes of a public key


@dataclass(frozen=True)
class PublicKey:
    """What checks a signature.

    Attributes:
        raw: The 32 bytes of RFC 8032.
        insecure: Whether the private half was thrown away after one run, so that the key names nobody.
    """

    raw: bytes
    insecure: bool = False

    @property
    def id(self) -> str:
        """The key's name: `sha256:` of its raw bytes."""
        return digest_bytes(self.raw)

    def record(self) -> dict[str, object]:
        """Give the JSON object that travels with a signature."""
        return {"kind": "ed25519", "id": self.id, "public": base64.b64encode(self.raw).decode("ascii"), "insecure": self.insecure}

    @classmethod
    def from_record(cls, record: object, *, name: str = "the public key") -> PublicKey:
        """Read such an object.

        Raises:
            EvidenceError: It is not one, or its id does not belong to its key.
        """
        if not isinstance(record, dict) or set(record) != {"kind", "id", "public", "insecure"} or record["kind"] != "ed25519":
            raise EvidenceError(f'{name}: must be an object with «kind» "ed25519", «id», «public» and «insecure».')
        try:
            raw = base64.b64decode(record["public"], validate=True)
        except (TypeError, ValueError, binascii.Error) as error:
            raise EvidenceError(f"{name}: The «public» must be base64.") from error
        key = cls(raw, insecure=record["insecure"] is not False)
        if len(raw) != _RAW or key.id != record["id"]:
            raise EvidenceError(f"{name}: The «id» must be the SHA-256 of the {_RAW} bytes in «public».")
        return key


class Key:
    """A private key that is loaded.

    Attributes:
        public: What checks its signatures.
    """

    def __init__(self, private: Ed25519PrivateKey, *, insecure: bool = False) -> None:
        """Keep the private half in memory only."""
        self._private = private
        self.public = PublicKey(private.public_key().public_bytes_raw(), insecure=insecure)

    def __repr__(self) -> str:
        """Name the key, never show it."""
        return f"{type(self).__name__}({self.public.id})"

    def sign(self, data: bytes) -> bytes:
        """Give the 64 bytes of an Ed25519 signature."""
        return self._private.sign(data)


class InsecureDevelopmentKey(Key):
    """A key made for one run and thrown away; whoever can write the files can sign them anew.

    >>> key = InsecureDevelopmentKey()
    >>> key.public.insecure, len(key.sign(b"plan"))
    (True, 64)
    """

    notice = "Signed with an insecure development key, made for this run only: it names nobody. `keepstone keys new` makes one that lasts."

    def __init__(self) -> None:
        """Make the key."""
        super().__init__(Ed25519PrivateKey.generate(), insecure=True)


def new(folder: str | os.PathLike[str], *, passphrase: str | None = None) -> Key:
    """Make a key and write its two files.

    Args:
        folder: Where; made, for its owner alone, if it is not there.
        passphrase: Encrypts the private key where given; not empty.

    Returns:
        The key.

    Raises:
        InputError: The folder holds a key already, or can't be written.
    """
    place = pathlib.Path(folder)
    private = Ed25519PrivateKey.generate()
    key = Key(private)
    if passphrase == "":
        raise InputError("The «passphrase» of «a new key» must not be empty.")
    lock = serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(place / PRIVATE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # never over another key, never readable in between
        with os.fdopen(handle, "wb") as stream:
            stream.write(pem)
        (place / PUBLIC).write_bytes(encode(key.public.record()) + b"\n")
    except FileExistsError as error:
        raise InputError(f"{place / PRIVATE}: There is a key here already; a new one needs a folder of its own.") from error
    except OSError as error:
        raise InputError(f"{place}: The key can't be written: {error.strerror}.") from error
    return key


def load(folder: str | os.PathLike[str], *, passphrase: str | None = None) -> Key:
    """Load the private key of a folder.

    Args:
        folder: Where `new` wrote it.
        passphrase: What it was encrypted with, if it was.

    Returns:
        The key.

    Raises:
        InputError: There is none, others can read it, it is not an Ed25519 key, or the passphrase is wrong.
    """
    path = pathlib.Path(folder) / PRIVATE
    pem = _read_private(path)
    try:
        private = serialization.load_pem_private_key(pem, None if passphrase is None else passphrase.encode())
    except TypeError as error:
        rule = "must be given: the key is encrypted" if passphrase is None else "must not be given: the key is not encrypted"
        raise InputError(f"The «passphrase» of «{path}» {rule}.") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InputError(f"{path}: must be a private key in PEM, and its passphrase the right one.") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise InputError(f"{path}: must be an Ed25519 key; got {type(private).__name__}.")
    return Key(private)


def load_public(path: str | os.PathLike[str]) -> PublicKey:
    """Load a public key from its JSON file, or from the folder that holds it.

    Raises:
        InputError: The file can't be read.
        EvidenceError: It holds no public key.
    """
    file = pathlib.Path(path)
    file = file / PUBLIC if file.is_dir() else file
    try:
        with file.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        raise InputError(f"{file}: The public key can't be read: {error.strerror}.") from error
    return PublicKey.from_record(decode(data, limit=_LARGEST, name=str(file)), name=str(file))


def verify(public: PublicKey, data: bytes, signature: bytes) -> None:
    """Check a signature; returning at all means that it holds.

    Raises:
        EvidenceError: The signature was not made by this key over these bytes.

    >>> key = InsecureDevelopmentKey()
    >>> verify(key.public, b"plan", key.sign(b"plan"))
    >>> verify(key.public, b"another plan", key.sign(b"plan"))
    Traceback (most recent call last):
    keepstone.core.errors.EvidenceError: The signature does not belong to these bytes and this key.
    """
    try:
        Ed25519PublicKey.from_public_bytes(public.raw).verify(signature, data)
    except (InvalidSignature, ValueError) as error:
        raise EvidenceError("The signature does not belong to these bytes and this key.") from error


def _read_private(path: pathlib.Path) -> bytes:
    """Read a private key file that its owner alone can read."""
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            pem = stream.read(_LARGEST)
    except FileNotFoundError as error:
        raise InputError(f"{path}: There is no key here.", hint="`keepstone keys new` makes one.") from error
    except OSError as error:
        raise InputError(f"{path}: The key can't be read: {error.strerror}.") from error
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise InputError(f"{path}: A private key must be readable by its owner alone; got mode {stat.S_IMODE(mode):03o}.", hint=f"chmod 600 {path}")
    return pem
