"""The mitigation matrix as geometry."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from govern import synthetic

from keepstone.govern.report.matrix import LARGEST, ROW, Matrix, matrix
from keepstone.govern.rows import Interplay


def drawn() -> Matrix:
    made = matrix(synthetic.not_met(), {"abstain": 1.25})
    assert made is not None
    return made


def test_blocks_stand_in_order_and_columns_within_their_block() -> None:
    made = drawn()
    assert [block.name for block in made.blocks] == ["safety", "security", "usefulness"]
    for block in made.blocks:
        mine = [column.x for column in made.columns if column.key[0] == block.name]
        assert mine
        assert block.x < min(mine) < max(mine) < block.x + block.width
    assert made.blocks[-1].x + made.blocks[-1].width == made.width


def test_no_two_marks_touch() -> None:
    for one, other in itertools.combinations(drawn().marks, 2):
        apart = max(abs(one.x - other.x), abs(one.y - other.y))
        assert apart >= 1.16 * (one.size + other.size), (one.title, other.title)


def test_shape_number_and_words_say_the_same() -> None:
    made = drawn()
    assert {mark.shape for mark in made.marks} <= {"better", "worse", "no_worse", "inconclusive"}
    for mark in made.marks:
        assert (mark.shape in {"better", "worse"}) == bool(mark.text)
        if mark.shape == "worse":
            assert mark.text.startswith("+")
            assert mark.title.endswith("more loss")
        assert mark.size <= LARGEST


def test_what_was_not_measured_is_blank_and_said_in_the_table() -> None:
    result = synthetic.not_met()
    made = drawn()
    missing = sum(one.direction == "not_measured" for one in result.interplay)
    assert missing
    assert len(made.marks) == len(result.interplay) - missing
    assert sum(cell == ("", "", "not measured") for row in made.rows for cell in row.cells) == missing


def test_what_no_other_beats_is_strong_and_latency_is_only_of_the_run() -> None:
    made = drawn()
    dominated = {one.title.capitalize() for one in synthetic.not_met().mitigations if one.dominated}
    assert {row.name for row in made.rows if not row.strong} == dominated
    assert [row.latency for row in made.rows if row.latency] == ["1.25 times"]


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (14, 20), (3, 20)])
def test_other_sizes_are_laid_out_too(rows: int, columns: int) -> None:
    marks = tuple(
        Interplay(
            mitigation=f"m{i}",
            column=f"metric {j}, condition {j}",
            block="safety" if j < 10 else "security",
            direction="worse",
            effect=1.0,
            lower=0.9,
            upper=1.0,
        )
        for i in range(rows)
        for j in range(columns)
    )
    made = matrix(msgspec.structs.replace(synthetic.met(), interplay=marks))
    assert made is not None
    assert (len(made.rows), len(made.columns), len(made.marks)) == (rows, columns, rows * columns)
    assert made.height == made.top + ROW * rows
    assert all(not row.strong for row in made.rows)


def test_no_interplay_no_picture() -> None:
    assert matrix(synthetic.met()) is None
