"""JUnit: green if and only if both halves are met; read by somebody else's reader."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from govern import synthetic

from keepstone.govern.export import junit
from keepstone.govern.export.source import Source

MADE = {name: getattr(synthetic, name) for name in ("not_met", "met", "inconclusive", "error", "empty", "provisional", "hostile", "many")}


def tree(made: str) -> ET.Element:
    return ET.fromstring(junit.render(Source(MADE[made](), synthetic.run())))  # noqa: S314  our own


@pytest.mark.parametrize("made", MADE)
def test_it_is_green_if_and_only_if_both_halves_are_met(made: str) -> None:
    top = tree(made)
    green = not top.findall(".//failure") and not top.findall(".//error")
    assert green == (MADE[made]().verdict.overall == "met")
    assert (top.get("failures"), top.get("errors")) == (str(len(top.findall(".//failure"))), str(len(top.findall(".//error"))))


@pytest.mark.parametrize("made", MADE)
def test_only_a_criterion_that_is_met_has_no_mark(made: str) -> None:
    marks = {case.get("name"): [mark.tag for mark in case] for case in tree(made).iter("testcase")}
    wanted = {"pass": [], "fail": ["failure"], "inconclusive": ["error"], "error": ["error"], "not_measured": ["error"]}
    for row in MADE[made]().findings:
        assert marks[row.id] == wanted[row.verdict]
    for gap in MADE[made]().unmeasured:
        assert marks[gap.id] == ["skipped"]


@pytest.mark.parametrize("made", MADE)
def test_somebody_elses_reader_counts_the_same(made: str, tmp_path: Path) -> None:
    reader = pytest.importorskip("junitparser")
    file = tmp_path / "keepstone.xml"
    file.write_bytes(junit.render(Source(MADE[made](), synthetic.run())))
    read, result = reader.JUnitXml.fromfile(str(file)), MADE[made]()
    fails = sum(row.verdict == "fail" for row in result.findings) + [result.verdict.safety, result.verdict.security].count("not_met")
    assert read.failures == fails
    assert sum(len(suite) for suite in read) == read.tests


def test_and_refuses_a_changed_byte(tmp_path: Path) -> None:
    reader = pytest.importorskip("junitparser")
    file = tmp_path / "keepstone.xml"
    file.write_bytes(junit.render(Source(synthetic.not_met())).replace(b"</testsuites>", b"</testsuitez>"))
    with pytest.raises(Exception, match="mismatch"):
        reader.JUnitXml.fromfile(str(file))


def test_text_that_would_end_a_section_stays_text() -> None:
    got = junit.render(Source(synthetic.hostile(), synthetic.run()))
    assert b"]]>" not in got
    assert {element.tag for element in ET.fromstring(got).iter()} == {"testsuites", "testsuite", "testcase", "failure", "error", "skipped"}  # noqa: S314
