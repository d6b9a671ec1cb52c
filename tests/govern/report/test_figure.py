"""The matrix as an image of its own."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from govern import synthetic

from keepstone.core.errors import InputError
from keepstone.govern.report.figure import matrix_image

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("state", ["not_met", "hostile", "many"])
def test_it_is_an_image_that_runs_and_fetches_nothing(state: str) -> None:
    root = ET.fromstring(matrix_image(synthetic.STATES[state]()))  # noqa: S314  bytes of our own
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"]
    used = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert used == {"svg", "style", "rect", "g", "title", "text", "tspan", "line", "circle", "path"}
    for element in root.iter():
        assert not [name for name in element.attrib if name.startswith("on") or name.endswith(("href", "style"))]
    style = root.find(f"{SVG}style")
    assert style is not None
    assert "url(" not in (style.text or "")
    assert "prefers-color-scheme:dark" in (style.text or "")


def test_it_is_the_same_bytes_each_time() -> None:
    assert matrix_image(synthetic.not_met()) == matrix_image(synthetic.not_met())


def test_without_a_mitigation_there_is_none() -> None:
    with pytest.raises(InputError, match="must hold a mitigation"):
        matrix_image(synthetic.met())
