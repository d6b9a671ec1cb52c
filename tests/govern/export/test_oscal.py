"""OSCAL: satisfied only by what is met; read by compliance-trestle where it is installed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from govern import synthetic

from keepstone.govern.export import oscal
from keepstone.govern.export.source import Source

MADE = {name: getattr(synthetic, name) for name in ("not_met", "met", "inconclusive", "error", "empty", "provisional", "hostile", "many")}


def found(made: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(oscal.render(Source(MADE[made](), synthetic.run())))["assessment-results"]
    return document


@pytest.mark.parametrize("made", MADE)
def test_only_what_is_met_is_satisfied(made: str) -> None:
    result = MADE[made]()
    states = {one["target"]["target-id"]: one["target"]["status"] for one in found(made)["results"][0]["findings"]}
    met = {oscal.token(row.id) for row in result.findings if row.verdict == "pass"}
    met |= {side for side in ("safety", "security") if getattr(result.verdict, side) == "met"}
    assert {name for name, status in states.items() if status["state"] == "satisfied"} == met
    assert {name for name, status in states.items() if status["reason"] == "pass"} == met
    assert len(states) == len(result.findings) + len(result.unmeasured) + 2
    assert all(status["remarks"] for status in states.values())


def test_what_is_open_is_neither_passed_nor_failed() -> None:
    states = {one["target"]["target-id"]: one["target"]["status"] for one in found("inconclusive")["results"][0]["findings"]}
    assert {status["reason"] for status in states.values()} == {"other"}
    assert any("inconclusive" in status["remarks"] for status in states.values())


def test_the_plan_is_named_by_its_digest() -> None:
    document = found("not_met")
    assert document["import-ap"]["href"] == "#" + document["back-matter"]["resources"][0]["uuid"]


def test_names_that_oscal_does_not_take_are_changed_and_stay_apart() -> None:
    odd = ["a b", "a_b", "80+", "80-", "é", "x" * 300, "x" * 301, ".a"]
    assert len({oscal.token(name) for name in odd}) == len(odd)


def test_an_area_left_out_is_no_control_that_was_reviewed() -> None:
    selection = found("not_met")["results"][0]["reviewed-controls"]["control-selections"][0]
    assert {"control-id": "longterm"} in selection["exclude-controls"]
    assert {"control-id": "longterm"} not in selection["include-controls"]


@pytest.mark.parametrize("made", MADE)
def test_somebody_elses_reader_takes_it_and_refuses_a_changed_byte(made: str, tmp_path: Path) -> None:
    reader = pytest.importorskip("trestle.oscal.assessment_results")
    data, file = oscal.render(Source(MADE[made](), synthetic.run())), tmp_path / "results.json"
    file.write_bytes(data)
    assert reader.AssessmentResults.oscal_read(file).uuid
    file.write_bytes(data.replace(b'"state":"not-satisfied"', b'"state":"nat-satisfied"', 1).replace(b'"state":"satisfied"', b'"state":"satisfiet"', 1))
    with pytest.raises(Exception, match="state"):
        reader.AssessmentResults.oscal_read(file)
