"""Local keys: a published signature, files that others can't read, and each way in which a key or a signature is refused."""

from __future__ import annotations

import os
import pathlib

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keepstone.core.errors import EvidenceError, InputError
from keepstone.ledger import keys

POSIX = os.name == "posix"


def test_the_second_vector_of_rfc_8032() -> None:
    secret = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    key = keys.Key(Ed25519PrivateKey.from_private_bytes(secret))
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert key.public.raw.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert key.sign(b"\x72") == signature
    keys.verify(key.public, b"\x72", signature)


@pytest.mark.parametrize("passphrase", [None, "correct horse"])
def test_a_new_key_is_loaded_and_its_signature_holds(tmp_path: pathlib.Path, passphrase: str | None) -> None:
    made = keys.new(tmp_path / "keys", passphrase=passphrase)
    loaded = keys.load(tmp_path / "keys", passphrase=passphrase)
    public = keys.load_public(tmp_path / "keys")
    assert made.public == loaded.public == public == keys.load_public(tmp_path / "keys" / keys.PUBLIC)
    assert not public.insecure
    keys.verify(public, b"plan", loaded.sign(b"plan"))


def test_only_the_owner_reads_a_private_key(tmp_path: pathlib.Path) -> None:
    keys.new(tmp_path / "keys")
    private = tmp_path / "keys" / keys.PRIVATE
    if POSIX:
        assert private.stat().st_mode & 0o777 == 0o600
        assert private.parent.stat().st_mode & 0o777 == 0o700
        for mode in (0o640, 0o604, 0o660):
            private.chmod(mode)
            with pytest.raises(InputError, match=f"owner alone; got mode {mode:o}") as caught:
                keys.load(tmp_path / "keys")
            assert "chmod 600" in caught.value.hint
    assert b"PRIVATE KEY" in private.read_bytes()


def test_the_passphrase_locks_the_file(tmp_path: pathlib.Path) -> None:
    keys.new(tmp_path, passphrase="correct horse")
    assert b"ENCRYPTED" in (tmp_path / keys.PRIVATE).read_bytes()
    with pytest.raises(InputError, match="must be given: the key is encrypted"):
        keys.load(tmp_path)
    with pytest.raises(InputError, match="passphrase the right one"):
        keys.load(tmp_path, passphrase="wrong")


def test_a_passphrase_for_an_open_key_is_refused(tmp_path: pathlib.Path) -> None:
    keys.new(tmp_path)
    with pytest.raises(InputError, match="must not be given: the key is not encrypted"):
        keys.load(tmp_path, passphrase="x")


def test_an_empty_passphrase_is_refused_before_anything_is_written(tmp_path: pathlib.Path) -> None:
    with pytest.raises(InputError, match="must not be empty"):
        keys.new(tmp_path / "keys", passphrase="")
    assert not (tmp_path / "keys").exists()


def test_a_key_is_never_written_over(tmp_path: pathlib.Path) -> None:
    first = keys.new(tmp_path)
    with pytest.raises(InputError, match="There is a key here already"):
        keys.new(tmp_path)
    assert keys.load(tmp_path).public == first.public


def test_a_folder_that_is_a_file_is_refused(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError):
        keys.new(tmp_path / "file")
    with pytest.raises(InputError, match="can't be read"):
        keys.load(tmp_path / "file")


def test_no_key_says_how_to_make_one(tmp_path: pathlib.Path) -> None:
    with pytest.raises(InputError, match="There is no key here") as caught:
        keys.load(tmp_path)
    assert "keepstone keys new" in caught.value.hint
    with pytest.raises(InputError, match="public key can't be read"):
        keys.load_public(tmp_path)


def write_private(folder: pathlib.Path, data: bytes) -> None:
    path = folder / keys.PRIVATE
    path.write_bytes(data)
    path.chmod(0o600)


def test_what_is_no_ed25519_key_is_refused(tmp_path: pathlib.Path) -> None:
    write_private(tmp_path, b"not a key")
    with pytest.raises(InputError, match="must be a private key in PEM"):
        keys.load(tmp_path)
    other = ec.generate_private_key(ec.SECP256R1())
    write_private(tmp_path, other.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    with pytest.raises(InputError, match="must be an Ed25519 key"):
        keys.load(tmp_path)


def test_every_changed_bit_breaks_the_signature() -> None:
    key = keys.InsecureDevelopmentKey()
    data = b"plan"
    signature = key.sign(data)
    for bit in range(len(signature) * 8):
        wrong = bytearray(signature)
        wrong[bit // 8] ^= 1 << bit % 8
        with pytest.raises(EvidenceError):
            keys.verify(key.public, data, bytes(wrong))
    for wrong_data in (b"", b"plan ", b"Plan"):
        with pytest.raises(EvidenceError):
            keys.verify(key.public, wrong_data, signature)
    for length in (0, 63, 65):
        with pytest.raises(EvidenceError):
            keys.verify(key.public, data, (signature + b"\0")[:length])


def test_another_key_does_not_verify() -> None:
    key, other = keys.InsecureDevelopmentKey(), keys.InsecureDevelopmentKey()
    with pytest.raises(EvidenceError):
        keys.verify(other.public, b"plan", key.sign(b"plan"))


def test_an_insecure_key_says_so_wherever_it_goes() -> None:
    key = keys.InsecureDevelopmentKey()
    assert keys.PublicKey.from_record(key.public.record()).insecure
    assert "insecure" in key.notice
    assert repr(key) == f"InsecureDevelopmentKey({key.public.id})"


@pytest.mark.parametrize(
    "change",
    [{"kind": "rsa"}, {"public": "!"}, {"public": 3}, {"public": "AAAA"}, {"id": "sha256:00"}, {"insecure": None, "more": 1}],
)
def test_a_wrong_record_is_refused(change: dict[str, object]) -> None:
    record = keys.InsecureDevelopmentKey().public.record() | change
    with pytest.raises(EvidenceError):
        keys.PublicKey.from_record(record)
    with pytest.raises(EvidenceError):
        keys.PublicKey.from_record([])
