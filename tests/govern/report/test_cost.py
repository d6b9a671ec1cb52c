"""What was paid, in one line."""

from __future__ import annotations

import msgspec
from govern import synthetic

from keepstone.govern.document import Calls, Run
from keepstone.govern.report import words
from keepstone.govern.report.cost import paid

RESULT = msgspec.structs.replace(synthetic.not_met(), calls=Calls(made=1000, fixed_n=5000))


def test_tokens_money_and_what_a_fixed_design_would_have_cost() -> None:
    run = Run(tokens_read=1_000_000, tokens_written=200_000, money=0.5, currency="EUR")
    said = words.plain(paid(RESULT, run))
    assert said == "1 200 000 tokens (1 000 000 read, 200 000 written) · 0.5 EUR · a fixed design would have cost about 2.50 EUR"


def test_without_prices_there_is_no_money_and_without_counts_nothing() -> None:
    assert words.plain(paid(RESULT, Run(tokens_read=0, tokens_written=12))) == "12 tokens"
    assert paid(RESULT, Run()) == ""
    assert paid(RESULT, None) == ""
