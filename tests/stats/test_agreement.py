"""Agreement of two raters: known tables, the paradox of kappa, and intervals that cover."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest

from keepstone.stats.agreement import agreement


def table(yes: int, first: int, second: int, no: int) -> list[tuple[int, int]]:
    return [(1, 1)] * yes + [(1, 0)] * first + [(0, 1)] * second + [(0, 0)] * no


def test_known_tables() -> None:
    told = agreement(table(20, 5, 10, 15))
    assert (told.items, told.agreed) == (50, 35)
    assert told.kappa == pytest.approx(0.4)
    assert told.ac1 == pytest.approx((0.7 - 2 * 0.55 * 0.45) / (1 - 2 * 0.55 * 0.45))


def test_where_nearly_everything_is_no_kappa_falls_and_ac1_does_not() -> None:
    told = agreement(table(0, 3, 3, 94))
    assert told.kappa < 0
    assert told.ac1 > 0.9


def test_full_agreement_on_few_items_is_no_certainty() -> None:
    few, many = agreement(table(3, 0, 0, 3)), agreement(table(300, 0, 0, 300))
    assert few.kappa == few.ac1 == 1.0
    assert few.kappa_bounds.lower < 0.5
    assert many.kappa_bounds.lower > 0.95
    assert isnan(agreement(table(0, 0, 0, 5)).kappa)
    assert agreement(table(0, 0, 0, 5)).ac1 == 1.0


def test_nothing_rated_is_refused() -> None:
    with pytest.raises(ValueError, match="«pairs»"):
        agreement([])


def test_the_intervals_cover() -> None:
    """Two raters who each err independently on a truth that is 1 in a fifth of the items."""
    chance = np.random.default_rng(9)
    p, right = 0.2, 0.9
    both = p * right**2 + (1 - p) * (1 - right) ** 2
    none = p * (1 - right) ** 2 + (1 - p) * right**2
    yes = p * right + (1 - p) * (1 - right)
    kappa = (both + none - (yes**2 + (1 - yes) ** 2)) / (1 - (yes**2 + (1 - yes) ** 2))
    ac1 = (both + none - 2 * yes * (1 - yes)) / (1 - 2 * yes * (1 - yes))
    missed = np.zeros(2)
    for _repeat in range(400):
        truth = chance.random(60) < p
        votes = [(int(a), int(b)) for a, b in zip(*(np.where(chance.random(60) < right, truth, ~truth) for _ in range(2)), strict=True)]
        told = agreement(votes)
        missed += [not told.kappa_bounds.lower <= kappa <= told.kappa_bounds.upper, not told.ac1_bounds.lower <= ac1 <= told.ac1_bounds.upper]
    assert (missed / 400 <= 0.07).all()
