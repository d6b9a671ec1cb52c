"""The style sheet: contrast of text and of signs in both themes (WCAG 2.2, 1.4.3 and 1.4.11), paper, motion, narrow screens."""

from __future__ import annotations

import pytest

from keepstone.govern.report.page import environment

CSS = environment().get_template("report.css").render()


def palette(block: str) -> dict[str, str]:
    pairs = (line.split(":", 1) for line in block.replace("\n", "").split(";") if line.strip().startswith("--"))
    return {name.strip(): value.strip() for name, value in pairs}


def themes() -> dict[str, dict[str, str]]:
    blocks = [part.split("}", 1)[0] for part in CSS.split(":root{")[1:]]
    assert len(blocks) == 2
    return {"light": palette(blocks[0]), "dark": palette(blocks[1])}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXT = [
    (word, ground)
    for word in ("--ink", "--mut", "--link", "--pass", "--fail", "--inconclusive", "--error", "--not_measured")
    for ground in ("--bg", "--card")
] + [
    ("--ink", "--better"), ("--ink", "--worse"), ("--ink", "--safety"), ("--ink", "--security"), ("--ink", "--usefulness"), ("--ink", "--soft"),
    ("--mut", "--safety"), ("--mut", "--security"), ("--mut", "--usefulness"),
]  # fmt: skip
SIGNS = [(line, ground) for line in ("--better-line", "--worse-line", "--mut") for ground in ("--bg", "--safety", "--security", "--usefulness")] + [
    ("--not_measured", "--bg"), ("--card", "--fail"),
]  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("word", "ground"), TEXT)
def test_text_has_the_contrast_of_aa(theme: str, word: str, ground: str) -> None:
    colours = themes()[theme]
    assert contrast(colours[word], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("line", "ground"), SIGNS)
def test_signs_stand_out_from_their_ground(theme: str, line: str, ground: str) -> None:
    colours = themes()[theme]
    assert contrast(colours[line], colours[ground]) >= 3.0


def test_both_themes_set_the_same_colours_and_no_colour_stands_outside_them() -> None:
    light, dark = themes()["light"], themes()["dark"]
    assert light.keys() == dark.keys()
    outside = CSS.split(":root{")[2].split("}", 1)[1]
    assert outside.replace("#matrix", "").replace("#mitigations", "").replace("#across", "").replace("#ffffff", "").count("#") == 0


def test_contrast_is_computed_as_defined() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("rule", ["prefers-color-scheme:dark", "prefers-reduced-motion", "@media print", "max-width:720px", "focus-visible"])
def test_it_serves_paper_motion_narrow_screens_and_keyboards(rule: str) -> None:
    assert rule in CSS
