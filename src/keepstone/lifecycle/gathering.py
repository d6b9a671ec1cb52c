"""From what a caller hands over to the tables that a classifier is asked about, everything wrong told at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from keepstone.core.table import Table
from keepstone.intake.fingerprint import fingerprint
from keepstone.lifecycle.container import Container, contain
from keepstone.lifecycle.labels import Classes, chances, classes_of, codes, groupings, outcomes, regrouped, vector
from keepstone.lifecycle.terms import confirmed

if TYPE_CHECKING:
    from keepstone.core.channel import Floats, Ints
    from keepstone.core.system import Grouping
    from keepstone.core.table import Feature
    from keepstone.lifecycle.labels import Values

TRAIN = ("X", "y", "groups", "unit", "batch")


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What is known of the cases beside X and y, as it was handed over.

    Attributes:
        groups: How people are told apart.
        train: Training rows: a pair (X, y), or a mapping with X, y and, where known, groups, unit, batch.
        unit: Who a row belongs to.
        batch: Site, period or file of each row.
        meant: The outcome that was meant.
        forecast: People's own forecast.
        positive: The label that matters.
        features: What is known of columns.
    """

    groups: object = None
    train: object = None
    unit: object = None
    batch: object = None
    meant: object = None
    forecast: object = None
    positive: object = None
    features: object = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Gathered:
    """The rows, ready.

    Attributes:
        container: What the model takes.
        classes: The two labels.
        test: The cases.
        train: The training rows, or None.
        groups: How people are told apart.
        guesses: What nobody confirmed, by its path in a system.
    """

    container: Container
    classes: Classes
    test: Table
    train: Table | None
    groups: tuple[Grouping, ...]
    guesses: frozenset[str]


@dataclass
class _Part:
    """The cases, or the training rows, while they are read."""

    what: str
    rows: object
    labels: object
    groups: object = None
    unit: object = None
    batch: object = None
    meant: object = None
    forecast: object = None
    size: int = 0
    x: Floats = field(default_factory=lambda: np.empty((0, 0)))
    y: Values | None = None

    columns: dict[str, Values | None] = field(default_factory=dict)

    def look(self, problems: list[str]) -> None:
        """See that labels and what stands beside them have one value a row."""
        before = "" if self.what == "X" else "train: "
        for name in ("unit", "batch", "meant", "forecast"):
            values = getattr(self, name)
            self.columns[name] = None if values is None else vector(values, self.size, f"{before}{name}", problems)
        self.y = vector(self.labels, self.size, "y" if self.what == "X" else "y of train", problems)


def gather(rows: object, labels: object, beside: Beside, problems: list[str]) -> Gathered | None:
    """Read everything; what is wrong is added to `problems`.

    Args:
        rows: An array (rows, features), a data frame, a list of rows; None where there are only scores.
        labels: One a row.
        beside: What else is known.
        problems: Where sentences go.

    Returns:
        The tables, or None where something is wrong.
    """
    cases = _Part("X", rows, labels, beside.groups, beside.unit, beside.batch, beside.meant, beside.forecast)
    train = _training(beside.train, problems)
    parts = [cases, *([train] if train else [])]
    container = Container((), "array", None, np.dtype(np.float64)) if rows is None else contain(rows, [train.rows] if train else [], problems)
    if container is None:
        return None
    for part in parts:
        _read(part, container, problems)
    known = [part.y for part in parts if part.y is not None]
    classes = classes_of(known, beside.positive, problems) if len(known) == len(parts) else None
    who, told = groupings(cases.groups, rows, cases.size, problems)
    features = confirmed([column.feature for column in container.columns], beside.features, problems)
    if problems or classes is None:
        return None
    tables = _tables(parts, [who], told, features, classes, problems)
    test = _further(tables[0], cases, classes, problems)
    problems += _split(test)
    guesses = _guesses(container, features) | {f"group.{group.attribute}.cuts" for group in told if group.cuts}
    guesses |= {"data.positive"} if classes.guessed else set()
    if problems:
        return None
    return Gathered(container=container, classes=classes, test=test, train=tables[1] if train else None, groups=told, guesses=frozenset(guesses))


def _guesses(container: Container, features: tuple[Feature, ...]) -> set[str]:
    """What is guessed of features: field by field where nobody confirmed any of it, by name otherwise."""
    found: set[str] = set()
    for one in sorted({guess for column in container.columns for guess in column.feature.guessed}):
        at_first = [column.name for column in container.columns if one in column.feature.guessed]
        still = [feature.name for feature in features if one in feature.guessed]
        found |= {f"feature.*.{one}"} if still == at_first else {f"feature.{name}.{one}" for name in still}
    return found


def _training(train: object, problems: list[str]) -> _Part | None:
    if train is None:
        return None
    if isinstance(train, Mapping):
        strange = [str(key) for key in train if key not in TRAIN]
        if strange or not {"X", "y"} <= set(train):
            problems.append(f"The «train» must hold X and y, and may hold groups, unit, batch; got {', '.join(map(str, train)) or 'nothing'}.")
            return None
        return _Part("train", train["X"], train["y"], train.get("groups"), train.get("unit"), train.get("batch"))
    if isinstance(train, tuple | list) and len(train) == 2:
        return _Part("train", train[0], train[1])
    problems.append(f"The «train» must be a pair (X, y), or a mapping with X and y; got {type(train).__name__}.")
    return None


def _read(part: _Part, container: Container, problems: list[str]) -> None:
    """Read rows and labels, which must be as many."""
    if container.columns:
        before = len(problems)
        part.x = container.encode(part.rows, part.what, problems)
        part.size = len(part.x)
        if len(problems) > before:
            return
    else:
        part.size = np.asarray(part.labels).size
        part.x = np.empty((part.size, 0))
    if not part.size:
        problems.append(f"The «{part.what}» must have rows; got none.")
        return
    part.look(problems)


def _tables(
    parts: list[_Part], who: list[dict[str, list[str]]], told: tuple[Grouping, ...], features: tuple[Feature, ...], classes: Classes, problems: list[str]
) -> list[Table]:
    """Make the tables of the cases and of the training rows."""
    units = codes([part.columns["unit"] for part in parts], [part.size for part in parts])
    columns = [part.columns["batch"] for part in parts]
    batches = codes(columns, [part.size for part in parts])
    who += [regrouped(part.groups if part.groups is not None else _names(parts[0]), part.rows, part.size, told, problems) for part in parts[1:]]
    names: dict[str, str] = {}
    for column, batch in zip(columns, batches, strict=True):
        names |= {} if column is None else {f"batch.{code}": str(value) for code, value in zip(batch.tolist(), column.tolist(), strict=True)}
    tables = []
    for part, unit, batch, column, groups in zip(parts, units, batches, columns, who, strict=True):
        y = outcomes(part.y if part.y is not None else np.zeros(0), classes, "y" if part.what == "X" else "y of train", problems)
        known: Ints = np.full(part.size, -1 if names else 0) if column is None else batch
        digest = fingerprint([part.x, y, unit, known, groups, [(one.name, one.kind, one.levels) for one in features]])
        row = np.arange(part.size, dtype=np.int64)
        tables.append(
            Table(features=features, x=part.x, y=y, row=row, unit=unit, groups=groups, batch=known, digest=f"sha256:{digest}", file=part.what, notes=names)
        )
    return tables


def _split(table: Table) -> Iterator[str]:
    """Tell of units whose rows are of different groups: they can be held against neither."""
    _units, unit = np.unique(table.unit, return_inverse=True)
    for attribute, names in table.groups.items():
        _groups, group = np.unique(np.asarray(names), return_inverse=True)
        pairs = np.unique(np.column_stack([unit, group]), axis=0)
        several = int((np.unique(pairs[:, 0], return_counts=True)[1] > 1).sum())
        if several:
            rule = "must be one for all rows of a «unit»"
            yield f"The «groups: {attribute}» {rule}; {several:,} of {len(_units):,} have several: name what holds for the whole unit."


def _names(cases: _Part) -> object:
    """Names of columns of X can be looked up in the training rows as well; columns can't."""
    groups, columns = cases.groups, set(getattr(cases.rows, "columns", ()))
    listed = [groups] if isinstance(groups, str) else groups
    return listed if isinstance(listed, list | tuple) and columns and all(isinstance(name, str) and name in columns for name in listed) else None


def _further(table: Table, part: _Part, classes: Classes, problems: list[str]) -> Table:
    """Add the outcome that was meant and people's forecast, where they are given."""
    meant, forecast = part.columns["meant"], chances(part.columns["forecast"], problems)
    if meant is None and forecast is None:
        return table
    told = None
    if meant is not None:
        strange = [value for value in meant.tolist() if value not in (classes.positive, classes.negative)]
        if strange:
            problems.append(f"The «meant» must hold the labels of y, {classes.negative!r} and {classes.positive!r}; got {strange[0]!r}.")
        told = np.fromiter((value == classes.positive for value in meant.tolist()), dtype=np.int8, count=len(meant))
    digest = fingerprint([table.digest, told, forecast])
    return replace(table, digest=f"sha256:{digest}", meant=told, forecast=forecast)
