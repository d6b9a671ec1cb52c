"""Numbers are a function of their address."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from keepstone.stats.chance import Address, integers, normal, order, seed_of, uniform


@settings(max_examples=40, deadline=None)
@given(n=st.integers(1, 60), cuts=st.lists(st.integers(0, 60), max_size=4), k=st.integers(1, 9), seed=st.integers(0, 2**40))
def test_splitting_the_trials_changes_nothing(n: int, cuts: list[int], k: int, seed: int) -> None:
    ends = sorted({0, n, *(min(cut, n) for cut in cuts)})
    whole = uniform(Address(seed, "test", 0, n, 3), "noise", k)
    split = [uniform(Address(seed, "test", a, b, 3), "noise", k) for a, b in itertools.pairwise(ends)]
    assert np.array_equal(np.concatenate(split), whole)


def test_every_part_of_the_address_matters() -> None:
    base = uniform(Address(7, "test", 0, 50), "noise", 2)
    others = [
        uniform(Address(8, "test", 0, 50), "noise", 2),
        uniform(Address(7, "train", 0, 50), "noise", 2),
        uniform(Address(7, "test", 50, 100), "noise", 2),
        uniform(Address(7, "test", 0, 50, 1), "noise", 2),
        uniform(Address(7, "test", 0, 50), "other", 2),
    ]
    assert all(not np.intersect1d(base, other).size for other in others)


def test_the_numbers_stay_what_they_are() -> None:
    # A change here breaks the repetition of every earlier run.
    assert uniform(Address(7, "test", 0, 2), "noise", 2).round(6).tolist() == [[0.776521, 0.612059], [0.609296, 0.093539]]
    assert order(7, "test", 6).tolist() == [1, 3, 5, 0, 2, 4]
    assert seed_of(7, "forest", 3) == 2543064378


def test_laws() -> None:
    trials = Address(3, "law", 0, 20_000)
    u, z, i = uniform(trials, "u", 3), normal(trials, "z", 3), integers(trials, "i", 3, 7)
    assert u.shape == z.shape == i.shape == (20_000, 3)
    assert 0 <= u.min() < u.max() < 1
    assert abs(u.mean() - 0.5) < 0.01
    assert abs(z.mean()) < 0.02
    assert abs(z.std() - 1) < 0.02
    assert np.isfinite(z).all()
    counts = np.bincount(i.ravel(), minlength=7)
    assert counts.size == 7
    assert (np.abs(counts / 60_000 - 1 / 7) < 0.01).all()
    assert abs(np.corrcoef(u[:, 0], u[:, 1]).ravel()[1]) < 0.03


def test_order_is_a_permutation() -> None:
    seen = order(1, "test", 1000)
    assert sorted(seen.tolist()) == list(range(1000))
    assert order(1, "test", 0).size == 0
    assert abs(np.corrcoef(seen, np.arange(1000)).ravel()[1]) < 0.1
