"""The check of links finds a dead one, and leaves a good one and code alone."""

from __future__ import annotations

import pathlib
import runpy
from collections.abc import Callable
from typing import cast

import pytest

TOOL = runpy.run_path(str(pathlib.Path(__file__).parent.parent.parent / "tools" / "links.py"))
dead = cast("Callable[[pathlib.Path, pathlib.Path], list[str]]", TOOL["dead"])


@pytest.fixture
def page(tmp_path: pathlib.Path) -> pathlib.Path:
    (tmp_path / "other.md").write_text("# The `plan`, and more\n\n## Same\n\n## Same\n\n```\n# no heading\n```\n")
    (tmp_path / "a picture.svg").write_text("<svg/>")
    return tmp_path / "page.md"


@pytest.mark.parametrize(
    "text",
    [
        "[a](other.md)",
        "[a](other.md#the-plan-and-more)",
        "[a](other.md#same-1)",
        "# Here\n[a](#here)",
        "![a](a%20picture.svg)",
        '<img alt="x" src="other.md">',
        "[a](https://example.org/none)",
        "`[a](none.md)`",
        "```\n[a](none.md)\n```",
        "[`code` [in] it](other.md)",
    ],
)
def test_a_good_link_is_left_alone(page: pathlib.Path, text: str) -> None:
    page.write_text(text)
    assert dead(page, page.parent) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("one\n[a](none.md)", "page.md:2: none.md leads nowhere"),
        ("[a](other.md#no-heading)", "page.md:1: other.md#no-heading has no such heading"),
        ("[a](#nowhere)", "page.md:1: #nowhere has no such heading"),
        ("[a](../../etc)", "page.md:1: ../../etc leads nowhere"),
        ("```\ncode\n```\n![a](none.svg)", "page.md:4: none.svg leads nowhere"),
        ('<img src="none.svg">', "page.md:1: none.svg leads nowhere"),
    ],
)
def test_a_dead_link_is_told_with_its_line(page: pathlib.Path, text: str, said: str) -> None:
    page.write_text(text)
    assert dead(page, page.parent) == [said]
