"""A part that is badly named or described is told so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from keepstone.core.part import part
from keepstone.measure.checks.named import problems


@part("metric")
@dataclass(frozen=True)
class Well:
    name: ClassVar[str] = "well"
    id: ClassVar[str] = "well-0p5"
    title: ClassVar[str] = "well described"


@part("metric")
@dataclass
class Badly:
    held: object
    name: str = ""
    id: str = "half a name"


def test_what_is_well_named_has_no_problem() -> None:
    assert list(problems(Well(), "metric")) == []
    assert list(problems(Well(), "condition")) == ['The «class» of Well must be marked with @part("condition").']


def test_each_fault_is_told() -> None:
    found = "\n".join(problems(Badly(object()), "metric"))
    for word in ("must be a frozen dataclass", "«name» of Badly must be a text", "letters, digits, _ and - only", "«title» of Badly", "has no stable recipe"):
        assert word in found
