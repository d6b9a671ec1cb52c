"""Reading a table: what comes out, how fast, and one clear line for each way in which a file can be wrong."""

from __future__ import annotations

import csv
import gzip
import io
import math
import pathlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepstone.core.errors import InputError
from keepstone.intake.table import parse, read


def refusal(data: bytes) -> list[str]:
    with pytest.raises(InputError) as caught:
        parse(data, name="d.csv")
    return caught.value.problems


def test_a_table_is_read_plain_and_gzipped(tmp_path: pathlib.Path) -> None:
    data = b'\xef\xbb\xbfage, note\r\n71,"a ""b"",\nc"\r\n\r\n64,\xc3\xa9\r\n'
    (tmp_path / "plain.csv").write_bytes(data)
    (tmp_path / "packed.txt").write_bytes(gzip.compress(data))
    for name in ("plain.csv", "packed.txt"):
        table = read(tmp_path / name)
        assert table.columns == {"age": ("71", "64"), "note": ('a "b",\nc', "é")}
        assert table.rows == 2
        assert table.where(1).endswith(f"{name}:5")


def test_numbers_and_what_is_missing() -> None:
    table = parse(b"x\n1\n 2.5 \nNA\nnan\n-1e3\n  \n+.5\n", name="d.csv")
    assert np.array_equal(table.numbers("x"), [1, 2.5, math.nan, math.nan, -1000, math.nan, 0.5], equal_nan=True)


@pytest.mark.parametrize("cell", ["7l", "1,5", "1_000", "inf", "-Infinity", "1e999", "٣", "0x10", "NAN(1)", "true", "1 2", "?"])
def test_what_is_no_number_is_told_with_file_line_and_column(cell: str) -> None:
    table = parse(f'age,sex\n71,f\n"{cell}",m\n'.encode(), name="d.csv")
    with pytest.raises(InputError) as caught:
        table.numbers("age")
    assert caught.value.problems == [f'd.csv:3: The «age» of «row 2» must be a number; got "{cell}".']


def test_many_wrong_cells_are_cut() -> None:
    with pytest.raises(InputError) as caught:
        parse(b"x\n" + b"a\n" * 1000, name="d.csv").numbers("x")
    assert len(caught.value.problems) == 21
    assert caught.value.problems[-1] == "d.csv: and 980 more."


def test_an_unknown_column_names_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"The «agee» of «d\.csv» must be a column; got «age», «sex»\."):
        parse(b"age,sex\n1,f\n", name="d.csv").texts("agee")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "d.csv: The file is empty."),
        (b"\n \n", "d.csv: The file is empty."),
        (b"a,b\n", "d.csv: The table must have at least one row below its header."),
        (b"a,a\n1,2\n", 'd.csv:1: The name of column 2 must not stand twice; got "a".'),
        (b"a,\n1,2\n", 'd.csv:1: The name of column 2 must be a text; got "".'),
        (b"a,b\x1b[2J\n1,2\n", 'd.csv:1: The name of column 2 must be a text; got "b\\x1b[2J".'),
        (b"71,1.5\n64,2\n", 'd.csv:1: The first line must be the names of the columns; got ["71", "1.5"].'),
        (b"a;b\n1;2\n", 'd.csv:1: The columns must be separated by commas; got "a;b".'),
        (b"a,b\n1,2\n3\n4,5,6\n", "d.csv:3: The row must have 2 cells, as the header; got 1."),
        (b'a,b\n"x\ny",2\n3\n', "d.csv:4: The row must have 2 cells, as the header; got 1."),
        (b"a,b\n1,\xff\n", "d.csv:2: The file must be UTF-8; got byte 0xff."),
        ("a,b\n1,2\n".encode("utf-16"), "d.csv: The file must be UTF-8; got UTF-16."),
        (b"a,b\n1,2\n\x00,3\n", "d.csv:3: The file must be text; got a NUL byte."),
        (b'a,b\n1,"2\n3,4\n', "d.csv:3: This is not CSV: unexpected end of data."),
        (b'a,b\n1,"2"x\n', "d.csv:2: This is not CSV: ',' expected after '\"'."),
        (b"a\n" + b"x" * 200_000, "d.csv:2: This is not CSV: field larger than field limit (131072)."),
        (b",".join(b"c%d" % n for n in range(10_001)), "d.csv:1: There must be at most 10,000 columns; got 10,001."),
    ],
)
def test_each_wrong_file_has_its_line(data: bytes, said: str) -> None:
    assert refusal(data)[0] == said


def test_all_ragged_rows_are_told() -> None:
    assert len(refusal(b"a,b\n1\n1,2\n1,2,3\n")) == 2
    assert refusal(b"a,b\n" + b"1\n" * 30)[-1] == "d.csv: and 10 more."


def test_a_bomb_is_refused_when_it_passes_the_limit(tmp_path: pathlib.Path) -> None:
    bomb = tmp_path / "bomb.csv.gz"
    with gzip.open(bomb, "wb") as stream:
        stream.write(b"a,b\n")
        for _ in range(20):
            stream.write(b"1,2\n" * 250_000)
    assert bomb.stat().st_size < 100_000
    with pytest.raises(InputError, match="at most 1,000,000 bytes, unpacked"):
        read(bomb, limit=1_000_000)


def test_ten_gigabytes_declared_are_refused_without_reading_them(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "large.csv"
    with file.open("wb") as stream:
        stream.truncate(10 << 30)
    with pytest.raises(InputError, match="at most 268,435,456 bytes"):
        read(file)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-6], "damaged"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-8] + b"\0" * 8, "damaged"),
        (b"\x1f\x8b\x07rubbish", "damaged"),
        (b"PK\x03\x04", "got a spreadsheet or another zip archive"),
    ],
    ids=["cut", "wrong sum", "unknown method", "spreadsheet"],
)
def test_damaged_and_foreign_files_are_refused(tmp_path: pathlib.Path, data: bytes, said: str) -> None:
    file = tmp_path / "x.csv.gz"
    file.write_bytes(data)
    with pytest.raises(InputError, match=said):
        read(file)


def test_no_such_file_and_no_plain_file(tmp_path: pathlib.Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv", tmp_path / "a\0b", tmp_path / ("x" * 5000), pathlib.Path("/dev/zero")):
        with pytest.raises(InputError, match="There is no such file"):
            read(path)


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8))
def test_any_cells_come_back_as_they_were_written(rows: list[tuple[str, str]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([("first", "second"), *rows])
    table = parse(text.getvalue().encode(), name="d.csv")
    assert list(zip(table.columns["first"], table.columns["second"], strict=True)) == rows


@given(st.binary(max_size=80))
def test_any_bytes_give_a_table_or_one_error(data: bytes) -> None:
    problems: list[str] = []
    sizes = {0}
    try:
        table = parse(data, name="d.csv")
        sizes = {len(cells) - table.rows for cells in table.columns.values()}
    except InputError as error:
        problems = error.problems
    assert sizes == {0}
    assert all(problem.startswith("d.csv") and "\x1b" not in problem for problem in problems)
