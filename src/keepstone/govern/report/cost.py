"""What a run of a chat system was paid with: tokens and money, and what a run without early stopping would have cost."""

from __future__ import annotations

from keepstone.govern.document import Result, Run
from keepstone.govern.report import words


def paid(result: Result, run: Run | None) -> str:
    """Say in one line what was paid; nothing where nothing was counted."""
    if run is None or run.tokens_read is None or run.tokens_written is None:
        return ""
    total = run.tokens_read + run.tokens_written
    tokens = f"{words.whole(total)} tokens" + (f" ({words.whole(run.tokens_read)} read, {words.whole(run.tokens_written)} written)" if run.tokens_read else "")
    if run.money is None:
        return tokens
    unit = f" {words.clean(run.currency, longest=12)}" if run.currency else ""
    made, fixed = result.calls.made, result.calls.fixed_n
    rest = f"a fixed design would have cost about {money(run.money * fixed / made)}{unit}" if fixed and made and fixed > made else ""
    return words.joined((tokens, f"{money(run.money)}{unit}", rest))


def money(amount: float) -> str:
    """Write an amount, small ones to three figures.

    >>> money(12.345), money(0.012345), money(0)
    ('12.35', '0.0123', '0.00')
    """
    return f"{amount:.2f}" if amount >= 1 or amount == 0 else f"{amount:.3g}"
