"""Words that several commands share."""

from __future__ import annotations

import io
import math
import sys
from pathlib import Path

import click
import pytest

from keepstone.cli.options import Budget, console, contents, emit, existing, folder, workers
from keepstone.core.errors import InputError


@pytest.mark.parametrize(
    ("text", "calls", "seconds"), [("20000", 20000, math.inf), ("90s", math.inf, 90), ("5m", math.inf, 300), ("2 h", math.inf, 7200), ("1.5min", math.inf, 90)]
)
def test_a_budget_is_rows_or_a_time(text: str, calls: float, seconds: float) -> None:
    assert Budget().convert(text, None, None) == (calls, seconds)


@pytest.mark.parametrize("text", ["", "0", "-3", "x", "5 parsecs", "nan", "inf", "5mm", "s"])
def test_anything_else_is_no_budget(text: str) -> None:
    with pytest.raises(click.BadParameter, match="must be a number of rows"):
        Budget().convert(text, None, None)


def test_a_file_must_be_a_plain_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x", encoding="utf-8")
    assert existing(str(tmp_path / "a")) == tmp_path / "a"
    for name, said in (
        (tmp_path, "This is a folder"),
        (tmp_path / "b", "There is no such file"),
        ("a\0b", "NUL"),
        ("x" * 5000, "can't be a file|no such file"),
    ):
        with pytest.raises(InputError, match=said):
            existing(str(name))


def test_contents_are_read_up_to_a_size(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert contents(str(tmp_path / "a"), largest=5) == b"12345"
    with pytest.raises(InputError, match="at most 4 bytes"):
        contents(str(tmp_path / "a"), largest=4)


def test_a_folder_is_a_folder_or_nothing_yet(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x", encoding="utf-8")
    assert folder(str(tmp_path)) == tmp_path
    assert folder(str(tmp_path / "new" / "deep")) == tmp_path / "new" / "deep"
    for name, said in ((tmp_path / "a", "must be a folder"), ("", "empty"), ("a\0b", "NUL")):
        with pytest.raises(InputError, match=said):
            folder(str(name))


def test_what_is_piped_is_plain_and_of_a_fixed_width(capsys: pytest.CaptureFixture[str]) -> None:
    screen = console()
    screen.print("[bold]x[/bold] :smile:", style="bold red")
    assert screen.width == 100
    assert capsys.readouterr().out == "[bold]x[/bold] :smile:\n"


def test_no_color_is_heeded_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert console().no_color


def test_json_is_canonical_and_utf8(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    emit({"b": "é", "a": 1})
    assert capsysbinary.readouterr().out == '{"a":1,"b":"é"}\n'.encode()


def test_workers_are_few() -> None:
    assert 1 <= workers() <= 4


def test_a_reader_who_went_away_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr("sys.stdout", Gone())
    with pytest.raises(BrokenPipeError):
        console().print("a line that nobody reads")
