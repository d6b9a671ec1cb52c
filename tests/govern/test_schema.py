"""The published schema is the one that the types make, describes every field, and takes every state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from govern import synthetic

from keepstone.govern.schema import result_schema

PUBLISHED = Path(__file__).parents[2] / "docs" / "schema" / "result.schema.json"


def validator() -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(msgspec.json.decode(result_schema()))


def test_the_published_schema_is_what_the_types_make() -> None:
    assert PUBLISHED.read_bytes() == result_schema()


def test_every_object_and_every_field_is_described_and_closed() -> None:
    schema = msgspec.json.decode(result_schema())
    assert len(schema["$defs"]) > 20
    for name, part in schema["$defs"].items():
        assert part["description"].endswith("."), name
        assert part["additionalProperties"] is False, name
        for field, about in part["properties"].items():
            assert about["description"].endswith((".", '"')), (name, field)


@pytest.mark.parametrize("state", synthetic.STATES)
def test_every_state_is_valid(state: str) -> None:
    document = msgspec.json.decode(msgspec.json.encode(synthetic.STATES[state]()))
    assert validator().is_valid(document)


def test_edits_are_not_valid() -> None:
    check = validator()
    for path, value in ((("verdict", "overall"), "safe"), (("counts", "safety", "pass"), "many"), (("extra",), 1), (("areas", 0, "state"), "green")):
        document: Any = msgspec.json.decode(msgspec.json.encode(synthetic.met()))
        place = document
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        assert not check.is_valid(document), path
