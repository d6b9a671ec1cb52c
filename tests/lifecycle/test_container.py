"""Any container of rows becomes numbers, and the same container again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepstone.lifecycle.container import Container, contain


def of(rows: object, *others: object) -> tuple[Container, np.ndarray]:
    problems: list[str] = []
    container = contain(rows, others, problems)
    assert container is not None
    x = container.encode(rows, "X", problems)
    assert problems == []
    return container, x


def problems_of(rows: object) -> list[str]:
    problems: list[str] = []
    container = contain(rows, [], problems)
    if container is not None:
        container.encode(rows, "X", problems)
    return problems


def frame() -> pd.DataFrame:
    return pd.DataFrame({
        "age": np.array([40, 71, 65, 80], dtype=np.int64),
        "lab": np.array([1.5, np.nan, 2.25, 9.0]),
        "small": np.array([1.5, 0.5, 2.25, 9.0], dtype=np.float32),
        "sex": ["f", "m", None, "f"],
        "ward": pd.Categorical(["north", "south", "north", "north"], categories=["south", "north", "east"]),
        "smokes": [True, False, True, True],
        "visits": pd.array([1, None, 3, 4], dtype="Int64"),
    })  # fmt: skip


def test_a_data_frame_comes_back_as_it_was() -> None:
    rows = frame()
    container, x = of(rows)
    again = container.decode(x)
    assert x.dtype == np.float64
    assert x.shape == rows.shape
    pd.testing.assert_frame_equal(again, rows)


def test_a_frame_of_decimal_numbers_comes_back_as_it_was() -> None:
    rows = pd.DataFrame({1: [1.5, np.nan], "b": [0.25, 3.0]})
    container, x = of(rows)
    pd.testing.assert_frame_equal(container.decode(x), rows)


def test_codes_stand_for_the_words_of_the_container() -> None:
    container, x = of(frame())
    sex, ward = container.columns[3], container.columns[4]
    assert [sex.levels[int(code)] for code in x[[0, 1, 3], 3]] == ["f", "m", "f"]
    assert np.isnan(x[2, 3])
    assert ward.levels == ("south", "north", "east")  # the order of the categories, and the one that no row has
    assert x[:, 4].tolist() == [1, 0, 1, 1]


def test_a_value_that_an_integer_column_does_not_hold_is_given_as_it_is() -> None:
    container, x = of(frame())
    x[0, 0], x[1, 0], x[2, 5], x[3, 4] = 40.5, np.nan, np.nan, 7.0
    again = container.decode(x)
    assert again["age"].tolist()[0] == 40.5
    assert np.isnan(again["age"].tolist()[1])
    assert np.isnan(again["smokes"].tolist()[2])
    assert pd.isna(again["ward"].tolist()[3])  # a code that stands for no word is a missing one


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "uint8", "bool"])
def test_an_array_comes_back_with_its_type(dtype: str) -> None:
    rows = np.array([[0, 1], [1, 1], [1, 0]]).astype(dtype)
    container, x = of(rows)
    again = container.decode(x)
    assert again.dtype == rows.dtype
    assert (again == rows).all()
    assert container.plain == (dtype == "float64")


def test_an_integer_array_with_a_hole_is_given_as_floats() -> None:
    container, x = of(np.array([[1, 2], [3, 4]]))
    x[0, 0] = np.nan
    assert container.decode(x).dtype == np.float64


def test_an_array_of_words_and_numbers_comes_back() -> None:
    rows = np.array([["f", 1, 0.5], ["m", 2, None], ["f", 3, 1.5]], dtype=object)
    container, x = of(rows)
    again = container.decode(x)
    assert again.tolist()[0] == ["f", 1, 0.5]
    assert again[1, :2].tolist() == ["m", 2]
    assert np.isnan(again[1, 2])


def test_a_list_of_rows_comes_back_as_lists() -> None:
    rows = [["f", 1, True], ["m", 2, False], ["m", 4, True]]
    container, x = of(rows)
    assert container.decode(x) == rows
    assert x[:, 1].tolist() == [1, 2, 4]


def test_words_of_other_rows_count_too() -> None:
    test, train = pd.DataFrame({"ward": ["north", "south"]}), pd.DataFrame({"ward": ["east", "north", None]})
    container, _x = of(test, train)
    assert container.columns[0].levels == ("east", "north", "south")
    assert container.columns[0].feature.missing
    problems: list[str] = []
    assert container.encode(train, "train", problems)[:2, 0].tolist() == [0, 1]


def test_columns_of_other_rows_are_found_by_name() -> None:
    container, _x = of(pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}))
    problems: list[str] = []
    x = container.encode(pd.DataFrame({"b": [30.0], "a": [10.0]}), "train", problems)
    assert x.tolist() == [[10.0, 30.0]]
    container.encode(pd.DataFrame({"a": [1.0]}), "train", problems)
    container.encode(np.zeros((1, 2)), "train", problems)
    assert problems == [
        'The «train» must have the same columns as X; got 1: "a".',
        "The «train» must have the same kind of rows (frame) as X; got array.",
    ]


@given(st.lists(st.lists(st.one_of(st.none(), st.integers(-1000, 1000), st.floats(-1e6, 1e6)), min_size=2, max_size=2), min_size=1, max_size=20))
def test_numbers_of_a_list_come_back(rows: list[list[Any]]) -> None:
    container, x = of(rows)
    again = container.decode(x)
    for row, back in zip(rows, again, strict=True):
        for value, got in zip(row, back, strict=True):
            assert (value is None and np.isnan(got)) or got == value


@given(st.lists(st.sampled_from(["a", "b", "", " ", "nan", "1", "é", "<b>"]), min_size=1, max_size=30))
def test_words_come_back(words: list[str]) -> None:
    rows = pd.DataFrame({"word": pd.array(words, dtype=object)})
    container, x = of(rows)
    assert container.decode(x)["word"].tolist() == words


# ---- what is guessed ----


def test_what_can_be_told_of_a_column_is_a_guess() -> None:
    container, _x = of(pd.DataFrame({"age": [40, 71, 65], "lab": [1.5, 2.5, 3.5], "sex": ["f", "m", "f"], "ill": [0, 1, 1], "one": ["a", "a", "a"]}))
    age, lab, sex, ill, one = (column.feature for column in container.columns)
    assert (age.kind, age.immutable, age.error_abs, sorted(age.guessed)) == ("integer", True, 0.0, ["immutable", "kind", "lower", "upper"])
    assert age.lower < 40
    assert age.upper > 71
    assert (lab.kind, lab.immutable, lab.error_rel, sorted(lab.guessed)) == ("number", False, 0.05, ["error_rel", "immutable", "lower", "upper"])
    assert (sex.kind, sex.levels, sex.immutable) == ("binary", ("f", "m"), True)
    assert (ill.kind, ill.lower, ill.upper, sorted(ill.guessed)) == ("binary", 0.0, 1.0, ["immutable"])
    assert (one.kind, one.levels, one.immutable) == ("category", ("a",), True)


def test_a_column_without_a_value_has_no_bounds() -> None:
    container, _x = of(np.array([[np.nan, 1.0], [np.nan, 2.0]]))
    assert container.columns[0].feature.missing
    assert container.columns[0].feature.upper == np.inf


# ---- what is refused ----


class Sparse:
    def toarray(self) -> None: ...


REFUSED = {
    "flat": (np.zeros(3), "The «shape» of X must be (rows, features); got (3,)."),
    "deep": (np.zeros((2, 2, 2)), "The «shape» of X must be (rows, features); got (2, 2, 2)."),
    "no columns": (np.zeros((3, 0)), "The «X» must have at least one column."),
    "text": ("rows", "The «X» must be an array, a pandas data frame or a list of rows; got str."),
    "nothing": (None, "The «X» must be an array, a pandas data frame or a list of rows; got NoneType."),
    "sparse": (Sparse(), "The «X» must be dense; got a sparse matrix: give its toarray()."),
    "infinite": (np.array([[1.0], [np.inf]]), "The «x0» of X must be finite; got an infinite value."),
    "ragged": ([[1, 2], [3]], "The «rows» of X must all be of one length; got lengths 1, 2."),
    "not rows": ([[1, 2], "ab"], "The «row 1» of X must be a list of values; got str."),
    "dates": (pd.DataFrame({"t": pd.to_datetime(["2020-01-01", "2021-01-01"])}), "The «t» of X must hold numbers or words; got datetime64[us]."),
    "complex": (np.array([[1j], [2j]]), "The «x0» of X must hold numbers or words; got complex128."),
    "text column": (pd.DataFrame({"note": [f"w{k}" for k in range(60)]}), "The «note» of X must hold numbers or at most 50 different words; got 60 words."),
    "lists inside": (pd.DataFrame({"a": [[1], [2]]}), "The «a» of X must hold numbers or words; got values that are neither."),
    "same names": (pd.DataFrame([[1, 2]], columns=["a", "a"]), "The «columns» of X must have different names; got 'a', 'a'."),
    "same names as text": (pd.DataFrame([[1, 2]], columns=["1", 1]), 'The «columns» of X must have different names; got 2: "1", "1".'),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_table_is_refused_in_one_sentence(what: str) -> None:
    rows, sentence = REFUSED[what]
    assert sentence in problems_of(rows)
