"""How commands end: whatever is raised becomes a line and an exit code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import pytest

from keepstone.cli.running import finish
from keepstone.core.errors import EvidenceError, InputError, Interrupted, PartError, RequirementError


def command(does: Callable[[], object]) -> Callable[[], click.Command]:
    return lambda: click.Command("x", callback=does, help=r"Does it.")


def raises(error: BaseException) -> Callable[[], object]:
    def does() -> object:
        raise error

    return does


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (InputError(["a.toml:1: one.", "a.toml:2: two."]), 2, "keepstone: a.toml:1: one.\n           a.toml:2: two.\n"),
        (InputError("a: wrong.", hint="Do b."), 2, "keepstone: a: wrong.\n           Do b.\n"),
        (EvidenceError("it was edited."), 3, "keepstone: it was edited.\n"),
        (PartError("a budget was passed."), 4, "keepstone: a budget was passed.\n"),
        (RequirementError("not met."), 1, "keepstone: not met.\n"),
        (Interrupted("stopped."), 130, "keepstone: stopped.\n"),
        (KeyboardInterrupt(), 130, "\nkeepstone: interrupted.\n"),
        (click.Abort(), 130, "keepstone: interrupted.\n"),
        (click.UsageError("both."), 2, "keepstone: x: both.\n           `keepstone x --help` shows examples and options.\n"),
        (PermissionError(13, "Permission denied", "a.csv"), 2, "keepstone: a.csv: Permission denied.\n"),
        (MemoryError(), 2, "keepstone: There is not enough memory for this.\n"),
        (SystemExit(0), 2, "keepstone: Code of a file that was loaded ended the process.\n"),
        (InputError("\x1b[31mred"), 2, "keepstone: \\x1b[31mred\n"),
    ],
)
def test_an_error_is_a_line_and_a_code(error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert finish(command(raises(error)), "x", []) == code
    assert capsys.readouterr() == ("", said)


def test_a_fault_of_our_own_is_a_line_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert finish(command(raises(ValueError("odd\nthing"))), "x", []) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("keepstone: unforeseen: ValueError at test_running.py:")
    assert said[0].endswith(": odd thing")
    assert "report it" in said[1]


def test_a_command_that_can_not_be_loaded_is_told_too(capsys: pytest.CaptureFixture[str]) -> None:
    def gone() -> click.Command:
        raise ModuleNotFoundError("No module named 'gone'")

    assert finish(gone, "x", []) == 2
    assert "ModuleNotFoundError" in capsys.readouterr().err


@pytest.mark.parametrize(("given", "code"), [(None, 0), (0, 0), (1, 1), (4, 4)])
def test_what_a_command_returns_is_the_code(given: int | None, code: int) -> None:
    assert finish(command(lambda: given), "x", []) == code


def test_the_folder_one_is_in_is_left_out_of_paths(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    finish(command(raises(InputError(f"{tmp_path.resolve()}/data/a.csv:3: wrong."))), "x", [])
    assert capsys.readouterr().err == "keepstone: data/a.csv:3: wrong.\n"


def test_a_group_without_a_word_shows_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    group = click.Group("x", help="\\b\nExamples:\n  keepstone x y", commands={"y": click.Command("y")})
    assert finish(lambda: group, "x", []) == 2
    assert "\n  Examples:\n    keepstone x y\n" in capsys.readouterr().err
