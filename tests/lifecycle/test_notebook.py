"""The piece of HTML that a notebook shows: it brings its style, escapes what is foreign, and can be read on light and dark."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from govern import synthetic

from keepstone.lifecycle.notebook import DARK, LIGHT, STATES, fragment

NAMES = ("met", "not_met", "inconclusive", "error", "empty", "provisional", "hostile", "many")
ALLOWED = {"div", "style", "p", "strong", "table", "caption", "span", "small", "br", "tbody", "tr", "th", "td", "ol", "li"}


class Reader(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += "" if self.open[-1:] == ["style"] else data


def read(name: str) -> Reader:
    reader = Reader()
    reader.feed(fragment(getattr(synthetic, name)()))
    reader.close()
    assert reader.open == []
    return reader


@pytest.mark.parametrize("name", NAMES)
def test_it_holds_only_what_is_inert(name: str) -> None:
    found = read(name)
    assert set(found.tags) <= ALLOWED
    assert {key for key, _value in found.attributes} <= {"class", "scope"}
    assert found.tags.count("table") == 2
    assert found.tags.count("tr") == 12
    html = fragment(getattr(synthetic, name)())
    assert "http" not in html
    assert "url(" not in html
    assert len(html) < 20_000


def test_foreign_text_is_shown_as_text() -> None:
    assert "<script>alert(1)</script>" in read("hostile").text
    assert "\x1b" not in read("hostile").text
    assert "\u202e" not in read("hostile").text


def test_every_state_has_a_word_and_a_sign() -> None:
    text = read("not_met").text
    for said in ("✕ not met (2 of 13)", "? inconclusive", "✓ met", "· excluded", "\N{EN DASH} not measured"):
        assert said in text
    assert "! error" in read("error").text


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(2 * one for one in digits) if len(digits) == 3 else digits
    parts = [int(digits[k : k + 2], 16) / 255 for k in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_contrast_is_enough(colours: str) -> None:
    """WCAG 2.2, success criterion 1.4.3: 4.5 to 1."""
    named = dict(pair.removeprefix("--").split(":") for pair in colours.split(";"))
    ground = luminance(named["bg"])
    for name in ("ink", "mut", *STATES):
        light, dark = sorted((ground, luminance(named[name])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, name


def test_every_state_of_an_area_has_its_colour() -> None:
    from keepstone.govern.report.terminal import SIGNS

    assert set(SIGNS) == set(STATES)
