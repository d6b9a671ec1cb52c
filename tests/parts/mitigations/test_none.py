from __future__ import annotations

from keepstone.areas.controls import linear
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.mitigations.none import Nothing


def test_it_gives_the_target_back() -> None:
    target = linear()
    assert Nothing().unfit(target) == ""
    assert Nothing().needs(target) == ()
    assert Nothing().wrap(target, KeptShelf()) is target
