"""Seals tell accidents from attacks: every damaged bit is told from every edit that makes the checksum fit."""

from __future__ import annotations

import io
import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepstone.ledger.canonical import encode
from keepstone.ledger.keys import InsecureDevelopmentKey
from keepstone.ledger.seal import Checked, Condition, Read, _own, check, seal

KEY, OTHER = InsecureDevelopmentKey(), InsecureDevelopmentKey()
DATA = bytes(range(256)) * 4
SEALED = seal("model.bin", Read.of(io.BytesIO(DATA)), KEY)


def answer(data: bytes, sealed: bytes = SEALED, *, name: str = "model.bin", key: InsecureDevelopmentKey | None = KEY) -> Checked:
    return check(name, Read.of(io.BytesIO(data)), sealed, None if key is None else key.public)


def remade(**changed: object) -> bytes:
    """A seal with fields changed and its own checksum made to fit, as somebody does who knows the format and has no key."""
    record: dict[str, Any] = json.loads(SEALED) | changed
    record["own"] = _own(record)
    return encode(record)


def test_what_was_not_touched_is_intact() -> None:
    assert answer(DATA) == Checked(Condition.INTACT, "Checksum and signature fit.")


@given(st.integers(0, 8 * len(DATA) - 1))
def test_a_bit_that_flips_is_an_accident(at: int) -> None:
    damaged = bytearray(DATA)
    damaged[at // 8] ^= 1 << at % 8
    assert answer(bytes(damaged)).condition is Condition.CORRUPTED


@given(st.binary(min_size=1, max_size=64))
def test_an_edit_whose_checksum_fits_is_an_attack(more: bytes) -> None:
    edited = DATA + more
    assert answer(edited, remade(checksum=f"crc32:{zlib.crc32(edited):08x}")).condition is Condition.TAMPERED
    everything = Read.of(io.BytesIO(edited))
    forged = remade(checksum=everything.checksum, digest=everything.digest, size=everything.size)
    assert answer(edited, forged).condition is Condition.TAMPERED


@given(st.integers(0, 8 * len(SEALED) - 1))
def test_a_bit_that_flips_in_the_seal_is_no_attack_and_not_intact(at: int) -> None:
    damaged = bytearray(SEALED)
    damaged[at // 8] ^= 1 << at % 8
    assert answer(DATA, bytes(damaged)).condition in {Condition.CORRUPTED, Condition.UNVERIFIABLE}


def test_a_seal_of_another_key_is_an_attack() -> None:
    assert answer(DATA, seal("model.bin", Read.of(io.BytesIO(DATA)), OTHER)).condition is Condition.TAMPERED


def test_a_seal_of_another_file_is_an_attack() -> None:
    assert answer(DATA, name="other.bin").condition is Condition.TAMPERED


def test_a_key_of_their_own_in_the_record_does_not_help() -> None:
    record: dict[str, Any] = json.loads(seal("model.bin", Read.of(io.BytesIO(b"evil")), OTHER)) | {"key": KEY.public.record()}
    record["own"] = _own(record)
    assert answer(b"evil", encode(record)).condition is Condition.TAMPERED


def test_without_a_key_that_is_known_nothing_is_intact() -> None:
    told = answer(DATA, key=None)
    assert told.condition is Condition.UNVERIFIABLE
    assert KEY.public.id in told.why


@pytest.mark.parametrize("sealed", [b"", b"{", b"[]", b"{}", b"\xff", b"null", encode(json.loads(SEALED) | {"more": 1}), b"9" * (1 << 15), b"[" * 5000])
def test_what_is_no_seal_is_unverifiable(sealed: bytes) -> None:
    assert answer(DATA, sealed).condition is Condition.UNVERIFIABLE


@pytest.mark.parametrize(("field", "value"), [("signature", "!"), ("signature", 5), ("signature", "eA=="), ("size", None), ("key", {})])
def test_a_field_that_is_nonsense_is_never_intact(field: str, value: object) -> None:
    assert answer(DATA, remade(**{field: value})).condition in {Condition.TAMPERED, Condition.UNVERIFIABLE}
