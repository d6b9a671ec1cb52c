"""An envelope is a DSSE envelope over an in-toto statement; no bit of it can be changed."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepstone.core.errors import EvidenceError, KeepstoneError
from keepstone.ledger.canonical import encode
from keepstone.ledger.envelope import _authenticated, disclose, enclose, statement
from keepstone.ledger.keys import InsecureDevelopmentKey

KEY, OTHER = InsecureDevelopmentKey(), InsecureDevelopmentKey()
STATED = statement({"plan.json": "sha256:" + "ab" * 32}, "https://example.org/plan/v1", {"seed": 7})
ENVELOPE = enclose(STATED, KEY)


def test_what_is_signed_is_that_of_the_specification() -> None:
    assert _authenticated("http://example.com/HelloWorld", b"hello world") == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_it_is_read_back_by_its_key_alone() -> None:
    assert disclose(ENVELOPE, KEY.public) == STATED
    with pytest.raises(EvidenceError, match="is not signed by"):
        disclose(ENVELOPE, OTHER.public)


@given(st.integers(0, 8 * len(ENVELOPE) - 1))
def test_a_bit_that_was_changed_is_found(at: int) -> None:
    touched = bytearray(ENVELOPE)
    touched[at // 8] ^= 1 << at % 8
    try:
        got = disclose(bytes(touched), KEY.public)
    except KeepstoneError:
        return
    assert got == STATED  # bits of base64 that mean nothing


def test_a_signature_of_another_under_the_name_of_the_key_is_refused() -> None:
    record = json.loads(enclose(STATED, OTHER))
    record["signatures"][0]["keyid"] = KEY.public.id
    with pytest.raises(EvidenceError, match="does not belong"):
        disclose(encode(record), KEY.public)


@pytest.mark.parametrize(
    "changed",
    [
        {"payload": "!"},
        {"payload": 7},
        {"signatures": []},
        {"signatures": None},
        {"signatures": [7]},
        {"payloadType": "text/plain"},
        {"more": 1},
        {"signatures": [{"keyid": KEY.public.id}]},
    ],
)
def test_what_is_no_envelope_is_refused_in_one_line(changed: dict[str, object]) -> None:
    with pytest.raises(EvidenceError) as caught:
        disclose(encode(json.loads(ENVELOPE) | changed), KEY.public)
    assert "\n" not in str(caught.value)


def test_a_payload_that_is_no_statement_is_refused() -> None:
    payload = encode({"seed": 7})
    signature = base64.b64encode(KEY.sign(_authenticated("application/vnd.in-toto+json", payload))).decode()
    record = {"payload": base64.b64encode(payload).decode(), "payloadType": "application/vnd.in-toto+json"}
    with pytest.raises(EvidenceError, match="in-toto statement"):
        disclose(encode({**record, "signatures": [{"keyid": KEY.public.id, "sig": signature}]}), KEY.public)
