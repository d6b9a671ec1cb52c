"""Columns of text become tables; what can't be is refused with its line, what may surprise is remarked."""

from __future__ import annotations

import itertools
import pathlib
import time
from dataclasses import replace

import numpy as np
import pytest

from keepstone.core.errors import InputError
from keepstone.core.system import DataSpec, Grouping
from keepstone.core.table import Feature
from keepstone.intake.table import RawTable, parse, read
from keepstone.map.describe import describe
from keepstone.map.frame import NOT_KNOWN, Tables, bands, frame, same

HEALTH = pathlib.Path(__file__).parents[2] / "examples" / "healthcare"
CSV = """\
who,part,age,ca,sex,site,died,meant,doctor
a,train,60,no,f,x,1,1,.2
b,train,70,yes,m,x,0,1,.7
c,test,80.5,late,f,y,1,1,
d,test,,no,,y,0,0,1
e,test,45,yes,m,z,0,0,0
"""
SPEC = DataSpec(
    test="d.csv",
    part="part",
    label="died",
    unit="who",
    batch="site",
    meant="meant",
    forecast="doctor",
    forecast_means="complement",
    features=(Feature(name="age", lower=18, upper=110, missing=True), Feature(name="ca", kind="category", levels=("no", "yes", "late"))),
    groups=(Grouping(attribute="sex", column="sex"), Grouping(attribute="age_band", column="age", cuts=(50.0, 80.0))),
)


def raw(text: str = CSV, name: str = "d.csv") -> RawTable:
    return parse(text.encode(), name=name)


def framed(text: str = CSV, spec: DataSpec = SPEC) -> Tables:
    return frame(raw(text), spec, digest="sha256:f")


def said(text: str, spec: DataSpec = SPEC) -> list[str]:
    with pytest.raises(InputError) as caught:
        framed(text, spec)
    return caught.value.problems


def test_rows_are_told_apart_and_every_column_finds_its_place() -> None:
    tables = framed()
    test, train = tables.test, tables.train
    assert train is not None
    np.testing.assert_array_equal(test.x, [[80.5, 2], [np.nan, 0], [45, 1]])
    np.testing.assert_array_equal(train.x, [[60, 0], [70, 1]])
    assert test.y.tolist() == [1, 0, 0]
    assert (test.y.dtype.name, test.x.dtype.name) == ("int8", "float64")
    assert (test.row.tolist(), train.row.tolist()) == ([2, 3, 4], [0, 1])
    assert len(set(test.unit.tolist()) | set(train.unit.tolist())) == 5
    assert test.groups == {"sex": ["f", NOT_KNOWN, "m"], "age_band": ["80 or more", NOT_KNOWN, "under 50"]}
    assert (train.batch.tolist(), test.batch.tolist(), test.notes) == ([0, 0], [1, 1, 2], {"batch.0": "x", "batch.1": "y", "batch.2": "z"})
    assert test.meant is not None
    assert test.meant.tolist() == [1, 0, 0]
    assert test.forecast is not None
    np.testing.assert_allclose(test.forecast, [np.nan, 0, 1])
    assert tables.remarks == ()


def test_without_parts_every_row_is_a_case_and_rows_are_units() -> None:
    tables = framed(spec=replace(SPEC, part="", unit="", batch="", meant="", forecast=""))
    assert tables.train is None
    assert tables.test.unit.tolist() == [0, 1, 2, 3, 4]
    assert tables.test.batch.tolist() == [0] * 5
    assert (tables.test.meant, tables.test.forecast) == (None, None)


def test_training_rows_may_stand_in_a_file_of_their_own_and_lack_what_only_cases_need() -> None:
    train = raw("who,age,ca,died\na,60,no,1\nz,70,yes,0\n", "t.csv")
    tables = frame(raw(), replace(SPEC, part=""), digest="sha256:f", train=train, train_digest="sha256:t")
    assert tables.train is not None
    assert (len(tables.train), tables.train.meant, tables.train.groups["sex"]) == (2, None, [NOT_KNOWN] * 2)
    assert tables.leaked == 1
    assert tables.remarks[0].startswith("Both in the training and in the test rows: 1 unit («who»).")
    units = frame(raw(), replace(SPEC, part="", unit=""), digest="a", train=train, train_digest="b")
    assert units.train is not None
    assert not set(units.test.unit.tolist()) & set(units.train.unit.tolist())
    with pytest.raises(InputError) as caught:
        frame(raw(), replace(SPEC, part=""), digest="a", train=raw("who,age\na,6\n", "t.csv"), train_digest="b")
    assert caught.value.problems[:2] == [
        "t.csv:1: The training rows must have the column «ca».",
        "t.csv:1: The training rows must have the column «died».",
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("80.5", "old", 'd.csv:4: The «age» of «row 3» must be a number; got "old".'),
        ("80.5", "inf", 'd.csv:4: The «age» of «row 3» must be a number; got "inf".'),
        ("c,test,80.5,late", "c,test,80.5,never", 'd.csv:4: The «ca» of «row 3» must be one of "no", "yes", "late"; got "never".'),
        ("c,test,80.5,late", "c,test,80.5,", 'd.csv:4: The «ca» of «row 3» must not be missing, unless its [[feature]] says `missing = true`; got "".'),
        ("late,f,y,1,1", "late,f,y,,1", 'd.csv:4: The «died» of «row 3» must not be missing; got "".'),
        ("late,f,y,1,1", "late,f,y,2,1", 'd.csv: The «died» must hold two values, "1" and one other; it also holds "0", "2".'),
        ("late,f,y,1,1", "late,f,y,1,maybe", 'd.csv: The «meant» must hold two values, "1" and one other; it also holds "maybe", "0".'),
        ("late,f,y,1,1", "late,f,y,0,1", 'd.csv: The «died» of the test rows must hold both outcomes; got "1" in 0 of 3 rows.'),
        ("a,train,60,no,f,x,1", "a,train,60,no,f,x,0", 'd.csv: The «died» of the train rows must hold both outcomes; got "1" in 0 of 2 rows.'),
        ("d,test", ",test", 'd.csv:5: The «who» of «row 4» must not be missing: it says which rows belong together; got "".'),
        ("y,0,0,1\n", "y,0,0,7\n", 'd.csv:5: The «doctor» of «row 4» must be a chance in [0, 1]; got "7".'),
        ("who,part,age", "who,part,years", 'd.csv:1: The «feature.age» must name a column of the file; got "age".'),
        ("ca,sex,site", "ca,gender,site", 'd.csv:1: The «group.sex» must name a column of the file; got "sex".'),
    ],
)
def test_wrong_data_get_one_clear_line(old: str, new: str, problem: str) -> None:
    assert CSV.count(old) == 1, old
    assert problem in said(CSV.replace(old, new))


def test_everything_wrong_is_said_at_once_and_long_lists_are_cut() -> None:
    problems = said(CSV.replace("80.5,late", "old,never").replace("z,0,0,0", "z,0,0,x"))
    assert [problem.split(" ")[2] for problem in problems] == ["«age»", "«ca»", "«doctor»"]
    many = "age,died\n" + "".join(f"{row / 2},{row % 2}\n" for row in range(50))
    spec = DataSpec(test="d.csv", label="died", features=(Feature(name="age", kind="integer"),))
    assert said(many, spec)[-1] == "d.csv: and 20 more rows of «age»."
    assert len(said(many, spec)) == 6


def test_what_is_not_described_can_t_be_framed() -> None:
    features, label = said(CSV, DataSpec(test="d.csv"))
    assert features == "d.csv:1: The «features» of «data» must be described: one [[feature]] for each column that the model sees."
    assert label.startswith('d.csv:1: The «label» of «data» must name the column of the outcome; the columns are "who", "part", ')
    assert label.endswith(" and 1 more.")
    assert 'd.csv: The «part» must say "test" for at least one row; got "train", "tset".' in said(CSV.replace("test", "tset"))
    assert 'd.csv: The «died» must hold the value that matters, "dead"; it holds "1", "0".' in said(CSV, replace(SPEC, positive="dead"))


@pytest.mark.parametrize(("cell", "value", "alike"), [("1", "1.0", True), ("TRUE", "true", True), ("m", "M", False), (" 1", "1", True), ("1e0", "1", True)])
def test_values_are_the_same_as_people_write_them(cell: str, value: str, alike: bool) -> None:  # noqa: FBT001
    assert same(cell, value) is alike


def test_levels_and_binaries_are_read_as_people_write_them() -> None:
    text = "a,b,y\n0,1.0,yes\n1,0,no\n1,,no\n"
    features = (Feature(name="a", kind="binary", levels=("0", "1")), Feature(name="b", kind="binary", missing=True))
    tables = framed(text, DataSpec(test="d.csv", label="y", positive="yes", features=features))
    np.testing.assert_array_equal(tables.test.x, [[0, 1], [1, 0], [1, np.nan]])
    assert said(text.replace("1.0", "2"), DataSpec(test="d.csv", label="y", positive="yes", features=features))[0].startswith(
        "d.csv:2: The «b» of «row 1» must be 0 or 1, since its kind is binary"
    )


def test_what_may_surprise_is_remarked_and_never_mended() -> None:
    text = CSV.replace("80.5", "300").replace("e,test,45,yes", "e,val,45,yes").replace("d,test,,no", "d,test,5,no") + "f,test,60,no,f,x,1,1,.2\n"
    tables = framed(text)
    assert tables.remarks == (
        'Not used: 1 row whose «part» is "val".',
        "Outside its plausible bounds: 2 values of «age».",
        "With exactly the values of a training row: 1 of 3 test rows.",
    )
    assert tables.implausible == {"age": 2}
    assert tables.test.x[0, 0] == 300
    empty = framed(CSV.replace("60,no", ",no").replace("70,yes", ",yes"))
    assert "«age» has no value in any train row." in empty.remarks


def test_the_digest_names_file_rows_and_meaning() -> None:
    variants = [
        framed().test.digest,
        framed().train.digest if framed().train is not None else "",  # type: ignore[union-attr]
        frame(raw(), SPEC, digest="sha256:g").test.digest,
        framed(spec=replace(SPEC, positive="0")).test.digest,
        framed(spec=replace(SPEC, features=(SPEC.features[0], replace(SPEC.features[1], levels=("yes", "no", "late"))))).test.digest,
    ]
    assert all(one != other for one, other in itertools.combinations(variants, 2))
    assert framed().test.digest == framed().test.digest


def test_bands_hold_their_lower_end() -> None:
    assert bands((18.0,)) == ["under 18", "18 or more"]
    spec = replace(SPEC, groups=(Grouping(attribute="band", column="age", cuts=(60.0, 80.5)),), part="")
    assert framed(spec=spec).test.groups["band"] == ["60 to under 80.5", "60 to under 80.5", "80.5 or more", NOT_KNOWN, "under 60"]


@pytest.mark.parametrize(("name", "rows", "outcomes"), [("system.toml", 2258, 607), ("system-published.toml", 2731, 708)])
def test_the_example_is_framed_quickly(name: str, rows: int, outcomes: int) -> None:
    system = describe(HEALTH.joinpath(name).read_bytes(), name=name, read=lambda file: HEALTH.joinpath(file).read_bytes())
    assert system.data is not None
    table = read(HEALTH / system.data.test)
    start = time.perf_counter()
    tables = frame(table, system.data, digest="sha256:x")
    assert time.perf_counter() - start < 2
    assert (len(tables.test), int(tables.test.y.sum()), tables.leaked) == (rows, outcomes, 0)
    assert tables.implausible == {"alb": 3, "glucose": 3}


def test_two_files_share_no_row_no_unit_and_no_site_by_accident() -> None:
    spec = replace(SPEC, part="", unit="")
    tables = frame(raw(), spec, digest="sha256:f", train=raw(CSV.replace("site", "place"), "t.csv"), train_digest="sha256:t")
    test, train = tables.test, tables.train
    assert train is not None
    assert (test.file, train.file) == ("d.csv", "t.csv")
    assert not set(test.unit.tolist()) & set(train.unit.tolist())
    assert (test.batch.tolist(), train.batch.tolist()) == ([0, 0, 1, 1, 2], [-1] * 5)
    assert tables.leaked == 0


def test_what_is_implausible_in_several_columns_is_one_remark() -> None:
    spec = replace(SPEC, features=(Feature(name="age", kind="number", lower=0, upper=1, missing=True), Feature(name="b", kind="number", lower=0, upper=1)))
    text = "\n".join(f"{line},{'b' if place == 0 else 7}" for place, line in enumerate(CSV.splitlines())) + "\n"
    (said,) = [line for line in framed(text, spec).remarks if "plausible" in line]
    assert said.startswith("Outside their plausible bounds: ")
    assert "of «age», " in said
    assert said.endswith("of «b».")
