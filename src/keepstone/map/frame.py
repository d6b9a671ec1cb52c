"""From columns of text to the tables that a classifier is asked about, by what the system file says of each column.

What the model could not take (a word where a number must stand, a level that nobody named, a label of a third kind) is refused with file, line
and column, everything at once. What it can take but a reader should know (implausible values, a column without any value, people in both
training and test) is counted and remarked, never mended.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from keepstone.core.errors import InputError
from keepstone.core.table import Table
from keepstone.intake.fields import shown
from keepstone.intake.table import MISSING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.channel import Floats, Ints
    from keepstone.core.system import DataSpec, Grouping
    from keepstone.core.table import Feature
    from keepstone.intake.table import RawTable

T = TypeVar("T")
NOT_KNOWN = "not known"
"""The group of those whose attribute is missing."""
PARTS = ("test", "train")
_LISTED = 5  # rows that are listed for one column


@dataclass(frozen=True, kw_only=True)
class Tables:
    """The rows of a system.

    Attributes:
        test: The cases.
        train: The training rows, or None.
        remarks: What a reader should know of the data, each a sentence.
        leaked: Units that stand in both.
        implausible: By feature, how many values lie outside its bounds, in test and train together.
    """

    test: Table
    train: Table | None
    remarks: tuple[str, ...]
    leaked: int
    implausible: Mapping[str, int]


@dataclass(eq=False)
class _Codes:
    """Numbers for texts, by first appearance in the cases and then in the training rows."""

    known: dict[str, int] = field(default_factory=dict)

    def __call__(self, cells: Sequence[str]) -> Ints:
        return np.fromiter((self.known.setdefault(cell, len(self.known)) for cell in cells), dtype=np.int64, count=len(cells))


@dataclass(frozen=True, eq=False, kw_only=True)
class _Read:
    """One file, read by what is known of its columns."""

    raw: RawTable
    x: Floats
    y: NDArray[np.int8]
    unit: Ints
    batch: Ints
    groups: Mapping[str, Sequence[str]]
    meant: NDArray[np.int8] | None
    forecast: Floats | None


def frame(test: RawTable, spec: DataSpec, *, digest: str, train: RawTable | None = None, train_digest: str = "") -> Tables:
    """Turn columns of text into tables.

    Args:
        test: The file of cases; with `part` named, of the training rows too.
        spec: What the columns mean.
        digest: Digest of the file of cases.
        train: The file of training rows, where it is another.
        train_digest: Its digest.

    Returns:
        The tables: float64 features (NaN is missing, categories are codes), int8 labels (1 is the outcome that matters), units that are the same
        number in both.

    Raises:
        InputError: The data can't be what the system file says; every problem is a line.
    """
    problems: list[str] = []
    units, batches = _Codes(), _Codes()
    _described(spec, test, problems)
    cases = _read(test, spec, (units, batches), problems)
    others = None if train is None else _read(train, spec, (units, batches), problems, lenient=True)
    chosen = _parts(test, spec, problems)
    if problems:
        raise InputError(_cut(problems))
    tables = {"test": _table(cases, chosen["test"], spec, digest, batches)}
    if others is not None:
        tables["train"] = _table(others, np.arange(others.raw.rows), spec, train_digest, batches)
    elif len(chosen["train"]):
        tables["train"] = _table(cases, chosen["train"], spec, digest, batches)
    for name, table in tables.items():
        _two_outcomes(table, name, spec, test if others is None or name == "test" else others.raw)
    return _remarked(tables, spec, _unused_parts(test, spec))


# ---- what must hold ----


def _described(spec: DataSpec, test: RawTable, problems: list[str]) -> None:
    """Refuse a description with which nothing can be asked."""
    if not spec.features:
        problems.append(f"{test.name}:1: The «features» of «data» must be described: one [[feature]] for each column that the model sees.")
    if not spec.label:
        problems.append(f"{test.name}:1: The «label» of «data» must name the column of the outcome; the columns are {_list(test.columns)}.")
    columns = [feature.name for feature in spec.features]
    named = {"label": spec.label, "unit": spec.unit, "batch": spec.batch, "meant": spec.meant, "forecast": spec.forecast, "part": spec.part}
    named |= {f"group.{group.attribute}": group.column for group in spec.groups} | {f"feature.{name}": name for name in columns}
    for role, column in named.items():
        if column and column not in test.columns:
            problems.append(f"{test.name}:1: The «{role}» must name a column of the file; got {shown(column)}.")


def _two_outcomes(table: Table, name: str, spec: DataSpec, raw: RawTable) -> None:
    """Refuse rows that hold one outcome only."""
    ones = int(table.y.sum())
    if not len(table) or ones in {0, len(table)}:
        held = "no row" if not len(table) else f"{shown(spec.positive)} in {ones:,} of {len(table):,} rows"
        raise InputError(f"{raw.name}: The «{spec.label}» of the {name} rows must hold both outcomes; got {held}.")


def _parts(test: RawTable, spec: DataSpec, problems: list[str]) -> dict[str, Ints]:
    """Give the rows of each part; without a column of parts, every row is a case."""
    if not spec.part or spec.part not in test.columns:
        return {"test": np.arange(test.rows), "train": np.arange(0)}
    cells = np.array(test.texts(spec.part))
    found = {name: np.flatnonzero(cells == name).astype(np.int64) for name in PARTS}
    if not len(found["test"]):
        problems.append(f'{test.name}: The «{spec.part}» must say "test" for at least one row; got {_list(sorted(set(cells.tolist())))}.')
    return found


def _unused_parts(test: RawTable, spec: DataSpec) -> list[str]:
    counts = Counter(test.columns.get(spec.part, ())) if spec.part else Counter()
    return [f"Not used: {_many(count, 'row')} whose «{spec.part}» is {shown(name)}." for name, count in sorted(counts.items()) if name not in PARTS]


# ---- one file ----


def _read(raw: RawTable, spec: DataSpec, codes: tuple[_Codes, _Codes], problems: list[str], *, lenient: bool = False) -> _Read:
    """Read every column that the system file names; a training file may lack those that only cases need."""

    def tried(column: str, read: Callable[[], T], otherwise: T) -> T:
        if column not in raw.columns:
            return otherwise
        try:
            return read()
        except InputError as error:
            problems.extend(problem for problem in error.problems if problem not in problems)
            return otherwise

    empty = np.full(raw.rows, np.nan)
    if lenient:
        needed = [*(feature.name for feature in spec.features), spec.label, spec.unit]
        problems += [f"{raw.name}:1: The training rows must have the column «{name}»." for name in needed if name and name not in raw.columns]
    x = [tried(feature.name, lambda feature=feature: _column(raw, feature), empty) for feature in spec.features]  # type: ignore[misc]
    return _Read(
        raw=raw,
        x=np.column_stack(x) if x else np.empty((raw.rows, 0)),
        y=tried(spec.label, lambda: _outcome(raw, spec.label, spec.positive), np.zeros(raw.rows, dtype=np.int8)),
        unit=tried(spec.unit, lambda: _units(raw, spec.unit, codes[0]), np.arange(raw.rows) + (-raw.rows if lenient else 0)),
        batch=tried(spec.batch, lambda: _batches(raw, spec.batch, codes[1]), np.full(raw.rows, -1 if spec.batch else 0)),
        groups={group.attribute: tried(group.column, lambda group=group: _group(raw, group), [NOT_KNOWN] * raw.rows) for group in spec.groups},  # type: ignore[misc]
        meant=tried(spec.meant, lambda: _outcome(raw, spec.meant, spec.positive), None),
        forecast=tried(spec.forecast, lambda: _forecast(raw, spec), None),
    )


def _column(raw: RawTable, feature: Feature) -> Floats:
    """Read a feature as numbers, by its kind."""
    values = _coded(raw, feature) if feature.levels else raw.numbers(feature.name)
    if feature.kind == "integer":
        _refuse(raw, feature.name, np.flatnonzero(values % 1 > 0), "must be an integer")
    if feature.kind == "binary" and not feature.levels:
        _refuse(raw, feature.name, np.flatnonzero(~np.isnan(values) & (values != 0) & (values != 1)), "must be 0 or 1, since its kind is binary")
    if not feature.missing:
        _refuse(raw, feature.name, np.flatnonzero(np.isnan(values)), "must not be missing, unless its [[feature]] says `missing = true`")
    return values


def _coded(raw: RawTable, feature: Feature) -> Floats:
    """Give each cell the place of its word among the levels; a whole number may be written with a point."""
    codes = {level: float(code) for code, level in enumerate(feature.levels)}
    for cell in set(raw.texts(feature.name)) - set(codes):
        codes[cell] = np.nan if cell.strip() in MISSING else next((codes[level] for level in feature.levels if same(cell, level)), np.inf)
    values = np.fromiter(map(codes.__getitem__, raw.texts(feature.name)), dtype=np.float64, count=raw.rows)
    _refuse(raw, feature.name, np.flatnonzero(np.isinf(values)), f"must be one of {_list(feature.levels)}")
    return values


def _outcome(raw: RawTable, column: str, positive: str) -> NDArray[np.int8]:
    """Read an outcome: 1 where it is the value that matters, 0 where it is the only other one."""
    cells = raw.texts(column)
    missing = np.fromiter((cell.strip() in MISSING for cell in cells), dtype=np.bool_, count=raw.rows)
    _refuse(raw, column, np.flatnonzero(missing), "must not be missing")
    values = dict.fromkeys(cells)
    matter = {cell: same(cell, positive) for cell in values}
    if not any(matter.values()):
        raise InputError(f"{raw.name}: The «{column}» must hold the value that matters, {shown(positive)}; it holds {_list(values)}.")
    others = [cell for cell in values if not matter[cell]]
    if len({_plain(cell) for cell in others}) > 1:
        raise InputError(f"{raw.name}: The «{column}» must hold two values, {shown(positive)} and one other; it also holds {_list(others)}.")
    return np.fromiter(map(matter.__getitem__, cells), dtype=np.int8, count=raw.rows)


def same(cell: str, value: str) -> bool:
    """Say whether two texts mean the same value: alike, equal as numbers, or both true or both false.

    >>> same("1.0", "1"), same("TRUE", "True"), same("F", "f")
    (True, True, False)
    """
    return cell == value or _plain(cell) == _plain(value)


def _plain(text: str) -> str:
    """Write a number or a truth value in one way; leave other texts."""
    word = text.strip()
    if word.casefold() in {"true", "false"}:
        return word.casefold()
    try:
        return repr(float(word))
    except ValueError:
        return word


def _units(raw: RawTable, column: str, codes: _Codes) -> Ints:
    cells = raw.texts(column)
    missing = np.fromiter((not cell.strip() for cell in cells), dtype=np.bool_, count=raw.rows)
    _refuse(raw, column, np.flatnonzero(missing), "must not be missing: it says which rows belong together")
    return codes(cells)


def _batches(raw: RawTable, column: str, codes: _Codes) -> Ints:
    return codes(raw.texts(column))


def _group(raw: RawTable, group: Grouping) -> list[str]:
    """Name the group of each row: the cell, or the band that a number falls in."""
    if not group.cuts:
        return [NOT_KNOWN if cell.strip() in MISSING else cell.strip() for cell in raw.texts(group.column)]
    values = raw.numbers(group.column)
    names = [*bands(group.cuts), NOT_KNOWN]
    places = np.where(np.isnan(values), len(names) - 1, np.searchsorted(group.cuts, values, side="right"))
    return [names[place] for place in places.tolist()]


def bands(cuts: Sequence[float]) -> list[str]:
    """Name the bands between cuts, the lower end belonging to each.

    >>> bands((50, 65.5))
    ['under 50', '50 to under 65.5', '65.5 or more']
    """
    between = [f"{low:g} to under {high:g}" for low, high in itertools.pairwise(cuts)]
    return [f"under {cuts[0]:g}", *between, f"{cuts[-1]:g} or more"]


def _forecast(raw: RawTable, spec: DataSpec) -> Floats:
    values = raw.numbers(spec.forecast)
    _refuse(raw, spec.forecast, np.flatnonzero((values < 0) | (values > 1)), "must be a chance in [0, 1]")
    return 1 - values if spec.forecast_means == "complement" else values


# ---- tables ----


def _table(read: _Read, rows: Ints, spec: DataSpec, digest: str, batches: _Codes) -> Table:
    places = rows.tolist()
    return Table(
        features=spec.features,
        x=np.ascontiguousarray(read.x[rows]),
        y=read.y[rows],
        row=rows.astype(np.int64),
        unit=read.unit[rows],
        groups={name: [who[place] for place in places] for name, who in read.groups.items()},
        batch=read.batch[rows],
        digest=_digest(digest, rows, spec),
        meant=None if read.meant is None else read.meant[rows],
        forecast=None if read.forecast is None else read.forecast[rows],
        file=read.raw.name,
        notes={f"batch.{code}": name for name, code in batches.known.items()},
    )


def _digest(file: str, rows: Ints, spec: DataSpec) -> str:
    """Name a table by its file, the choice of rows and the meaning of its columns."""
    columns = [(feature.name, feature.kind, feature.levels) for feature in spec.features]
    groups = [(group.attribute, group.column, group.cuts) for group in spec.groups]
    others = (spec.label, spec.positive, spec.unit, spec.batch, spec.meant, spec.forecast, spec.forecast_means)
    meaning = repr((file, columns, groups, others)).encode()
    return f"sha256:{hashlib.sha256(meaning + rows.astype('<i8').tobytes()).hexdigest()}"


# ---- what a reader should know ----


def _remarked(tables: Mapping[str, Table], spec: DataSpec, remarks: list[str]) -> Tables:
    test, train = tables["test"], tables.get("train")
    for name, table in tables.items():
        missing = np.isnan(table.x).sum(axis=0)
        empty = [feature.name for place, feature in enumerate(spec.features) if missing[place] == len(table)]
        remarks += [f"«{column}» has no value in any {name} row." for column in empty]
    outside = {feature.name: sum(_outside(table, place) for table in tables.values()) for place, feature in enumerate(spec.features)}
    implausible = {column: count for column, count in outside.items() if count}
    if implausible:
        told = ", ".join(f"{_many(count, 'value')} of «{column}»" for column, count in implausible.items())
        remarks.append(f"Outside {'its' if len(implausible) == 1 else 'their'} plausible bounds: {told}.")
    leaked = 0 if train is None else len(np.intersect1d(test.unit, train.unit))
    if leaked:
        both = f"Both in the training and in the test rows: {_many(leaked, 'unit')} («{spec.unit}»)"
        remarks.append(f"{both}. The test is not of unseen people, and every rate may look too good.")
    remarks += [] if train is None or leaked else _twins(test, train)
    return Tables(test=test, train=train, remarks=tuple(remarks), leaked=leaked, implausible=implausible)


def _outside(table: Table, place: int) -> int:
    feature, values = table.features[place], table.x[:, place]
    return int(((values < feature.lower) | (values > feature.upper)).sum())


def _twins(test: Table, train: Table) -> Iterator[str]:
    """Remark test rows whose every value is that of a training row."""
    known = {row.tobytes() for row in train.x}
    count = sum(row.tobytes() in known for row in test.x)
    if count:
        yield f"With exactly the values of a training row: {count:,} of {_many(len(test), 'test row')}."


# ---- wording ----


def _refuse(raw: RawTable, column: str, rows: Ints, rule: str) -> None:
    """Raise the first rows that break a rule, and the number of the others."""
    if len(rows):
        cells = raw.texts(column)
        told = [f"{raw.where(row)}: The «{column}» of «row {row + 1}» {rule}; got {shown(cells[row])}." for row in rows[:_LISTED].tolist()]
        raise InputError([*told, *([f"{raw.name}: and {len(rows) - _LISTED:,} more rows of «{column}»."] if len(rows) > _LISTED else [])])


def _many(count: int, word: str) -> str:
    """Count a thing: one row, two rows."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def _list(words: Iterable[str]) -> str:
    """List a few words as they stand in a file."""
    found = list(words)
    return ", ".join(shown(word) for word in found[:8]) + (f" and {len(found) - 8} more" if len(found) > 8 else "")


def _cut(problems: list[str], most: int = 20) -> list[str]:
    return problems[:most] + ([f"And {len(problems) - most:,} more problems."] if len(problems) > most else [])
