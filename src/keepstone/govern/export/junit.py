"""JUnit XML: the result as a test suite, for continuous integration.

It is green if and only if both halves are met, as the exit code of `keepstone assess` is 0. A criterion over its limit is a failure; one
that nobody can call met or not met (inconclusive, broken, not measured) is an error; a question that was not put, and an area that somebody
left out, is skipped with its reason.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET  # written here, never read
from typing import TYPE_CHECKING

from keepstone.govern.export.source import HALVES, Source, gap, said, text, who
from keepstone.govern.report.view import STATES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keepstone.govern.document import Unmeasured
    from keepstone.govern.report.view import FindingView

MARKS = {"fail": "failure", "inconclusive": "error", "error": "error", "not_measured": "error"}
STATE_MARKS = {"not_met": "failure", "inconclusive": "error", "incomplete": "error"}


def render(source: Source) -> bytes:
    """Write a result as JUnit XML."""
    result, shown = source.result, source.view.findings
    suites = [_suite("verdict", [_half(side, STATE_MARKS.get(state, ""), STATES[state]) for side, state in source.verdicts()])]
    for line in result.areas:
        mine = [_case(one) for one in shown if one.row.area == line.area]
        mine += [_skipped(one.id, f"{one.side}.{one.area}", gap(one)) for one in _gaps(result.unmeasured, line.area)]
        left = f"Left out by {text(line.excluded_by, 120) or 'somebody unnamed'}: {text(line.why, 400)}"
        mine += [_skipped(line.area, f"{line.side}.{line.area}", left)] if line.state == "excluded" else []
        suites += [_suite(f"{line.side}.{line.area}", mine)] if mine else []
    top = ET.Element("testsuites", {"name": f"keepstone: {source.name}", **_counts(suites)})
    for suite in suites:
        suite.attrib |= {"timestamp": source.start.removesuffix("Z")} if source.start else {}
        top.append(suite)
    ET.indent(top)
    document: bytes = ET.tostring(top, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _gaps(unmeasured: Iterable[Unmeasured], area: str) -> list[Unmeasured]:
    return [one for one in unmeasured if one.area == area]


def _suite(name: str, cases: Iterable[ET.Element]) -> ET.Element:
    suite = ET.Element("testsuite", {"name": text(name, 200)})
    suite.extend(cases)
    suite.attrib |= _counts([suite])
    return suite


def _counts(suites: Iterable[ET.Element]) -> dict[str, str]:
    """How many cases there are, and how many of each mark."""
    suites = list(suites)
    marks = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    counted = {name: sum(len(suite.findall(f"testcase/{mark}")) for suite in suites) for name, mark in marks.items()}
    return {name: str(count) for name, count in ({"tests": sum(len(suite.findall("testcase")) for suite in suites)} | counted).items()} | {"time": "0"}


def _half(side: str, mark: str, word: str) -> ET.Element:
    case = _element("testcase", classname="keepstone.verdict", name=side)
    if mark:
        case.append(_element(mark, type=word, message=f"The {side} half is {word}: {HALVES[side]}"))
    return case


def _case(one: FindingView) -> ET.Element:
    row = one.row
    case = _element("testcase", classname=f"keepstone.{row.side}.{row.area}", name=row.id)
    mark = MARKS.get(row.verdict, "")
    if mark:
        found = _element(mark, type=row.verdict, message=said(one))
        found.text = "\n".join(part for part in (text(row.title), text(row.harm), text(who(one)), text(row.advice)) if part)
        case.append(found)
    return case


def _skipped(name: str, area: str, why: str) -> ET.Element:
    case = _element("testcase", classname=f"keepstone.{text(area, 60)}", name=name)
    case.append(_element("skipped", type="not measured", message=why))
    return case


def _element(tag: str, **attributes: str) -> ET.Element:
    return ET.Element(tag, {name: text(value) for name, value in attributes.items()})
