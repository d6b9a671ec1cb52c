"""Rows as a caller's own model takes them: from an array, a data frame or a list of rows to numbers, and back again.

Everything that befalls a case is done to numbers (a category is a code, a missing value NaN). A model that was trained on a data frame
with columns of words must still be asked with such a frame, so a container remembers what it was and turns numbers into it again.
Data frames are known by how they behave; pandas is never imported.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np

from keepstone.core.table import Feature
from keepstone.intake.fields import shown
from keepstone.map import infer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.channel import Floats

Values: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"
NUMBERS = "fiub"
ERROR_SHARE = 0.05
"""The share of a value that its measurement is guessed to be off by, where nobody says."""


@dataclass(frozen=True, eq=False)
class Column:
    """One column of the container.

    Attributes:
        key: What the container calls it.
        name: That, as text.
        levels: The words that its codes stand for, as they stand in the container; empty for numbers.
        dtype: Of its values in the container.
        gap: What stands in the container where a value is missing.
        feature: What can be told of it; all that is no plain fact is marked as a guess.
    """

    key: Hashable
    name: str
    levels: tuple[Hashable, ...]
    dtype: Any
    gap: object
    feature: Feature

    def back(self, codes: Floats) -> Any:  # noqa: ANN401  a numpy array, or what a frame makes of it
        """Turn numbers into the values of the container."""
        if not self.levels:
            whole = np.isfinite(codes).all() and bool((codes % 1 == 0).all())
            plain = isinstance(self.dtype, np.dtype)
            return codes.astype(self.dtype) if plain and (self.dtype.kind == "f" or (whole and self.dtype.kind in NUMBERS)) else codes
        known = (codes >= 0) & (codes < len(self.levels)) & (codes % 1 == 0)
        words = np.empty(len(self.levels) + 1, dtype=object)
        words[:] = [*self.levels, self.gap]
        return words[np.where(known, codes, len(self.levels)).astype(np.int64)]


@dataclass(frozen=True, eq=False)
class Container:
    """A kind of container, with the columns that it has.

    Attributes:
        columns: In the model's order.
        form: "array", "frame" or "rows".
        empty: A frame without rows, by which others are made; None for other forms.
        dtype: Of an array.
    """

    columns: tuple[Column, ...]
    form: str
    empty: Any = None
    dtype: Any = None

    @property
    def plain(self) -> bool:
        """Whether numbers are what the model takes anyway."""
        return self.form == "array" and self.dtype == np.float64

    def decode(self, x: Floats) -> Any:  # noqa: ANN401  an array, a frame or a list
        """Give rows of numbers as the caller's model takes them.

        Args:
            x: float64 (rows, features).
        """
        if self.plain:
            return x
        if self.form == "frame" and all(not column.levels and column.dtype == np.float64 for column in self.columns):
            return type(self.empty)(x, columns=self.empty.columns)
        columns = [column.back(x[:, place]) for place, column in enumerate(self.columns)]
        if self.form == "frame":
            return self._frame(columns)
        if self.form == "rows":
            listed = [values.tolist() for values in columns]
            return [list(row) for row in zip(*listed, strict=True)]
        if self.dtype.kind in NUMBERS:
            return self._numbers(x)
        return np.column_stack([np.asarray(values, dtype=object) for values in columns]).astype(self.dtype)

    def _numbers(self, x: Floats) -> Values:
        whole = self.dtype.kind == "f" or (np.isfinite(x).all() and bool((x % 1 == 0).all()))
        return x.astype(self.dtype) if whole else x

    def _frame(self, columns: Sequence[Values]) -> Any:  # noqa: ANN401  a frame
        made = {}
        for column, values in zip(self.columns, columns, strict=True):
            series = type(self.empty[column.key])
            dtype = values.dtype if isinstance(column.dtype, np.dtype) else column.dtype  # of an array, `back` has given it what fits
            try:
                made[column.key] = series(values, dtype=dtype)
            except (TypeError, ValueError):  # a type of the frame's own that a broken value no longer fits
                made[column.key] = series(values)
        return type(self.empty)(made)

    def encode(self, rows: object, what: str, problems: list[str]) -> Floats:
        """Turn other rows of the same kind into numbers; what is wrong is added to `problems`.

        Args:
            rows: The container.
            what: What messages call it.
            problems: Where sentences go.
        """
        found = _taken(rows, what, problems)
        if found is None:
            return np.empty((0, len(self.columns)))
        form, values = found
        keys = [column.key for column in self.columns]
        if form != self.form or set(values) != set(keys):
            said = "the same columns" if form == self.form else f"the same kind of rows ({self.form})"
            problems.append(f"The «{what}» must have {said} as X; got {_columns(values) if form == self.form else form}.")
            return np.empty((0, len(self.columns)))
        return np.column_stack([_codes(values[column.key], column, what, problems) for column in self.columns])


def contain(rows: object, others: Sequence[object], problems: list[str]) -> Container | None:
    """Look at rows and learn what their container is.

    Args:
        rows: An array (rows, features), a data frame, or a list of rows.
        others: Further rows of the same kind, whose words and values count too (the training rows).
        problems: Where sentences go on what is wrong.

    Returns:
        The container, or None where nothing can be made of the rows.
    """
    found = _taken(rows, "X", problems)
    if found is None:
        return None
    form, values = found
    more = [taken[1] for other in others if (taken := _taken(other, "train", [])) is not None and taken[0] == form]
    columns = []
    for key, column in values.items():
        pieces = [column, *(each[key] for each in more if key in each)]
        columns.append(_column(key, pieces, problems))
    if not columns:
        problems.append("The «X» must have at least one column.")
        return None
    if len({column.name for column in columns}) < len(columns):
        problems.append(f"The «columns» of X must have different names; got {_columns(values)}.")
    empty = cast("Any", rows).iloc[:0] if form == "frame" else None
    dtype = np.asarray(rows).dtype if form == "array" else None
    return Container(tuple(columns), form, empty, dtype)


# ---- taking a container apart ----


def _taken(rows: object, what: str, problems: list[str]) -> tuple[str, dict[Hashable, Any]] | None:
    """Give the form of the container and its columns by key, or note why it is none."""
    if hasattr(rows, "toarray"):
        problems.append(f"The «{what}» must be dense; got a sparse matrix: give its toarray().")
        return None
    if hasattr(rows, "columns") and hasattr(rows, "iloc"):
        keys = list(rows.columns)
        if len(set(keys)) < len(keys):
            problems.append(f"The «columns» of {what} must have different names; got {', '.join(map(repr, keys[:8]))}.")
            return None
        return "frame", {key: cast("Any", rows)[key] for key in keys}
    if isinstance(rows, np.ndarray):
        return _sliced(rows, "array", what, problems)
    if isinstance(rows, Sequence) and not isinstance(rows, str | bytes | Mapping):
        return _listed(rows, what, problems)
    problems.append(f"The «{what}» must be an array, a pandas data frame or a list of rows; got {type(rows).__name__}.")
    return None


def _listed(rows: Sequence[object], what: str, problems: list[str]) -> tuple[str, dict[Hashable, Any]] | None:
    odd = next((place for place, row in enumerate(rows) if not isinstance(row, Sequence | np.ndarray) or isinstance(row, str | bytes)), None)
    if odd is not None:
        problems.append(f"The «row {odd}» of {what} must be a list of values; got {type(rows[odd]).__name__}.")
        return None
    sizes = {len(cast("Sequence[object]", row)) for row in rows}
    if len(sizes) > 1:
        problems.append(f"The «rows» of {what} must all be of one length; got lengths {', '.join(map(str, sorted(sizes)[:5]))}.")
        return None
    matrix = np.empty((len(rows), next(iter(sizes), 0)), dtype=object)
    for place, row in enumerate(rows):
        matrix[place, :] = list(cast("Sequence[object]", row))
    return _sliced(matrix, "rows", what, problems)


def _sliced(matrix: Values, form: str, what: str, problems: list[str]) -> tuple[str, dict[Hashable, Any]] | None:
    if matrix.ndim != 2:
        problems.append(f"The «shape» of {what} must be (rows, features); got {matrix.shape}.")
        return None
    return form, {f"x{place}": matrix[:, place] for place in range(matrix.shape[1])}


def _column(key: Hashable, pieces: Sequence[Any], problems: list[str]) -> Column:
    """Learn what a column holds from all its pieces."""
    dtype = getattr(pieces[0], "dtype", None)
    parts = [np.asarray(piece) for piece in pieces]
    holes = [gaps(piece) for piece in pieces]
    known = [part[~hole] for part, hole in zip(parts, holes, strict=True)]
    missing = any(bool(hole.any()) for hole in holes)
    name = str(key)
    categories = getattr(dtype, "categories", None)
    if categories is None and all(numeric(part) for part in known):
        seen = np.concatenate([part.astype(np.float64) for part in known])
        if not np.isfinite(seen).all():
            problems.append(f"The «{name}» of X must be finite; got an infinite value.")
            seen = seen[np.isfinite(seen)]
        stored = np.asarray([value for part in known for value in part.tolist()]).dtype if getattr(dtype, "kind", "O") == "O" else dtype
        return Column(key, name, (), stored, np.nan, _told(name, (), seen, missing=missing))
    levels = list(categories) if categories is not None else _levels(known, name, problems)
    if len(levels) > infer.MOST_LEVELS:
        problems.append(f"The «{name}» of X must hold numbers or at most {infer.MOST_LEVELS} different words; got {len(levels)} words.")
    gap = next((part[hole][0] for part, hole in zip(parts, holes, strict=True) if hole.any()), None)
    words = tuple(levels) or ("",)
    return Column(key, name, words, dtype, gap, _told(name, words, np.zeros(0), missing=missing))


def _levels(known: Sequence[Values], name: str, problems: list[str]) -> list[Hashable]:
    if any(part.dtype.kind not in "OUST" for part in known):
        problems.append(f"The «{name}» of X must hold numbers or words; got {known[0].dtype}.")
        return []
    try:
        return sorted({value for part in known for value in part.tolist()}, key=lambda value: (str(value), type(value).__name__))
    except TypeError:
        problems.append(f"The «{name}» of X must hold numbers or words; got values that are neither.")
        return []


# ---- what can be told of a column ----


def _told(name: str, levels: tuple[Hashable, ...], seen: Floats, *, missing: bool) -> Feature:
    """Tell what can be told of a column, from its name, its words or its known numbers."""
    fixed = bool(infer.words(name) & infer.FIXED)
    known = Feature(name=name, immutable=fixed, missing=missing, guessed=frozenset({"immutable"}))
    if levels:
        kind = "binary" if len(levels) == 2 else "category"
        return replace(known, kind=kind, levels=_names(levels), immutable=fixed or len(levels) == 1)
    if not len(seen):
        return replace(known, missing=True)
    if set(np.unique(seen).tolist()) <= {0.0, 1.0}:
        return replace(known, kind="binary", lower=0.0, upper=1.0)
    return _measured(known, seen)


def _measured(known: Feature, seen: Floats) -> Feature:
    """Guess the bounds of a measured number and its error, which a fixed one has not: nobody moves it."""
    lower, upper = infer.bounds(seen)
    known = replace(known, lower=lower, upper=upper, guessed=known.guessed | {"lower", "upper"})
    if bool((seen % 1 == 0).all()):
        known = replace(known, kind="integer", lower=float(np.floor(lower)), upper=float(np.ceil(upper)), guessed=known.guessed | {"kind"})
    if known.immutable:
        return known
    if known.kind == "integer":
        return replace(known, error_abs=1.0, guessed=known.guessed | {"error_abs"})
    return replace(known, error_rel=ERROR_SHARE, guessed=known.guessed | {"error_rel"})


# ---- numbers ----


def _codes(column: Any, known: Column, what: str, problems: list[str]) -> Floats:  # noqa: ANN401  a column of any container
    """Turn a column into numbers."""
    hole, values = gaps(column), np.asarray(column)
    out = np.full(len(values), np.nan)
    if not known.levels:
        if numeric(values[~hole]):
            out[~hole] = values[~hole].astype(np.float64)
        else:
            problems.append(f"The «{known.name}» of {what} must hold numbers, as in X.")
        return out
    places: dict[object, int] = {level: place for place, level in enumerate(known.levels)}
    try:
        out[~hole] = [places.get(value, np.nan) for value in values[~hole].tolist()]
    except TypeError:
        return out  # values that can't be looked up: said already when the column was looked at
    return out


def gaps(column: Any) -> NDArray[np.bool_]:  # noqa: ANN401  a column of any container
    """Tell which values of a column are missing."""
    if hasattr(column, "isna"):
        return np.asarray(column.isna(), dtype=np.bool_)
    values = np.asarray(column)
    if values.dtype.kind == "f":
        return np.asarray(np.isnan(values), dtype=np.bool_)
    if values.dtype.kind != "O":
        return np.zeros(len(values), dtype=np.bool_)
    return np.fromiter((value is None or (isinstance(value, float) and np.isnan(value)) for value in values.tolist()), dtype=np.bool_, count=len(values))


def numeric(values: Values) -> bool:
    """Whether all values are numbers."""
    if values.dtype.kind in NUMBERS:
        return True
    return values.dtype.kind == "O" and all(isinstance(value, bool | int | float | np.number | np.bool_) for value in values.tolist())


# ---- wording ----


def _names(levels: Sequence[Hashable]) -> tuple[str, ...]:
    plain = tuple(str(level) for level in levels)
    return plain if len(set(plain)) == len(plain) else tuple(repr(level) for level in levels)


def _columns(values: Mapping[Hashable, object]) -> str:
    names = [shown(str(key)) for key in values]
    return f"{len(names)}: {', '.join(names[:8])}{' …' if len(names) > 8 else ''}"
