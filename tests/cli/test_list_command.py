"""`keepstone list`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hostile.spoil import ran

from keepstone.cli.known import KINDS, entries


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_listed_plain_and_as_json(kind: str, tmp_path: Path) -> None:
    names = [one.name for one in entries(kind)]
    plain = ran(["list", kind], tmp_path)
    assert (plain.code, plain.err) == (0, "")
    assert [name for name in names if name not in plain.out] == []
    assert [line for line in plain.out.splitlines() if line != line.rstrip() or len(line) > 100] == []
    document = json.loads(ran(["list", kind, "--json"], tmp_path).out)
    assert document["kind"] == kind
    assert [one["name"] for one in document["entries"]] == names


def test_one_of_a_kind_is_as_good(tmp_path: Path) -> None:
    assert ran(["list", "metric"], tmp_path) == ran(["list", "METRICS"], tmp_path) == ran(["list", "metrics"], tmp_path)


def test_limits_of_a_domain_and_risks_of_an_area(tmp_path: Path) -> None:
    risks = json.loads(ran(["list", "risks", "--of", "fairness", "--json"], tmp_path).out)["entries"]
    assert {one["name"].partition(".")[0] for one in risks} == {"fairness"}
    limits = json.loads(ran(["list", "limits", "--of", "health", "--json"], tmp_path).out)["entries"]
    assert {one["domain"] for one in limits} == {"health"}
    refused = ran(["list", "limits", "--of", "cooking"], tmp_path)
    assert refused.code == 2
    assert "health" in refused.err
    assert ran(["list", "words", "--of", "x"], tmp_path).code == 2
