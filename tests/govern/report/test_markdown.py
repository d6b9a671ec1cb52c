"""The summary for a pull request: short, and nothing in it acts."""

from __future__ import annotations

import pytest
from govern import synthetic
from govern.report.html_page import read
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from keepstone.govern.report.markdown import code, escape, render

OURS = {"document", "h1", "h2", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "code", "ol", "ul", "li", "hr", "br"}


def html(text: str) -> str:
    return str(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))


@pytest.mark.parametrize("state", synthetic.STATES)
def test_only_what_we_wrote_is_markup(state: str) -> None:
    root, mistakes = read(html(render(synthetic.STATES[state]())).encode())
    assert mistakes == []
    assert {one.tag for one in root.walk()} <= OURS
    assert len(root.all("h1")) == 1


@given(st.text(max_size=120))
def test_escaped_text_reads_as_itself_and_makes_nothing(text: str) -> None:
    for place in (f"- {escape(text)}\n", f"| a |\n| --- |\n| {escape(text)} |\n", f"1. {escape(text)}\n", f"x {escape(text)} y\n"):
        root, _ = read(html(place).encode())
        assert {one.tag for one in root.walk()} <= {"document", "ul", "ol", "li", "p", "table", "thead", "tbody", "tr", "th", "td"}


@pytest.mark.parametrize("text", ["@everyone", "see #12", "https://evil.example/x", "www.evil.example", "GH-7", "a@b.example"])
def test_what_a_forge_links_by_itself_is_broken_up(text: str) -> None:
    assert "\u2060" in escape(text)
    assert escape(text).replace("\u2060", "").replace("\\", "") == text


@given(st.text(max_size=60))
def test_a_word_of_the_machine_stays_in_its_cell(text: str) -> None:
    root, _ = read(html(f"| a | b |\n| --- | --- |\n| {code(text)} | end |\n").encode())
    assert [cell.words().strip() for cell in root.all("td")][1] == "end"
    assert {one.tag for one in root.walk()} <= {"document", "table", "thead", "tbody", "tr", "th", "td", "code"}


def test_it_is_short_and_says_what_failed() -> None:
    text = render(synthetic.not_met())
    assert text.count("\n") < 90
    assert "| ✕ not met | Missed deaths, a unit mix-up<br>A unit mix-up doubles missed deaths | 31.0 % [27.8, 34.3] | 20 % | 373 of 1 204 |" in text
    assert "**insecure development key**" in text
    assert render(synthetic.not_met()) == text
    assert "and 182 more." in render(synthetic.many())
    assert render(synthetic.many()).count("\n") < 130


def test_nothing_failed_nothing_listed() -> None:
    assert "## Not met" not in render(synthetic.met())
    assert "criteria met" in render(synthetic.met())
    assert "incomplete" in render(synthetic.empty())


def test_where_two_groups_meet_is_shown_but_of_a_few() -> None:
    text = render(synthetic.not_met())
    assert "| sex: female, age: 80 and older | 41 | 29.0 % [15.0, 43.0] | 31.0 % [22.0, 40.0] |" in text
    assert "2 pairs not shown, to tell of nobody" in text
    assert "race: asian" not in text
    assert "Where two groups meet" not in render(synthetic.empty())
