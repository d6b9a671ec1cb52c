"""A circuit breaker is named, and says why it can't be tried."""

from __future__ import annotations

from keepstone.areas.chat import known
from keepstone.areas.controls import linear
from keepstone.parts.mitigations.circuit_breaker import CircuitBreaker


def test_it_is_not_applicable_and_says_what_would_measure_it() -> None:
    assert CircuitBreaker().unfit(known.flawless()).startswith("not applicable: the target shows no activations")
    assert "tuned_model" in CircuitBreaker().unfit(known.flawless())
    assert CircuitBreaker().unfit(linear()) == "the target is not talked to"
    assistant = known.flawless().assistant
    assert CircuitBreaker().around(assistant) is assistant
