"""Parts are found by their file's name, and built from plain parameters."""

from __future__ import annotations

import pytest

from keepstone.core.errors import InputError
from keepstone.core.system import Considered
from keepstone.lifecycle import inventory


@pytest.mark.parametrize("kind", list(inventory.HOMES))
def test_every_place_holds_a_part_of_its_name(kind: str) -> None:
    assert inventory.places(kind)
    for name in inventory.places(kind):
        assert inventory.part(kind, name).name == name


def test_an_unknown_word_is_told_with_what_there_is() -> None:
    with pytest.raises(InputError, match="must be one of target"):
        inventory.places("gadget")
    with pytest.raises(InputError, match="«nothing» is not known; there are: "):
        inventory.part("mitigation", "nothing")


def test_parameters_are_checked() -> None:
    assert inventory.build("mitigation", "coarse_output", {"step": 0.2}).step == 0.2
    with pytest.raises(InputError, match="no parameter «steps»"):
        inventory.build("mitigation", "coarse_output", {"steps": 0.2})
    with pytest.raises(InputError, match="needs the parameter «parts»"):
        inventory.build("mitigation", "composed", {})


def test_several_parts_are_one_composed_mitigation() -> None:
    made = inventory.mitigation(Considered(name="both", parts=(("plausibility", {}), ("abstention", {}))))
    assert made.name == "composed"


def test_the_areas_stand_in_the_papers_order() -> None:
    order = [module.AREA.value for module in inventory.areas()]
    assert len(order) == len(set(order))
