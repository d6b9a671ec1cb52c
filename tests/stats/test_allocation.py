"""Trials go where a verdict is nearest."""

from __future__ import annotations

import pytest

from keepstone.stats.allocation import CAP, State, divergence, expected_trials, next_open


def test_divergence() -> None:
    assert divergence(0.05, 0.05) == 0
    assert divergence(1.0, 0.5) == pytest.approx(0.6931, abs=1e-4)
    assert divergence(0.5, 0.0) == float("inf")


def test_the_nearest_claim_goes_first() -> None:
    passing, failing, limit = State(0, 60, 0.05, 2.5, -2.0), State(20, 60, 0.05, -9.0, 6.0), State(50, 1000, 0.05, -1.0, -1.0)
    assert next_open([limit, passing, failing], 7.6) == 2
    assert next_open([limit, passing, None], 7.6) == 1
    assert next_open([limit, None, None], 7.6) == 0
    assert next_open([None, None], 7.6) == -1


def test_a_rate_on_the_limit_is_capped_and_starves_nobody() -> None:
    on_the_limit = State(49.9, 999, 0.05, -3.0, -3.0)
    assert expected_trials(on_the_limit, 7.6) == CAP
    assert next_open([on_the_limit, State(2, 100, 0.05, 0.2, -1.0)], 7.6) == 1


def test_cost_and_what_is_left_count() -> None:
    cheap, dear = State(0, 20, 0.05, 0.5, -1.0), State(0, 60, 0.05, 2.5, -2.0, cost=10.0)
    assert next_open([cheap, dear], 7.6) == 0
    assert next_open([State(0, 20, 0.05, 0.5, -1.0, left=0), dear], 7.6) == 1


def test_equals_are_taken_in_turn() -> None:
    assert next_open([State(0, 0, 0.05, 0.0, 0.0), State(0, 0, 0.05, 0.0, 0.0)], 7.6) == 0
    assert next_open([State(0, 10, 0.05, 0.0, 0.0), State(0, 10, 0.05, 0.0, 0.0)], 7.6) == 0
