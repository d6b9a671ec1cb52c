"""The decision table is read strictly."""

from __future__ import annotations

import msgspec
import pytest

from keepstone.catalog.intent import Decision, decision


def test_a_key_that_is_not_known_is_refused() -> None:
    held = msgspec.to_builtins(decision())
    assert msgspec.convert(held, Decision) == decision()
    held["rule"][0]["unless"] = {}
    with pytest.raises(msgspec.ValidationError, match="unless"):
        msgspec.convert(held, Decision)
