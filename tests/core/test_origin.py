"""A side follows from the type of an origin, and a wrong pair can't be built."""

from __future__ import annotations

import pytest
from fakes import ADVERSARY, risk

from keepstone.core.errors import InputError
from keepstone.core.origin import SAFETY_AREAS, SECURITY_AREAS, Area, Hazard, Side, side_of

RAIN = Hazard(cause="rain")


def test_the_twelve_areas_are_six_a_side() -> None:
    assert len(SAFETY_AREAS) == len(SECURITY_AREAS) == 6
    assert set(SAFETY_AREAS) | set(SECURITY_AREAS) == set(Area)
    assert {area.side for area in SAFETY_AREAS} == {Side.SAFETY}


def test_chance_is_safety_and_intent_security() -> None:
    assert side_of(RAIN) is Side.SAFETY
    assert side_of(ADVERSARY) is Side.SECURITY


@pytest.mark.parametrize("area", SAFETY_AREAS)
def test_an_adversary_makes_no_safety_risk(area: Area) -> None:
    assert risk(RAIN, area).side is Side.SAFETY
    with pytest.raises(InputError, match=f"«{area.value}» must be Hazard"):
        risk(ADVERSARY, area)


@pytest.mark.parametrize("area", SECURITY_AREAS)
def test_a_hazard_makes_no_security_risk(area: Area) -> None:
    assert risk(ADVERSARY, area).side is Side.SECURITY
    with pytest.raises(InputError, match=f"«{area.value}» must be Adversary"):
        risk(RAIN, area)
