"""A conversation ends after its turns, also where each comes by itself, as to a guard."""

from __future__ import annotations

import numpy as np
import pytest

from keepstone.core.channel import INPUT, Signal
from keepstone.core.errors import InputError
from keepstone.parts.mitigations.turn_limit import TurnLimit


def said(*texts: str) -> Signal:
    return Signal(list(texts), np.zeros(len(texts), dtype=np.int8))


def test_turns_are_counted_by_conversation_and_not_where_somebody_sits_out() -> None:
    tap = TurnLimit(2).begin(2, {})
    assert [tap(INPUT, said("a", "")).rulings.tolist() for _ in range(3)] == [[0, 0], [0, 0], [3, 0]]


def test_the_count_outlives_a_request() -> None:
    memory: dict[str, bytes] = {}
    assert [int(TurnLimit(2).begin(1, memory)(INPUT, said("a")).rulings[0]) for _ in range(3)] == [0, 0, 3]


def test_a_limit_that_answers_nobody_is_refused() -> None:
    with pytest.raises(InputError, match="«turns» of turn_limit must be at least 1; got 0"):
        TurnLimit(0)
