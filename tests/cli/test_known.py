"""What Keepstone knows by name."""

from __future__ import annotations

import pytest

from keepstone.catalog.load import load
from keepstone.cli.known import KINDS, entries, everything, functions_of
from keepstone.core.origin import Area
from keepstone.lifecycle import inventory


@pytest.mark.parametrize("kind", KINDS)
def test_everything_of_a_kind_has_a_name_and_a_sentence(kind: str) -> None:
    found = entries(kind)
    assert found
    assert [one.name for one in found if not one.name or not one.says] == []
    assert kind == "limits" or len({one.name for one in found}) == len(found)


def test_parts_have_their_parameters_and_conditions_their_half() -> None:
    conditions = {one.name: one for one in entries("conditions")}
    assert set(conditions) == set(inventory.places("condition"))
    assert conditions["sensor_noise"].side == "safety"
    assert conditions["evasion_scores"].side == "security"
    assert conditions["evasion_scores"].facts["parameters"] == {"errors": "1", "queries": "50", "goal": "missed"}
    assert {one.name: one for one in entries("metrics")}["gap"].facts["parameters"]["of"] == "(needed)"  # type: ignore[index]


def test_all_twelve_areas_and_every_word_and_risk_of_the_catalogue() -> None:
    assert [one.name for one in entries("areas")] == [area.value for area in Area]
    assert [one.name for one in entries("words")] == list(load().words)
    assert [one.name for one in entries("risks")] == list(load().risks)
    assert {one.kind for one in everything()} == {"target", "condition", "mitigation", "metric", "assistant", "corpus", "judge", "area", "risk", "word"}


def test_functions_are_found_without_running_anything() -> None:
    source = b"raise SystemExit\ndef a(x, y=1, *, z): pass\ndef b(): pass\nclass C:\n    def d(self): pass\n"
    assert functions_of(source) == {"a": ["x"], "b": []}
    for wrong in (b"def", b"\0"):
        with pytest.raises((SyntaxError, ValueError)):
            functions_of(wrong)
