"""Text in columns."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from keepstone.cli.screen import columns, paragraph


def screen(width: int = 40) -> tuple[Console, io.StringIO]:
    out = io.StringIO()
    return Console(file=out, width=width, highlight=False, markup=False), out


def test_the_last_column_is_wrapped_under_itself() -> None:
    console, out = screen()
    columns(console, [("a", "one two three four five six seven eight nine"), ("long", "x")], styles=("bold",))
    assert out.getvalue() == "a     one two three four five six seven\n      eight nine\nlong  x\n"


def test_numbers_are_set_to_the_right_and_rows_set_in() -> None:
    console, out = screen()
    columns(console, [("a", "1", "x"), ("b", "100", "")], right=(1,), indent=2)
    assert out.getvalue() == "  a    1  x\n  b  100\n"


def test_foreign_text_is_inert() -> None:
    console, out = screen()
    columns(console, [("[red]a\x1b[31m", "b\nc")])
    paragraph(console, "d\x07")
    assert out.getvalue() == "[red]a\\x1b[31m  b\\nc\nd\\x07\n"


def test_nothing_is_nothing() -> None:
    console, out = screen()
    columns(console, [])
    assert out.getvalue() == ""


@pytest.mark.parametrize("width", range(40, 100, 7))
def test_a_command_between_backticks_stays_on_one_line(width: int) -> None:
    out = io.StringIO()
    paragraph(Console(file=out, width=width), "Signed with a key that names nobody, made for this run. `keepstone keys new` makes one that lasts.")
    lines = out.getvalue().splitlines()
    assert any("`keepstone keys new`" in line for line in lines)
    assert max(len(line) for line in lines) < width
