"""Where two groups meet: counted exactly, the most missed first, and nobody of a few is told of."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from scipy.stats import binomtest

from keepstone.core.trial import Outcome
from keepstone.govern.clinical import clinical
from keepstone.govern.intersections import intersections
from keepstone.govern.told import alone, crossed


def outcome(few: int) -> Outcome:
    """Two hundred people of two attributes; so many of those with the outcome are old women."""
    n = 200
    truth = (np.arange(n) % 2).astype(np.float64)
    old = np.arange(n) % 4 >= 2
    sex = np.array(["male"] * n, dtype=object)
    sex[np.flatnonzero(old & (truth == 1))[:few]] = "female"
    sex[np.flatnonzero(old & (truth == 0))[:20]] = "female"
    flagged = truth.copy()
    flagged[np.flatnonzero((sex == "female") & (truth == 1))[:6]] = 0
    flagged[np.flatnonzero((sex == "male") & (truth == 0))[:5]] = 1
    columns = {
        "truth": truth,
        "flagged": flagged,
        "score": np.where(flagged == 1, 0.9, 0.1),
        "ruling": np.zeros(n, dtype=np.int8),
        "group:sex": sex.astype(str),
        "group:age": np.where(old, "old", "young"),
    }
    return Outcome(columns, np.ones(n), np.zeros(n, dtype=bool), {})


def test_they_are_counted_with_exact_intervals() -> None:
    found, hidden = intersections(outcome(12), ["sex", "age"])
    assert [one.group for one in found] == ["sex=female, age=old", "sex=male, age=old", "sex=male, age=young"]
    assert hidden == 0
    worst = found[0]
    assert (worst.n, worst.outcomes) == (32, 12)
    interval = binomtest(6, 12).proportion_ci(0.95, "exact")
    assert worst.missed == pytest.approx((0.5, interval.low, interval.high))
    assert worst.alarms is not None
    assert worst.alarms[0] == 0
    assert sum(one.n for one in found) == 200


@pytest.mark.parametrize("few", [3, 9])
def test_of_a_few_nothing_is_shown_but_that_they_are_there(few: int) -> None:
    found, hidden = intersections(outcome(few), ["sex", "age"])
    assert [one.group for one in found] == ["sex=male, age=young"]  # all that are old less the old men would be the old women
    assert hidden == 2


def solved(sizes: np.ndarray, shown: np.ndarray) -> list[tuple[int, int]]:
    """The hidden pairs with people that the sums of rows and columns tell, a table being one solution: by each pair's rank, apart from the code under test."""
    cells = [(a, b) for a, b in np.argwhere(~shown) if sizes[:, a, b].sum()]
    matrix = np.array(
        [[float(a == row) for a, _ in cells] for row in range(shown.shape[0])] + [[float(b == col) for _, b in cells] for col in range(shown.shape[1])]
    )
    rank = np.linalg.matrix_rank
    return [cell for k, cell in enumerate(cells) if rank(np.delete(matrix, k, axis=1)) < rank(matrix)]


def every(n: int) -> np.ndarray:
    return np.ones(n, dtype=bool)


@pytest.mark.parametrize(
    ("came", "most"),
    [
        ([[40, 30, 5], [25, 60, 50], [30, 30, 30]], 5),
        ([[3, 12, 40, 50], [60, 55, 70, 40], [12, 80, 90, 50]], 8),  # hiding three, each follows from the sums in two steps
    ],
)
def test_nobody_is_told_by_subtraction(came: list[list[int]], most: int) -> None:
    few = np.array([came, np.array(came) + 40])
    shown = crossed(few, every(few.shape[1]), every(few.shape[2]))
    for axis in (0, 1):
        left = np.where(shown, 0, few).sum(axis=axis + 1)
        assert all(total.sum() == 0 or total.min() >= 10 for total in left.T)
    assert not shown[few.min(axis=0) < 10].any()
    assert shown.sum() == most
    assert solved(few, shown) == []


@pytest.mark.parametrize("seed", range(40))
def test_whatever_the_table_no_hidden_pair_can_be_solved_for(seed: int) -> None:
    random = np.random.default_rng(seed)
    sizes = random.choice([0, 3, 9, 12, 20, 50, 90], size=(2, random.integers(2, 6), random.integers(2, 6)), p=[0.05, 0.1, 0.05, 0.2, 0.2, 0.2, 0.2])
    shown = crossed(sizes, every(sizes.shape[1]), every(sizes.shape[2]))
    assert not shown[sizes.min(axis=0) < 10].any()
    assert solved(sizes, shown) == [] or not shown.any()


@pytest.mark.parametrize("few", [[[3, 12, 40], [60, 11, 70]], [[12, 3, 14], [11, 40, 15]], [[4, 30], [20, 60], [50, 14]]])
def test_a_small_pair_has_other_values_that_fit_all_that_is_shown(few: list[list[int]]) -> None:
    table = np.array(few)
    shown = crossed(np.stack([table, table + 40]), every(len(few)), every(len(few[0])))
    hidden = [(int(a), int(b)) for a, b in np.argwhere(~shown)]
    rest = np.where(shown, 0, table)
    found = list(filled(hidden, rest.sum(axis=1).tolist(), rest.sum(axis=0).tolist()))
    assert all(len({one[k] for one in found}) > 3 for k in range(len(hidden)))


def filled(cells: list[tuple[int, int]], rows: list[int], columns: list[int]) -> Iterator[tuple[int, ...]]:
    """Every way to fill the hidden pairs so that each row and column has what is left of it."""
    if not cells:
        if not any(rows) and not any(columns):
            yield ()
        return
    (a, b), last = cells[0], all(row != cells[0][0] for row, _ in cells[1:])
    for value in [rows[a]] if last else range(min(rows[a], columns[b]) + 1):
        if value <= columns[b]:
            fewer = [[size - value * (k == at) for k, size in enumerate(line)] for line, at in ((rows, a), (columns, b))]
            yield from ((value, *others) for others in filled(cells[1:], *fewer))


def test_beside_a_small_group_the_next_smallest_is_hidden_too() -> None:
    assert alone(np.array([[4, 40, 12, 50], [90, 80, 70, 60]])).tolist() == [False, True, False, True]
    assert alone(np.array([[9, 8, 40], [9, 9, 40]])).tolist() == [False, False, True]  # seventeen together tell of none
    assert alone(np.array([[4, 40]])).tolist() == [False, False]
    assert alone(np.array([[14, 40]])).tolist() == [True, True]


def test_one_attribute_meets_nobody() -> None:
    assert intersections(outcome(12), ["sex"]) == ((), 0)


def test_they_stand_in_the_clinician_s_table() -> None:
    table = clinical(outcome(12), 0.5, ["sex", "age"])
    assert table is not None
    assert table.intersections == intersections(outcome(12), ["sex", "age"])[0]
