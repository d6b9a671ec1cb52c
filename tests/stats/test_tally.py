"""Tallies: what is kept, what is refused, and the looks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepstone.core.claim import NOT_COUNTED, Tally
from keepstone.stats.tally import LossError, add, difference, last, look_ends, looks, take

BLOCK = np.array([[0, NOT_COUNTED], [NOT_COUNTED, 1000], [250, NOT_COUNTED], [NOT_COUNTED, 1000], [NOT_COUNTED, NOT_COUNTED]], dtype=np.int16)


def test_a_block_becomes_histograms_and_order() -> None:
    tally = take(BLOCK, ordered=True)
    assert tally.parts == (((0, 1), (250, 1)), ((1000, 2),))
    assert np.frombuffer(tally.order, "<u4").tolist() == [0, 2001, 250, 2001]
    assert (tally.counted(0), tally.mean(0), tally.number(1, 1000), tally.number(1, 5)) == (2, 0.125, 2, 0)


@given(st.lists(st.integers(-1000, 1000), max_size=40), st.integers(0, 40))
def test_adding_blocks_is_taking_the_whole(losses: list[int], cut: int) -> None:
    whole = np.array(losses, dtype=np.int16).reshape(-1, 1)
    assert add(take(whole[:cut], low=-1000), take(whole[cut:], low=-1000)) == take(whole, low=-1000)


def test_order_is_kept_across_blocks() -> None:
    assert add(take(BLOCK[:2], ordered=True), take(BLOCK[2:], ordered=True)) == take(BLOCK, ordered=True)


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (np.zeros((3, 1)), "int16"),
        (np.zeros(3, dtype=np.int16), "shape"),
        (np.zeros((3, 2), dtype=np.int16), "shape"),
        (np.full((3, 1), 1001, dtype=np.int16), r"0 \.\. 1000"),
        (np.full((3, 1), -1, dtype=np.int16), r"0 \.\. 1000"),
    ],
)
def test_wrong_blocks_are_refused(block: np.ndarray, words: str) -> None:
    with pytest.raises(LossError, match=words):
        take(block, parts=1)


def test_groups_share_no_trial() -> None:
    with pytest.raises(LossError, match="one group at most"):
        take(np.zeros((1, 2), dtype=np.int16), ordered=True)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(LossError, match="parts"):
        add(Tally(((),)), Tally(((), ())))
    with pytest.raises(LossError, match="shape"):
        difference(BLOCK, BLOCK[:1])
    with pytest.raises(LossError, match="at least one look"):
        last([])


def test_nothing_counted() -> None:
    empty = take(np.full((4, 1), NOT_COUNTED, dtype=np.int16))
    assert empty.counted(0) == 0
    assert np.isnan(empty.mean(0))


@given(st.integers(1, 10_000))
def test_looks_spend_all_of_the_error_and_end_with_all_items(n: int) -> None:
    plan = looks(n)
    ends = [end for end, _ in plan]
    assert ends == sorted(set(ends)) == look_ends(n)
    assert ends[-1] == n
    assert sum(weight for _, weight in plan) == pytest.approx(1)
