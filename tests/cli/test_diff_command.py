"""`keepstone diff`."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from govern import synthetic
from hostile.spoil import ran

from keepstone.govern.document import Result
from keepstone.govern.read import encode_result
from keepstone.ledger.canonical import encode


def put(path: Path, result: Result) -> None:
    path.write_bytes(encode(encode_result(result)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    result = synthetic.not_met()
    put(tmp_path / "failing.json", result)
    rows = tuple(msgspec.structs.replace(row, verdict="inconclusive") if row.verdict == "fail" else row for row in result.findings)
    put(tmp_path / "open.json", msgspec.structs.replace(result, findings=rows))
    return tmp_path


def test_only_new_failures_end_with_1(folder: Path) -> None:
    assert ran(["diff", "failing.json", "failing.json"], folder).code == 0
    assert ran(["diff", "failing.json", "open.json"], folder).code == 0
    got = ran(["diff", "open.json", "failing.json"], folder)
    assert got.code == 1
    assert "newly not met" in got.out


def test_json_is_the_whole_comparison(folder: Path) -> None:
    got = ran(["diff", "open.json", "failing.json", "--json"], folder)
    document = json.loads(got.out)
    assert got.code == 1
    assert document["schema"] == "keepstone/diff/1"
    assert document["new"]


def test_other_cases_are_compared_only_where_asked(folder: Path) -> None:
    other = synthetic.not_met()
    put(folder / "other.json", msgspec.structs.replace(other, digests={**other.digests, "data": "sha256:other"}))
    refused = ran(["diff", "failing.json", "other.json"], folder)
    assert (refused.code, refused.out) == (2, "")
    assert "--across" in refused.err
    assert ran(["diff", "failing.json", "other.json", "--across"], folder).code == 0
