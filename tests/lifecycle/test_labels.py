"""Labels, groups, units and forecasts, as callers hand them over."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from keepstone.lifecycle.labels import Classes, chances, classes_of, codes, groupings, outcomes, regrouped, vector
from keepstone.map.frame import NOT_KNOWN

TWO = {
    "numbers": ([0, 1, 1], None, (0, 1, False)),
    "floats": ([0.0, 1.0], None, (0.0, 1.0, False)),
    "truth values": ([True, False], None, (False, True, False)),
    "numpy's truth values": (np.array([True, False]), None, (False, True, False)),
    "words": (["no", "yes"], None, ("no", "yes", True)),
    "words, the other matters": (["well", "ill"], "ill", ("well", "ill", False)),
    "other numbers": ([2, 1], None, (1, 2, True)),
    "the other number matters": ([0, 1], 0, (1, 0, False)),
    "a series": (pd.Series(["b", "a"], dtype="category"), None, ("a", "b", True)),
    "numpy's own": (np.array(["a", "b"]), np.str_("a"), ("b", "a", False)),
}


@pytest.mark.parametrize("what", TWO)
def test_two_labels_are_found(what: str) -> None:
    labels, positive, (negative, matters, guessed) = TWO[what]
    problems: list[str] = []
    found = classes_of([np.asarray(labels)], positive, problems)
    assert problems == []
    assert (found.negative, found.positive, found.guessed) == (negative, matters, guessed)


WRONG = {
    "one": ([1, 1], None, "The «y» must hold two labels; got 1: 1."),
    "none": ([], None, "The «y» must hold two labels; got 0: none."),
    "three": (["a", "b", "c"], None, 'The «y» must hold two labels; got 3: "a", "b", "c".'),
    "chances": ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], None, "The «y» must hold two labels; got 7: 0.1, 0.2, 0.3, 0.4, 0.5, 0.6 …."),
    "missing": ([0.0, np.nan, 1.0], None, "The «y» must not be missing; 1 labels are, the first in row 1."),
    "missing words": (np.array(["a", "b", None], dtype=object), None, "The «y» must not be missing; 1 labels are, the first in row 2."),
    "another matters": (["a", "b"], "c", "The «positive» must be one of the labels 'a', 'b'; got 'c'."),
}


@pytest.mark.parametrize("what", WRONG)
def test_labels_that_are_not_two_are_refused(what: str) -> None:
    labels, positive, sentence = WRONG[what]
    problems: list[str] = []
    classes_of([np.asarray(labels)], positive, problems)
    assert problems == [sentence]


def test_outcomes_are_one_where_it_matters() -> None:
    problems: list[str] = []
    assert outcomes(np.array(["a", "b", "a"]), Classes(negative="b", positive="a"), "y", problems).tolist() == [1, 0, 1]
    assert problems == []
    outcomes(np.array(["a", "a"]), Classes(negative="b", positive="a"), "y of train", problems)
    assert problems == ['The «y of train» must hold both labels; got only "a".']


def test_a_column_has_one_value_a_row() -> None:
    problems: list[str] = []
    assert vector(np.zeros((3, 1)), 3, "y", problems) is not None
    assert vector(pd.DataFrame({"a": [1, 2, 3]}), 3, "y", problems) is not None
    assert problems == []
    assert vector([1, 2], 3, "y", problems) is None
    assert vector(np.zeros((3, 2)), 3, "unit", problems) is None
    assert vector([[1], [1, 2]], 2, "batch", problems) is None
    assert vector(None, 2, "meant", problems) is None
    assert problems == [
        "The «y» must have a value for each of the 3 rows; got 2.",
        "The «unit» must be one value a row; got shape (3, 2).",
        "The «batch» must be one value a row; got lists of several lengths.",
        "The «meant» must be one value a row; got shape ().",
    ]


FRAME = pd.DataFrame({"sex": ["f", "m", "f", None], "age": [40, 50, 60, 70]})
GROUPS = {
    "a frame": (FRAME[["sex"]], {"sex": ["f", "m", "f", NOT_KNOWN]}),
    "names of columns": (["sex", "age"], {"sex": ["f", "m", "f", NOT_KNOWN], "age": ["40", "50", "60", "70"]}),
    "the name of a column": ("sex", {"sex": ["f", "m", "f", NOT_KNOWN]}),
    "a mapping": ({"site": np.array(["a", "b", "a", "a"])}, {"site": ["a", "b", "a", "a"]}),
    "a series": (FRAME["sex"], {"sex": ["f", "m", "f", NOT_KNOWN]}),
    "one column": (["x", "y", "y", "x"], {"group": ["x", "y", "y", "x"]}),
    "floats that are whole": ({"k": [1.0, 2.0, np.nan, 1.0]}, {"k": ["1", "2", NOT_KNOWN, "1"]}),
    "blanks": ({"k": ["a ", "", " ", "b"]}, {"k": ["a", NOT_KNOWN, NOT_KNOWN, "b"]}),
    "none": (None, {}),
}


@pytest.mark.parametrize("what", GROUPS)
def test_groups_are_named(what: str) -> None:
    groups, wanted = GROUPS[what]
    problems: list[str] = []
    found, told = groupings(groups, FRAME, 4, problems)
    assert problems == []
    assert found == wanted
    assert [one.attribute for one in told] == list(wanted)
    assert not any(one.cuts for one in told)


def test_many_numbers_are_cut_at_their_quartiles() -> None:
    problems: list[str] = []
    found, told = groupings({"age": np.arange(100.0)}, None, 100, problems)
    assert told[0].cuts == (24.75, 49.5, 74.25)
    assert found["age"][0] == "under 24.75"
    assert found["age"][99] == "74.25 or more"
    other = regrouped({"age": [10, np.nan]}, None, 2, told, problems)
    assert other == {"age": ["under 24.75", NOT_KNOWN]}
    assert regrouped(None, None, 2, told, problems) == {"age": [NOT_KNOWN, NOT_KNOWN]}
    assert problems == []


def test_groups_that_are_none_are_refused() -> None:
    problems: list[str] = []
    groupings(["sex", "race"], FRAME, 4, problems)
    groupings(np.zeros((4, 2)), FRAME, 4, problems)
    groupings({"sex": ["f"]}, FRAME, 4, problems)
    assert problems == [
        'The «groups» must name columns of X; got "race".',
        "The «groups» must be a data frame, a mapping from names to columns, or one column; got rows without names.",
        "The «groups: sex» must have a value for each of the 4 rows; got 1.",
    ]


def test_units_are_the_same_in_both_parts() -> None:
    first, second = codes([np.array(["p1", "p2", "p1"]), np.array(["p2", "p3"])], [3, 2])
    assert first.tolist() == [0, 1, 0]
    assert second.tolist() == [1, 2]
    own, others = codes([None, None], [2, 2])
    assert len({*own.tolist(), *others.tolist()}) == 4


def test_a_forecast_is_a_chance() -> None:
    problems: list[str] = []
    found = chances(np.array([0.5, np.nan, 1.0]), problems)
    assert found is not None
    assert np.isnan(found[1])
    assert chances(None, problems) is None
    assert problems == []
    chances(np.array([0.5, 1.5]), problems)
    chances(np.array(["high"]), problems)
    assert problems == ["The «forecast» must be chances in [0, 1]; got values outside.", "The «forecast» must be chances in [0, 1]; got words."]
