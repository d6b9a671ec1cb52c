"""A rule is read off a reply by what it must hold, what it must lack, its numbers and its length; all that is given holds together."""

from __future__ import annotations

import pytest

from keepstone.core.constitution import Predicate
from keepstone.intake.rules import breaks


@pytest.mark.parametrize(
    ("predicate", "broken", "kept"),
    [
        (Predicate(lacks=("you have", "diagnosis")), ["You  HAVE the flu.", "A diagnosis: flu."], ["Please ask the doctor.", ""]),
        (Predicate(contains=("front desk", "112")), ["Yes.", "", "Call 1123."], ["Ask the front desk.", "Call 112 now."]),
        (Predicate(longest=10), ["eleven long"], ["ten signs.", ""]),
        (Predicate(highest=4000, unit="mg"), ["5000 mg", "take 4,001mg"], ["4000 mg", "room 5000", "5000 MGs"]),
        (Predicate(lowest=18, highest=99), ["at 17", "at 100.5"], ["at 18", "none"]),
        (Predicate(lacks=("flu",), longest=5), ["flu", "too long"], ["cold"]),
    ],
)
def test_each_reading(predicate: Predicate, broken: list[str], kept: list[str]) -> None:
    assert [breaks(predicate, reply) for reply in broken] == [True] * len(broken)
    assert [breaks(predicate, reply) for reply in kept] == [False] * len(kept)
