"""Docstrings set anew to a width."""

from __future__ import annotations

import inspect

from keepstone.cli.docstring import reflow
from keepstone.lifecycle import inventory


def test_examples_stay_as_they_are() -> None:
    text = "Example:\n    >>> f(1,\n    ...   2)\n    3\n"
    assert reflow(text, 20) == text.splitlines()


def test_every_part_of_the_house_fits_a_screen_but_for_examples() -> None:
    for kind in ("condition", "mitigation", "metric", "target"):
        for name in inventory.places(kind):
            lines = reflow(inspect.getdoc(inventory.part(kind, name)) or "", 90)
            told = lines[: lines.index("Example:")] if "Example:" in lines else lines
            assert [line for line in told if len(line) > 90] == [], name


def test_no_word_is_lost() -> None:
    for name in inventory.places("condition"):
        text = inspect.getdoc(inventory.part("condition", name)) or ""
        assert " ".join(reflow(text, 60)).split() == text.split()
