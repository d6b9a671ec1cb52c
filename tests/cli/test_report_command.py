"""`keepstone report`."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from govern import synthetic
from hostile.spoil import ran

from keepstone.govern.read import encode_result
from keepstone.ledger.canonical import encode


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "result.json").write_bytes(encode(encode_result(synthetic.not_met())))
    return tmp_path


def test_the_page_is_drawn_beside_the_result(folder: Path) -> None:
    before = (folder / "old" / "result.json").read_bytes()
    got = ran(["report", "old/result.json"], folder)
    assert got.code == 0
    assert "Report: old/report.html" in got.out
    assert {path.name for path in (folder / "old").iterdir()} == {"result.json", "report.html", "report.md"}
    assert (folder / "old" / "result.json").read_bytes() == before


def test_or_elsewhere_with_the_facts_of_the_run(folder: Path) -> None:
    (folder / "old" / "run.json").write_bytes(encode(msgspec.to_builtins(synthetic.run())))
    document = json.loads(ran(["report", "old/result.json", "--out", "page", "--json"], folder).out)
    assert document == {
        "report": "page/report.html",
        "markdown": "page/report.md",
        "verdict": {"safety": "not_met", "security": "not_met", "overall": "not_met"} | document["verdict"],
        "exit_code": 1,
    }
    assert {path.name for path in (folder / "page").iterdir()} == {"run.json", "report.html", "report.md"}
    assert {path.name for path in (folder / "old").iterdir()} == {"result.json", "run.json"}


def test_the_same_result_gives_the_same_page(folder: Path) -> None:
    ran(["report", "old/result.json", "--out", "a"], folder)
    ran(["report", "old/result.json", "--out", "b"], folder)
    assert (folder / "a" / "report.html").read_bytes() == (folder / "b" / "report.html").read_bytes()
