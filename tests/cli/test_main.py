"""The command: help, versions, wrong words, and every command where it is said to be."""

from __future__ import annotations

import io
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from hostile.spoil import ran

from keepstone.cli.main import COMMANDS, main


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"]])
def test_help_names_every_command_and_exit_code(words: list[str], tmp_path: Path) -> None:
    got = ran(words, tmp_path)
    assert got.code == 0
    assert [name for name in COMMANDS if f"  {name} " not in got.out] == []
    assert all(f"{code} " in got.out for code in (0, 1, 2, 3, 4, 130))
    assert max(len(line) for line in got.out.splitlines()) <= 100


def test_the_version_is_that_of_the_package(tmp_path: Path) -> None:
    from importlib.metadata import version

    assert ran(["--version"], tmp_path).out == f"keepstone {version('keepstone')}\n"


def test_a_word_that_is_no_command_is_refused_with_the_nearest(tmp_path: Path) -> None:
    got = ran(["selfchek"], tmp_path)
    assert (got.code, got.out) == (2, "")
    assert got.err == "keepstone: There is no command «selfchek». Did you mean «selfcheck»? `keepstone --help` lists them.\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_examples(name: str, tmp_path: Path) -> None:
    assert find_spec(f"keepstone.cli.{name.replace('-', '_')}_command") is not None
    for words in ([name, "--help"], ["help", name]):
        got = ran(words, tmp_path)
        assert got.code == 0, got.err
        assert "Examples:\n" in got.out
        assert f"\n    keepstone {name}" in got.out


def test_a_reader_that_has_gone_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    left: list[bool] = []
    monkeypatch.setattr(sys, "stdout", Gone())
    monkeypatch.setattr("keepstone.cli.running.leave_pipe", lambda: left.append(True))
    assert main(["--help"]) == 0
    assert left == [True]
