"""A triage in words, as Markdown, as an AVID report; and the table as a text."""

from __future__ import annotations

import datetime as dt

from keepstone.catalog.intent import decision
from keepstone.core.incident import Incident
from keepstone.govern.triage import avid, markdown, plain, sentences, table, template
from keepstone.map.triage import triage

BOTH = triage(
    Incident(
        case="c1",
        title="a [link](x) | `code`\x1b[31m",
        facts={"intent": "harm", "relation": "attacks", "harm": "realised", "harm_via_system": "yes"},
        evidence={"intent": "the | letter"},
    )
)


def test_the_words_name_class_owner_flips_and_the_next_question() -> None:
    told = dict(sentences(BOTH, decision()))
    assert told["Class"] == "both (security->safety)"
    assert "harm_via_system = yes" in told["Decided by"]
    assert {"Owner", "Flips", "No flip", "Ask next"} <= set(told)


def test_markdown_can_format_nothing_of_a_foreign_text() -> None:
    page = markdown(BOTH, decision())
    assert "\\[link\\](x) \\| \\`code\\`\\\\x1b\\[31m" in page
    assert "\x1b" not in page
    assert "the \\| letter" in page


def test_an_avid_report_has_both_domains_and_its_date() -> None:
    report = avid(BOTH, date=dt.date(2026, 11, 24))
    assert report["reported_date"] == "2026-11-24"
    assert report["impact"]["avid"]["risk_domain"] == ["Security", "Ethics", "Performance"]  # type: ignore[index]
    assert report["metadata"] == {"report_id": "c1"}


def test_plain_values_say_that_ids_are_proposals() -> None:
    assert all(home["proposed"] for home in plain(BOTH)["homes"])  # type: ignore[attr-defined]


def test_table_and_template_hold_every_fact_and_rule() -> None:
    for fact in decision().fact:
        assert fact.name in table(decision())
        assert f"`{fact.name}`" in template(decision())
    assert all(rule.says.split()[0] in table(decision()) for rule in decision().rule)
