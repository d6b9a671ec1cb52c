"""Read a table of outside data: CSV, plain or gzipped, into columns of text; numbers are made from them column by column.

CSV is RFC 4180 with commas, UTF-8 and one header line. What is not that is refused with file and line: a reader that guesses would move
a value into another patient's row and say nothing. The bytes are counted while they are unpacked, so a small file that unpacks to a huge
one is refused when it passes the limit.
"""

from __future__ import annotations

import csv
import gzip
import io
import math
import pathlib
import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

import numpy as np

from keepstone.core.errors import InputError
from keepstone.intake.fields import inert, is_plain_file, shown

if TYPE_CHECKING:
    import os
    from _csv import Reader

    from numpy.typing import NDArray

LARGEST = 1 << 28
"""The most bytes of a table, unpacked: 256 mebibytes."""
WIDEST = 10_000
"""The most columns."""
MISSING: Final = frozenset({"", "NA", "NaN", "nan"})
"""What stands for a missing number."""
_MOST = 20  # problems that are listed


@dataclass(frozen=True, eq=False)
class RawTable:
    """Columns of text as they stand in a file.

    Attributes:
        name: What errors call the file.
        columns: Each column's cells, in the order of the file.
        lines: The line (from 1) on which each row begins.
    """

    name: str
    columns: Mapping[str, Sequence[str]]
    lines: Sequence[int]

    @property
    def rows(self) -> int:
        """How many rows there are; the header is none."""
        return len(self.lines)

    def where(self, row: int) -> str:
        """Give `file:line` of a row, counted from 0."""
        return f"{self.name}:{self.lines[row]}"

    def texts(self, column: str) -> Sequence[str]:
        """Give a column as it stands.

        Raises:
            InputError: There is no such column.
        """
        if column not in self.columns:
            raise InputError(f"{self.name}:1: The «{inert(column)}» of «{self.name}» must be a column; got {_named(self.columns)}.")
        return self.columns[column]

    def numbers(self, column: str, *, missing: frozenset[str] = MISSING) -> NDArray[np.float64]:
        r"""Give a column as numbers.

        Args:
            column: Its name.
            missing: The cells that stand for a missing value.

        Returns:
            float64 (rows,), NaN where a value is missing.

        Raises:
            InputError: There is no such column, or a cell is neither missing nor a finite number; the first 20 are listed.

        >>> parse(b"age,sex\n71,f\n,m\n", name="d.csv").numbers("age")
        array([71., nan])
        >>> parse(b"age,sex\n71,f\n7l,m\n", name="d.csv").numbers("age")
        Traceback (most recent call last):
        keepstone.core.errors.InputError: d.csv:3: The «age» of «row 2» must be a number; got "7l".
        """
        cells = self.texts(column)
        found = np.fromiter((_number(cell, missing) for cell in cells), dtype=np.float64, count=len(cells))
        wrong = np.flatnonzero(np.isinf(found))
        if len(wrong):
            told = [f"{self.where(row)}: The «{column}» of «row {row + 1}» must be a number; got {shown(cells[row])}." for row in wrong.tolist()]
            raise InputError(_cut(told, self.name))
        return found


def read(path: str | os.PathLike[str], *, limit: int = LARGEST) -> RawTable:
    """Read a CSV file, gzipped or not.

    Args:
        path: The file; whether it is gzipped is read from its first bytes, not from its name.
        limit: The most bytes it may have, unpacked.

    Returns:
        The table.

    Raises:
        InputError: The file is missing, too large, damaged, not UTF-8, empty, or not a table with one header; all ragged rows are listed.
    """
    name = str(path)
    file = pathlib.Path(path)
    if not is_plain_file(file):
        raise InputError(f"{inert(name)}: There is no such file.")
    try:
        with file.open("rb") as stream:
            data = _unpack(stream, name, limit)
    except OSError as error:
        raise InputError(f"{name}: The file can't be read: {error.strerror or error}.") from error
    return parse(data, name=name)


def parse(data: bytes, *, name: str) -> RawTable:
    r"""Read the bytes of a CSV file.

    Raises:
        InputError: As `read` says.

    >>> table = parse(b"age,sex\n71,f\n64,m\n", name="d.csv")
    >>> table.rows, table.columns["sex"], table.where(1)
    (2, ('f', 'm'), 'd.csv:3')
    """
    text = _decode(data, name)
    if not text.strip():
        raise InputError(f"{name}: The file is empty.")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = _header(next(reader, []), name)
        rows, lines = _rows(reader, len(header), name)
    except csv.Error as error:
        raise InputError(f"{name}:{max(reader.line_num, 1)}: This is not CSV: {error}.") from error
    if not rows:
        raise InputError(f"{name}: The table must have at least one row below its header.")
    return RawTable(name=name, columns=dict(zip(header, zip(*rows, strict=True), strict=True)), lines=lines)


def _unpack(stream: IO[bytes], name: str, limit: int) -> bytes:
    """Read at most so many bytes, unpacking them where they are gzipped."""
    start = stream.read(2)
    stream.seek(0)
    if start == b"PK":
        raise InputError(f"{name}: The file must be CSV, plain or gzipped; got a spreadsheet or another zip archive.")
    try:
        data = (gzip.GzipFile(fileobj=stream) if start == b"\x1f\x8b" else stream).read(limit + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"{name}: The gzipped file is damaged: {error}.") from error
    if len(data) > limit:
        raise InputError(f"{name}: The table must be at most {limit:,} bytes, unpacked.")
    return data


def _decode(data: bytes, name: str) -> str:
    """Give the text, without a byte-order mark; refuse what is not UTF-8 and what holds NUL."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise InputError(f"{name}: The file must be UTF-8; got UTF-16.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"{name}:{line}: The file must be UTF-8; got byte 0x{data[error.start]:02x}.") from error
    if "\0" in text:
        raise InputError(f"{name}:{text.count(chr(10), 0, text.index(chr(0))) + 1}: The file must be text; got a NUL byte.")
    return text


def _header(cells: Sequence[str], name: str) -> list[str]:
    """Check the names of the columns; every problem is listed."""
    header = [cell.strip() for cell in cells]
    if len(header) > WIDEST:
        raise InputError(f"{name}:1: There must be at most {WIDEST:,} columns; got {len(header):,}.")
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        raise InputError(f"{name}:1: The columns must be separated by commas; got {shown(header[0])}.")
    if not any(math.isinf(_number(cell, MISSING)) for cell in header):
        raise InputError(f"{name}:1: The first line must be the names of the columns; got {shown(header)}.")
    seen: set[str] = set()
    problems = []
    for place, cell in enumerate(header, 1):
        if not cell or not cell.isprintable():
            problems.append(f"{name}:1: The name of column {place} must be a text; got {shown(cell)}.")
        elif cell in seen:
            problems.append(f"{name}:1: The name of column {place} must not stand twice; got {shown(cell)}.")
        seen.add(cell)
    if problems:
        raise InputError(_cut(problems, name))
    return header


def _rows(reader: Reader, width: int, name: str) -> tuple[list[list[str]], array[int]]:
    """Collect the rows and the line on which each begins; blank lines are none."""
    rows: list[list[str]] = []
    lines = array("q")
    ragged: list[str] = []
    start = reader.line_num + 1
    for row in reader:
        if len(row) == width:
            rows.append(row)
            lines.append(start)
        elif row:
            ragged.append(f"{name}:{start}: The row must have {width:,} cells, as the header; got {len(row):,}.")
        start = reader.line_num + 1
    if ragged:
        raise InputError(_cut(ragged, name))
    return rows, lines


def _number(cell: str, missing: frozenset[str]) -> float:
    """Give a cell's number, NaN where it is missing, infinity where it is neither."""
    if cell in missing:
        return math.nan
    try:
        value = float(cell)
    except ValueError:
        return math.nan if cell.strip() in missing else math.inf
    return value if math.isfinite(value) and cell.isascii() and "_" not in cell else math.inf


def _cut(problems: list[str], name: str) -> list[str]:
    """List the first problems and count the rest."""
    return problems[:_MOST] + ([f"{name}: and {len(problems) - _MOST:,} more."] if len(problems) > _MOST else [])


def _named(columns: Iterable[str]) -> str:
    """List the columns that there are."""
    names = list(columns)
    return ", ".join(f"«{name}»" for name in names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
