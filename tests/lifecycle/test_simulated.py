"""The target whose rates are known."""

from __future__ import annotations

import numpy as np
import pytest

from keepstone.core.cell import Arm
from keepstone.core.trial import Outcome, Trials
from keepstone.lifecycle.simulated import Rates, Simulated
from keepstone.measure.play import play
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.mitigations.none import Nothing


def played(rates: Rates, target: Simulated, start: int = 0, stop: int | None = None) -> Outcome:
    return play(target, Arm(target, rates, Nothing()), Trials(5, "test", start, target.trials if stop is None else stop), KeptShelf())


def wrong(outcome: Outcome) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.asarray(np.asarray(outcome.columns["truth"]) != np.asarray(outcome.columns["flagged"]))


def test_it_is_wrong_at_the_rates_that_it_is_told() -> None:
    target = Simulated(20_000)
    outcome = played(Rates(a=0.3, b=0.1, luck=0), target)
    side = np.asarray(outcome.columns["group:side"])
    assert wrong(outcome)[side == "a"].mean() == pytest.approx(0.3, abs=0.02)
    assert wrong(outcome)[side == "b"].mean() == pytest.approx(0.1, abs=0.02)


def test_one_luck_is_shared_and_another_is_not() -> None:
    target = Simulated(2000)
    low, high, other = (wrong(played(Rates(a=rate, b=rate, luck=luck), target)) for rate, luck in ((0.2, 0), (0.4, 0), (0.2, 1)))
    assert not (low & ~high).any(), "who is wrong at a low rate is wrong at a higher one"
    assert (low & ~other).any()


def test_rows_of_a_person_share_their_luck() -> None:
    outcome = played(Rates(a=0.4, b=0.4, luck=2), Simulated(900, rows_a_unit=3))
    assert (wrong(outcome).reshape(-1, 3).std(axis=1) == 0).all()


def test_any_split_gives_the_same() -> None:
    target = Simulated(90, rows_a_unit=3)
    rates = Rates(a=0.4, b=0.2, luck=1)
    whole = wrong(played(rates, target))
    assert np.array_equal(whole, np.concatenate([wrong(played(rates, target, *span)) for span in ((0, 9), (9, 10), (10, 90))]))
