"""AVID: one report for each failure, and none for what is open."""

from __future__ import annotations

import json

import pytest
from govern import synthetic

from keepstone.core.origin import Area
from keepstone.govern.export import avid
from keepstone.govern.export.source import Source

MADE = {name: getattr(synthetic, name) for name in ("not_met", "met", "inconclusive", "error", "empty", "provisional", "hostile", "many")}


@pytest.mark.parametrize("made", MADE)
def test_each_failure_has_a_report_and_nothing_else(made: str) -> None:
    lines = avid.render(Source(MADE[made](), synthetic.run())).splitlines()
    assert len(lines) == sum(row.verdict == "fail" for row in MADE[made]().findings)
    reports = [json.loads(line) for line in lines]
    assert len({one["metadata"]["report_id"] for one in reports}) == len(reports)
    assert {one["reported_date"] for one in reports} <= {"2026-11-24"}


def test_every_area_has_its_place() -> None:
    assert set(avid.VIEWS) == {area.value for area in Area}


def test_without_the_facts_of_the_run_no_day_is_said() -> None:
    assert b"reported_date" not in avid.render(Source(synthetic.not_met()))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("made", MADE)
def test_somebody_elses_reader_takes_it_and_refuses_a_changed_byte(made: str) -> None:
    reader = pytest.importorskip("avidtools.datamodels.report", exc_type=ImportError)
    for line in avid.render(Source(MADE[made](), synthetic.run())).splitlines():
        reader.Report(**json.loads(line))
        with pytest.raises(ValueError, match="type"):
            reader.Report(**json.loads(line.replace(b'"Measurement"', b'"Measuremint"')))
