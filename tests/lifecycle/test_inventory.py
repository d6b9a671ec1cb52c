"""Parts are found by their file's name, and built from plain parameters."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from keepstone.core.errors import InputError
from keepstone.core.system import Considered
from keepstone.lifecycle import inventory
from keepstone.parts.metrics.missed import Missed


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


PART = """from dataclasses import dataclass
from typing import ClassVar
from keepstone import part

@part("metric")
@dataclass(frozen=True)
class Odd:
    name: ClassVar[str] = "odd"

class Plain:
    pass
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Put a package beside Keepstone, with one module and its entry points; gone afterwards."""
    names: list[str] = []

    def installed(name: str, code: str, **entries: str) -> None:
        names.append(name)
        (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
        folder = tmp_path / f"{name}-1.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n", encoding="utf-8")
        (folder / "entry_points.txt").write_text("[keepstone.metrics]\n" + "".join(f"{key} = {value}\n" for key, value in entries.items()), encoding="utf-8")

    monkeypatch.syspath_prepend(str(tmp_path))
    for found in (inventory.places, inventory.part):
        found.cache_clear()
    yield installed
    for found in (inventory.places, inventory.part):
        found.cache_clear()
    for name in names:
        sys.modules.pop(name, None)


def test_a_part_from_outside_is_found_by_its_entry_point(install: Callable[..., None]) -> None:
    install("oddly", PART, odd="oddly:Odd")
    assert inventory.places("metric")["odd"].where == "oddly:Odd"
    assert inventory.part("metric", "odd").name == "odd"


def test_two_of_one_name_are_an_error_that_names_both_places(install: Callable[..., None]) -> None:
    install("oddly", PART, odd="oddly:Odd")
    install("evenly", PART, odd="evenly:Odd")
    with pytest.raises(InputError) as caught:
        inventory.places("metric")
    assert "The metric «odd» must be one; it is in " in str(caught.value)
    assert {"oddly:Odd", "evenly:Odd"} <= set(str(caught.value).rstrip(".").split(" "))


def test_a_part_from_outside_can_not_take_the_place_of_one_of_the_house(install: Callable[..., None]) -> None:
    install("oddly", PART, missed="oddly:Odd")
    with pytest.raises(InputError) as caught:
        inventory.places("metric")
    assert caught.value.problems == ["The metric «missed» must be one; it is in keepstone.parts.metrics.missed and in oddly:Odd."]


@pytest.mark.parametrize(
    ("code", "entry", "said"),
    [
        (PART, {"odd": "oddly:Plain"}, 'The metric «odd» must be a class marked with @part("metric"); oddly:Plain is none.'),
        (PART, {"odd": "oddly:Absent"}, 'The metric «odd» must be a class marked with @part("metric"); oddly:Absent is none.'),
        (PART.replace('"metric"', '"target"'), {"odd": "oddly:Odd"}, 'The metric «odd» must be a class marked with @part("metric"); oddly:Odd is none.'),
        (PART, {"even": "oddly:Odd"}, "The metric in oddly:Odd must have the «name» of its entry point, 'even'; got 'odd'."),
        ("1 / 0", {"odd": "oddly:Odd"}, "The metric «odd» in oddly:Odd can't be imported: ZeroDivisionError: division by zero."),
        (
            "import nowhere_at_all",
            {"odd": "oddly:Odd"},
            "The metric «odd» in oddly:Odd can't be imported: ModuleNotFoundError: No module named 'nowhere_at_all'.",
        ),
    ],
)
def test_what_is_no_part_is_told_in_one_line(install: Callable[..., None], code: str, entry: dict[str, str], said: str) -> None:
    install("oddly", code, **entry)
    with pytest.raises(InputError) as caught:
        inventory.part("metric", next(iter(entry)))
    assert caught.value.problems == [said]


def test_parts_from_outside_are_digested_and_those_of_the_house_are_not(install: Callable[..., None], tmp_path: Path) -> None:
    install("oddly", PART, odd="oddly:Odd")
    odd = inventory.part("metric", "odd")()
    assert inventory.outside_digest([Missed()]) == ""
    before = inventory.outside_digest([Missed(), odd])
    assert before.startswith("sha256:")
    assert inventory.outside_digest([odd]) == before
    (tmp_path / "oddly.py").write_text(PART + "# another\n", encoding="utf-8")
    assert inventory.outside_digest([odd]) != before


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"wrong": "a"}, "The «wrong» of the assistant «clinic» must be a number; got 'a'."),
        ({"wrong": True}, "The «wrong» of the assistant «clinic» must be a number; got True."),
        ({"wrong": None}, "The «wrong» of the assistant «clinic» must be a number; got None."),
        ({"decodes": "base64"}, "The «decodes» of the assistant «clinic» must be a list of texts; got 'base64'."),
        (
            {"decodes": ["klingon"]},
            "The «decodes» of the assistant «clinic» must be of base64, hex, rot13, reversed, leet, spaced; got 'klingon'.",
        ),
        ({"refuses": [1]}, "The «refuses» of the assistant «clinic» must be a list of texts; got [1]."),
    ],
)
def test_a_value_of_another_kind_is_told_in_one_line(parameters: dict[str, object], said: str) -> None:
    with pytest.raises(InputError) as caught:
        inventory.build("assistant", "clinic", parameters)
    assert caught.value.problems == [said]
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("kind", "name", "parameters", "said"),
    [
        ("metric", "confidently_wrong", {"of_all": 1}, "must be true or false; got 1."),
        ("condition", "adaptive_injection", {"queries": 2.0}, "must be a whole number; got 2.0."),
        ("condition", "adaptive_injection", {"queries": True}, "must be a whole number; got True."),
        ("condition", "prompt_injection", {"through": ["input"]}, "must be a text; got ['input']."),
        ("assistant", "openai", {"address": "http://127.0.0.1:9/v1", "model": "m", "max_tokens": "9"}, "must be a whole number; got '9'."),
    ],
)
def test_every_part_s_values_are_held_against_its_annotations(kind: str, name: str, parameters: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        inventory.build(kind, name, parameters)


def test_a_whole_number_is_a_number_and_none_is_where_it_may_be() -> None:
    assert inventory.build("assistant", "clinic", {"wrong": 1, "decodes": ["hex"]}).decodes == ("hex",)
    assert inventory.build("assistant", "openai", {"address": "http://127.0.0.1:9/v1", "model": "m", "max_tokens": None}).max_tokens is None
