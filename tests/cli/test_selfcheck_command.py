"""`keepstone selfcheck`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from hostile.spoil import ran

from keepstone.lifecycle import selfcheck as checked

if TYPE_CHECKING:
    import pytest


def test_it_is_filed_beside_the_results(tmp_path: Path) -> None:
    got = ran(["selfcheck", "--runs", "2", "--workers", "1"], tmp_path)
    assert got.code == 0, got.err
    assert "The error rate holds here." in got.out
    assert "of 2" in got.out
    filed = json.loads((tmp_path / "keepstone-out" / "selfcheck.json").read_bytes())
    assert filed["runs"] == 2
    again = ran(["selfcheck", "--runs", "2", "--workers", "1", "--out", "b", "--json"], tmp_path)
    assert json.loads(again.out) == filed


def test_where_it_does_not_hold_the_command_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checked, "FOUND", 2.0)
    got = ran(["selfcheck", "--runs", "1", "--workers", "1"], tmp_path)
    assert got.code == 1
    assert "DOES NOT HOLD" in got.out
