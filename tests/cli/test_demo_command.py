"""`keepstone demo`: the example, as `assess` does it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile.spoil import ran

from keepstone.cli import assessing
from keepstone.cli.assessing import Options
from keepstone.lifecycle.example import folder


@pytest.mark.parametrize("code", [0, 1, 4])
def test_it_assesses_the_example_and_ends_as_that_does(code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Path, Options, Path, int]] = []

    def perform(path: Path, options: Options, out: Path, *, processes: int) -> int:
        asked.append((path, options, out, processes))
        return code

    monkeypatch.setattr(assessing, "perform", perform)
    got = ran(["demo", "--out", "there", "--workers", "3"], tmp_path)
    assert got.code == code
    assert asked == [(folder() / "system.toml", Options(), Path("there"), 3)]
    assert f"exit code {code}" in got.out
    assert "keepstone assess" in got.err


def test_without_scikit_learn_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    got = ran(["demo"], tmp_path)
    assert got.code == 2
    assert "pip install 'keepstone[tabular]'" in got.err
