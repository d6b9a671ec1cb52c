"""What is logged: an in-toto statement (v1) in a signed envelope (DSSE v1), as canonical JSON. Other people's tools read both."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import cast

from keepstone.core.errors import EvidenceError, InputError
from keepstone.ledger.canonical import decode, encode
from keepstone.ledger.keys import Key, PublicKey, verify

STATEMENT = "https://in-toto.io/Statement/v1"
PAYLOAD = "application/vnd.in-toto+json"
LARGEST = 1 << 24  # bytes of an envelope


def statement(subjects: Mapping[str, str], kind: str, predicate: Mapping[str, object]) -> dict[str, object]:
    """State something of files.

    Args:
        subjects: By name, `sha256:` and 64 digits.
        kind: The predicate's type, an address.
        predicate: What is stated.

    Example:
        >>> statement({"plan.json": "sha256:" + "0" * 64}, "https://example.org/plan/v1", {})["predicateType"]
        'https://example.org/plan/v1'
    """
    named = [{"name": name, "digest": {"sha256": digest.removeprefix("sha256:")}} for name, digest in sorted(subjects.items())]
    return {"_type": STATEMENT, "subject": named, "predicateType": kind, "predicate": dict(predicate)}


def enclose(stated: Mapping[str, object], key: Key) -> bytes:
    """Sign a statement; give the envelope's bytes."""
    payload = encode(stated)
    signature = base64.b64encode(key.sign(_authenticated(PAYLOAD, payload))).decode("ascii")
    return encode(
        {
            "payload": base64.b64encode(payload).decode("ascii"),
            "payloadType": PAYLOAD,
            "signatures": [{"keyid": key.public.id, "sig": signature}],
        }
    )


def disclose(envelope: bytes, public: PublicKey, *, name: str = "the envelope") -> dict[str, object]:
    """Give the statement of an envelope that a key signed.

    Raises:
        EvidenceError: It is none, or the key did not sign it.

    Example:
        >>> from keepstone.ledger.keys import InsecureDevelopmentKey
        >>> key = InsecureDevelopmentKey()
        >>> disclose(enclose(statement({}, "https://example.org/plan/v1", {"seed": 7}), key), key.public)["predicate"]
        {'seed': 7}
    """
    record = _plain(envelope, name)
    if not isinstance(record, dict) or set(record) != {"payload", "payloadType", "signatures"} or record["payloadType"] != PAYLOAD:
        raise EvidenceError(f"{name}: must be a DSSE envelope with «payload», «payloadType» {PAYLOAD} and «signatures».")
    try:
        payload = base64.b64decode(cast("str", record["payload"]), validate=True)
        given = [base64.b64decode(one["sig"], validate=True) for one in record["signatures"] if one.get("keyid") == public.id]
    except (TypeError, AttributeError, KeyError, ValueError, binascii.Error) as error:
        raise EvidenceError(f"{name}: its payload and signatures must be base64.") from error
    if not given:
        raise EvidenceError(f"{name}: is not signed by {public.id}.")
    verify(public, _authenticated(PAYLOAD, payload), given[0])
    stated = _plain(payload, name)
    if not isinstance(stated, dict) or stated.get("_type") != STATEMENT:
        raise EvidenceError(f"{name}: must hold an in-toto statement, {STATEMENT}.")
    return stated


def _plain(data: bytes, name: str) -> object:
    try:
        return decode(data, limit=LARGEST, name=name)
    except InputError as error:
        raise EvidenceError(error.problems[0]) from error


def _authenticated(kind: str, payload: bytes) -> bytes:
    """What is signed: the pre-authentication encoding of DSSE v1."""
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind.encode(), len(payload), payload)
