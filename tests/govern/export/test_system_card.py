"""The system card: what is known, what is not, and what the evidence is."""

from __future__ import annotations

import pytest
from govern import synthetic

from keepstone.govern.export import system_card
from keepstone.govern.export.source import Source


def test_it_tells_what_is_known_and_what_is_not() -> None:
    source = Source(synthetic.not_met(), synthetic.run())
    got = system_card.render(source).decode()
    for part in ("## The system", "## What was found", "## Who may be harmed", "## What each mitigation buys and costs", "## What is not known", "## Evidence"):
        assert part in got
    assert "insecure development key" in got
    assert source.digest in got
    assert "2026-11-24T09:00:00Z" in got


@pytest.mark.parametrize("made", [synthetic.empty, synthetic.error, synthetic.hostile, synthetic.many])
def test_every_row_of_a_table_has_as_many_cells_as_its_head(made: object) -> None:
    got = system_card.render(Source(made(), synthetic.run())).decode()  # type: ignore[operator]
    widths: list[int] = []
    for line in got.splitlines():
        if line.startswith("| "):
            widths.append(line.replace("\\|", "").count("|"))
        elif widths:
            assert len(set(widths)) == 1
            widths = []


def test_a_result_without_anything_says_so() -> None:
    assert "not stated" in system_card.render(Source(synthetic.empty())).decode()
