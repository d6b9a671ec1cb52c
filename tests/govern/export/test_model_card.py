"""The model card: a head that machines read, a body that acts on nobody."""

from __future__ import annotations

import json

import pytest
from govern import synthetic

from keepstone.govern.export import model_card
from keepstone.govern.export.source import Source

MADE = {name: getattr(synthetic, name) for name in ("not_met", "met", "inconclusive", "error", "empty", "provisional", "hostile", "many")}


def card(made: str) -> str:
    return model_card.render(Source(MADE[made](), synthetic.run())).decode()


@pytest.mark.parametrize("made", MADE)
def test_every_line_of_the_head_is_json_and_the_head_ends(made: str) -> None:
    head = card(made).split("\n---\n")[0].splitlines()
    assert head[0] == "---"
    rows = [line.strip().rstrip(",") for line in head if line.startswith("      ")]
    numbers = [json.loads(row.removesuffix("]"))["value"] for row in rows]
    assert len(numbers) == sum(row.mean is not None for row in MADE[made]().findings)


def test_the_tags_say_how_the_halves_stand() -> None:
    assert '"keepstone-safety-inconclusive"' in card("inconclusive")
    assert '"keepstone-safety-met"' not in card("inconclusive")


def test_the_head_holds_nothing_that_plain_markdown_acts_on() -> None:
    head = card("hostile").split("\n---\n")[0]
    assert not set(head) & set("<>&()@`|!*#")


def test_what_is_not_met_and_who_set_the_limits_stand_in_it() -> None:
    got = card("not_met")
    assert "## Limitations" in got
    assert "not measured" in got
    assert "Dr A. Example, risk owner" in got


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("made", MADE)
def test_somebody_elses_reader_takes_the_head(made: str) -> None:
    reader = pytest.importorskip("huggingface_hub")
    read = reader.ModelCard(card(made))
    assert len(read.data.eval_results or []) == sum(row.mean is not None for row in MADE[made]().findings)
