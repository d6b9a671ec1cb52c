"""The document's types say what they hold: every field stands in the docstring of its struct, in the same order."""

from __future__ import annotations

import msgspec
import pytest

from keepstone.govern import document, rows

STRUCTS = [
    thing
    for module in (document, rows)
    for thing in vars(module).values()
    if isinstance(thing, type) and issubclass(thing, msgspec.Struct) and thing is not rows.Document
]


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_every_field_is_described_in_order(struct: type[msgspec.Struct]) -> None:
    said = "".join((one.__doc__ or "").partition("Attributes:")[2] for one in reversed(struct.__mro__) if issubclass(one, rows.Document | document.Run))
    described = [line.strip().partition(":")[0] for line in said.splitlines() if ": " in line]
    assert described == list(struct.__struct_fields__)


def test_a_result_can_not_be_changed() -> None:
    field = "limit"
    with pytest.raises(AttributeError):
        setattr(rows.Finding(id="a.b.c", side="safety", area="fairness", title="t", verdict="pass"), field, 1.0)
