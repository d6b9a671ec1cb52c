"""What the report says, before it is drawn."""

from __future__ import annotations

import msgspec
import pytest
from govern import synthetic

from keepstone.govern.document import Unmeasured
from keepstone.govern.report.view import CARDS, ORDER, area_name, headline, view


@pytest.mark.parametrize("state", synthetic.STATES)
def test_six_areas_a_half_and_every_finding_once(state: str) -> None:
    result = synthetic.STATES[state]()
    shown = view(result)
    assert [len(half.areas) for half in shown.halves] == [6, 6]
    assert sorted(one.row.id for one in shown.findings) == sorted(row.id for row in result.findings)
    assert len(shown.cards) <= CARDS
    assert len({one.anchor for one in shown.findings}) == len(shown.findings)


def test_worst_first() -> None:
    order = [ORDER.index(one.row.verdict) for one in view(synthetic.many()).findings]
    assert order == sorted(order)
    shown = view(synthetic.not_met()).findings
    over = [(one.row.mean or 0) / (one.row.limit or 1) for one in shown if one.row.verdict == "fail"]
    assert over == sorted(over, reverse=True)


def test_a_critical_failure_comes_before_the_others() -> None:
    result = synthetic.not_met()
    rows = tuple(msgspec.structs.replace(row, critical=row.id == "protection.membership.leak") for row in result.findings)
    assert view(msgspec.structs.replace(result, findings=rows)).findings[0].row.id == "protection.membership.leak"


@pytest.mark.parametrize(
    ("state", "words"),
    [("met", "criteria met"), ("not_met", "not met (2 of 13)"), ("inconclusive", "inconclusive"), ("empty", "incomplete")],
)
def test_the_wording_of_a_half(state: str, words: str) -> None:
    assert view(synthetic.STATES[state]()).halves[0].word == words


def test_only_a_pass_looks_like_one() -> None:
    for state in ("inconclusive", "error", "empty", "provisional"):
        for half in view(synthetic.STATES[state]()).halves:
            assert half.icon != "pass"
            for area in half.areas:
                assert (area.icon == "pass") == (area.line.state == "met")


def test_an_area_whose_target_broke_says_so() -> None:
    area = next(area for area in view(synthetic.error()).halves[0].areas if area.line.area == "robustness")
    assert (area.icon, area.word) == ("error", "error")
    assert "ValueError at row 118" in area.detail


def test_an_area_that_is_incomplete_with_passes_says_what_is_missing() -> None:
    result = synthetic.met()
    lines = tuple(msgspec.structs.replace(line, state="incomplete", why="Not measured: a proxy") if line.area == "alignment" else line for line in result.areas)
    area = view(msgspec.structs.replace(result, areas=lines)).halves[0].areas[0]
    assert (area.word, area.detail) == ("incomplete", "Not measured: a proxy")


def test_a_part_of_fewer_than_ten_keeps_its_name_only() -> None:
    one = view(synthetic.not_met()).by_id["fairness.sex.unfair"]
    assert one.parts[-1] == ("sex=not stated", "not shown: by it, fewer than 10 could be told of", "")


def test_harms_stand_by_whom_and_kind_the_gravest_first() -> None:
    harms = view(synthetic.not_met()).harms
    assert list(harms) == ["people", "environment", "institutions"]
    assert [harm.severity for harm in harms["people"]["psychological"]] == [4, 3]
    assert harms["environment"]["physical"] == ()


def test_areas_have_names() -> None:
    assert [area_name(word) for word in ("alignment", "longterm", "adversarial", "supply_chain")] == [
        "Alignment",
        "Long term",
        "Adversarial robustness",
        "Supply chain",
    ]


def test_an_area_that_is_incomplete_beside_an_open_number_says_what_was_not_measured() -> None:
    result = synthetic.inconclusive()
    line = next(one for one in result.areas if one.worst and one.state == "inconclusive")
    gap = Unmeasured(id=f"{line.area}.x", side=line.side, area=line.area, what="some_thing")
    lines = tuple(msgspec.structs.replace(one, state="incomplete") if one is line else one for one in result.areas)
    shown = view(msgspec.structs.replace(result, areas=lines, unmeasured=(gap,)))
    area = next(area for half in shown.halves for area in half.areas if area.line.area == line.area)
    assert area.detail == "Not measured: some thing"
    assert area.number
    assert area.said == f"{area.number} · Not measured: some thing"


def test_what_the_metric_says_already_is_not_said_again() -> None:
    row = msgspec.structs.replace(synthetic.not_met().findings[0], metric_title="alarms, in the rare cases", condition_title="the rare cases")
    assert headline(row) == "alarms, in the rare cases"
