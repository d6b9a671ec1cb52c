"""What is told of a column by its cells and its name."""

from __future__ import annotations

import pytest

from keepstone.intake.table import RawTable, parse
from keepstone.map.infer import Column, infer, label_of, named, one_hot_of, outward, part_of, positive_of, unit_of, words


def column(*cells: str, name: str = "a") -> Column:
    return infer(table({name: cells}), name)


def table(columns: dict[str, tuple[str, ...]]) -> RawTable:
    """Make a table, with a counting column so that no line is blank."""
    rows = zip(*columns.values(), strict=True)
    text = ",".join([*columns, "count_"]) + "\n" + "".join(",".join([*row, str(place)]) + "\n" for place, row in enumerate(rows))
    return parse(text.encode(), name="d.csv")


@pytest.mark.parametrize(
    ("cells", "kind", "missing"),
    [
        (("1", "2.5", "3"), "number", False),
        (("1", "2", "", "7"), "integer", True),
        (("1", "0", "1"), "binary", False),
        (("1.0", "0", "NA"), "binary", True),
        (("m", "f", "m"), "binary", False),
        (("red", "green", "blue", "red", "red", "red"), "category", False),
        (("alice", "bob", "carol"), "text", False),
        ((" padded", "plain", "plain", "plain"), "text", False),
        (("", "NA", "nan"), "empty", True),
        (("same", "same"), "text", False),
        (("1", "2", "x", "x", "x", "x"), "category", False),
    ],
)
def test_kinds(cells: tuple[str, ...], kind: str, missing: bool) -> None:  # noqa: FBT001
    found = column(*cells)
    assert (found.kind, found.missing) == (kind, missing)


def test_bounds_are_round_hold_all_but_the_extremes_and_stay_above_zero() -> None:
    ages = column(*(str(18 + row % 80) for row in range(4000)))
    assert (ages.kind, ages.lower, ages.upper) == ("integer", 10.0, 110.0)
    wild = column(*(["29"] + [str(3 + row % 20 / 10) for row in range(2000)]))
    assert wild.upper < 6
    assert column("0.5", "0.5").lower < column("0.5", "0.5").upper
    assert column("0", "3.5").lower == 0
    assert column("-1.5", "3").lower < -1.5
    assert (outward(99.0, up=True), outward(-0.0123, up=True)) == (99.0, -0.012)


def test_names_are_taken_apart() -> None:
    assert words("ageBand_2") == {"age", "band"}
    assert words("num.co") == {"num", "co"}
    assert named([column(*"ab", name="averageAge"), column(*"ab", name="age"), column(*"ab", name="agenda")], frozenset({"age"})) == ["age", "averageAge"]


def test_the_outcome_has_two_values_and_a_telling_name_or_comes_last() -> None:
    smoker, died, sex = column("1", "0", name="smoker"), column("1", "0", name="died_30d"), column("m", "f", name="sex")
    assert label_of([died, smoker, sex]) == "died_30d"
    assert label_of([sex, smoker]) == "smoker"
    assert label_of([column("1", "2", "3", name="died")]) == ""


@pytest.mark.parametrize(
    ("cells", "matters"),
    [(("0", "1", "1"), "1"), (("benign", "malignant", "malignant"), "malignant"), (("No", "Yes"), "Yes"), (("a", "b", "b"), "a"), (("b", "a"), "a")],
)
def test_the_value_that_matters_has_a_telling_name_or_is_the_rarer(cells: tuple[str, ...], matters: str) -> None:
    raw = table({"y": cells})
    assert positive_of(raw, infer(raw, "y")) == matters


def test_people_and_parts_are_found_by_name_and_words() -> None:
    many = tuple(str(row) for row in range(30))
    assert unit_of([column(*many, name="id"), column(*many, name="patient_id")]) == "patient_id"
    assert unit_of([column(*many, name="recordId")]) == "recordId"
    assert unit_of([column(*many, name="age"), column("1", "0", name="patient")]) == ""
    assert part_of([column("train", "test", "test", name="x")]) == "x"
    assert part_of([column("a", "b", name="split")]) == ""


def test_one_word_written_as_several_columns_is_one_group() -> None:
    raw = table(
        {
            "site_a": ("1", "0", "0"),
            "site_b": ("0", "1", "0"),
            "site_c": ("0", "0", "1"),
            "ill_x": ("1", "1", "0"),
            "ill_y": ("1", "0", "1"),
            "on": ("1", "0", "1"),
        }
    )
    columns = [infer(raw, name) for name in raw.columns]
    assert one_hot_of(raw, columns) == {"site_a": "site", "site_b": "site", "site_c": "site"}


@pytest.mark.parametrize("level", ["\u00b2", "1.2.3", "\u0661"])
def test_what_only_looks_like_a_number_is_none(level: str) -> None:
    raw = table({"site_a": ("1", "0", "0"), "site_b": ("0", level, "0")})
    assert one_hot_of(raw, [infer(raw, name) for name in raw.columns]) == {}
