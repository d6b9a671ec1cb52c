"""The example is where it is looked for, and a wheel carries it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from keepstone.core.errors import InputError
from keepstone.lifecycle import example
from keepstone.lifecycle.described import described

TOP = Path(__file__).parents[2]


def test_it_is_found_and_it_is_a_system() -> None:
    assert described(example.folder() / example.SYSTEM).data is not None


def test_a_wheel_carries_it() -> None:
    wheel = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"]["examples/healthcare"] == "keepstone/examples/healthcare"


def test_the_packaged_one_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site" / "src" / "keepstone"
    packaged = package / "examples" / "healthcare"
    for place in (packaged, tmp_path / "site" / "examples" / "healthcare"):
        place.mkdir(parents=True)
        (place / "system.toml").touch()
    monkeypatch.setattr(example, "files", lambda _name: package)
    assert example.folder() == packaged
    (packaged / "system.toml").unlink()
    assert example.folder() == tmp_path / "site" / "examples" / "healthcare"
    (tmp_path / "site" / "examples" / "healthcare" / "system.toml").unlink()
    with pytest.raises(InputError, match="not part of this installation"):
        example.folder()
