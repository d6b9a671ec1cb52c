"""A bandit without chance: every opening in turn until one works, then that one for as long as it is worth it."""

from __future__ import annotations

import numpy as np
import pytest

from keepstone.stats.bandit import Bandit

OPENINGS, SUCCESS = 40, 0.3
EXPECTED = OPENINGS * (1 / SUCCESS - 1) + 20.5
"""Queries to a first hit, in turn over all openings, of which one works so often."""


def search(seed: int, queries: int = 600) -> list[tuple[int, bool]]:
    """What was tried, and whether it worked, where one opening of all works now and then."""
    luck, bandit, tried = np.random.default_rng(seed), Bandit(OPENINGS), []
    hole = int(luck.integers(OPENINGS))
    for _ in range(queries):
        one = bandit.next()
        hit = one == hole and bool(luck.random() < SUCCESS)
        bandit.seen(one, hit=hit)
        tried.append((one, hit))
    return tried


def test_all_are_tried_in_turn_while_nothing_works() -> None:
    bandit = Bandit(5)
    seen = []
    for _ in range(15):
        seen.append(bandit.next())
        bandit.seen(seen[-1], hit=False)
    assert seen == [0, 1, 2, 3, 4] * 3


def test_a_hole_is_found_as_soon_as_can_be_expected_and_kept() -> None:
    runs = [search(seed) for seed in range(200)]
    first = [next(k for k, (_one, hit) in enumerate(run) if hit) + 1 for run in runs if any(hit for _one, hit in run)]
    assert len(first) >= 195
    assert np.mean(first) < 1.5 * EXPECTED
    kept = [np.mean([one == run[at - 1][0] for one, _hit in run[at:]]) for run, at in zip([run for run in runs if any(h for _, h in run)], first, strict=True)]
    assert np.mean(kept) > 0.9


def test_the_order_is_by_promise() -> None:
    bandit = Bandit(3)
    for one, hit in ((0, False), (1, True), (1, False), (2, True)):
        bandit.seen(one, hit=hit)
    assert bandit.order() == [2, 1, 0]
    assert bandit.mean(2) == pytest.approx((1 + 1 / 3) / 2)
