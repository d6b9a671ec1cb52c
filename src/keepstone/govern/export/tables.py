"""The tables that the two cards share."""

from __future__ import annotations

from collections.abc import Iterable

from keepstone.govern.export.source import Source, numbers
from keepstone.govern.report import words
from keepstone.govern.report.markdown import escape
from keepstone.govern.report.view import STATES


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write a table whose cells are inert already; "" where it has no rows."""
    titles, lines = list(head), [list(row) for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in (titles, ["---"] * len(titles), *lines)) if lines else ""


def standing(source: Source) -> str:
    """How the two halves stand, and what the numbers promise."""
    result = source.result
    halves = "; ".join(f"{side} **{STATES[state]}**" for side, state in source.verdicts())
    promise = f"At most {words.plain(words.limit_percent(result.alpha))} of the claims are wrong on average."
    return (
        f"Assessed by Keepstone: {halves}. Nothing is averaged across the two halves. {promise} {escape(result.statement, longest=600)}".strip().removesuffix(
            "."
        )
        + "."
    )


def areas(source: Source) -> str:
    """The twelve areas, each with its state and why."""
    rows = [(half.side, area.name, area.word, escape(area.said, longest=300)) for half in source.view.halves for area in half.areas]
    return table(("Half", "Area", "State", "Worst, or why"), rows)


def findings(source: Source) -> str:
    """Every criterion, worst first."""
    rows = [
        (one.row.side, escape(one.headline, longest=200), escape(one.word), escape(numbers(one) or one.row.why, longest=300)) for one in source.view.findings
    ]
    return table(("Half", "Criterion", "Verdict", "Measured, against its limit"), rows)
