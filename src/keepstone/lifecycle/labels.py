"""What is known of each row beside its features, as a caller hands it over: labels, groups, units, batches, forecasts."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np

from keepstone.core.system import Grouping
from keepstone.intake.fields import shown
from keepstone.lifecycle.container import gaps, numeric
from keepstone.map.frame import NOT_KNOWN, bands

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.channel import Floats, Ints

Values: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"
MOST_GROUPS = 20
"""A column of more different numbers is cut into bands."""
QUARTERS = (0.25, 0.5, 0.75)


@dataclass(frozen=True, kw_only=True)
class Classes:
    """The two labels.

    Attributes:
        negative: The one that doesn't matter.
        positive: The one that does (death, disease, fraud).
        guessed: Whether nobody said which is which, and the labels don't either.
    """

    negative: Hashable
    positive: Hashable
    guessed: bool = False


def vector(values: object, rows: int, what: str, problems: list[str]) -> Values | None:
    """Give values as one array, one a row; what is wrong is added to `problems`.

    Args:
        values: An array, a list, a series, or a column of one.
        rows: How many there must be.
        what: What messages call them: "y", "unit".
        problems: Where sentences go.
    """
    try:
        column = np.asarray(values)
    except ValueError:
        problems.append(f"The «{what}» must be one value a row; got lists of several lengths.")
        return None
    column = column[:, 0] if column.ndim == 2 and column.shape[1] == 1 else column
    if column.ndim != 1:
        problems.append(f"The «{what}» must be one value a row; got shape {column.shape}.")
    elif len(column) != rows:
        problems.append(f"The «{what}» must have a value for each of the {rows:,} rows; got {len(column):,}.")
    else:
        return column
    return None


# ---- labels ----


def classes_of(labels: Sequence[Values], positive: object, problems: list[str]) -> Classes:
    """Find the two labels in all that is labelled.

    Args:
        labels: The labels of the cases, and of the training rows where there are any.
        positive: The label that matters, or None: then 1, True, or the larger.
        problems: Where sentences go.
    """
    found: dict[Hashable, None] = {}
    for column in labels:
        hole = gaps(column)
        if hole.any():
            problems.append(f"The «y» must not be missing; {int(hole.sum()):,} labels are, the first in row {int(np.flatnonzero(hole)[0])}.")
        found.update(dict.fromkeys(column[~hole].tolist()))
    known = sorted(found, key=_order)
    if len(known) != 2:
        what = ", ".join(shown(one) for one in known[:6]) or "none"
        problems.append(f"The «y» must hold two labels; got {len(known)}: {what}{' …' if len(known) > 6 else ''}.")
        return Classes(negative=0, positive=1)
    usual = all(isinstance(one, bool | int | float) and one in (0, 1) for one in known)
    if positive is None:
        return Classes(negative=known[0], positive=known[1], guessed=not usual)
    chosen = positive.item() if isinstance(positive, np.generic) else positive
    if chosen not in known:
        problems.append(f"The «positive» must be one of the labels {', '.join(map(repr, known))}; got {chosen!r}.")
        return Classes(negative=known[0], positive=known[1])
    return Classes(negative=next(one for one in known if one != chosen), positive=cast("Hashable", chosen))


def _order(label: Hashable) -> tuple[bool, float, str]:
    number = isinstance(label, bool | int | float)
    return not number, float(cast("float", label)) if number else 0.0, str(label)


def outcomes(column: Values, classes: Classes, what: str, problems: list[str]) -> NDArray[np.int8]:
    """Turn labels into 1 (matters) and 0, and insist on both."""
    y = np.fromiter((label == classes.positive for label in column.tolist()), dtype=np.int8, count=len(column))
    if not 0 < int(y.sum()) < len(y):
        problems.append(f"The «{what}» must hold both labels; got only {shown(classes.positive if y.any() else classes.negative)}.")
    return y


# ---- who ----


def groupings(groups: object, frame: object, rows: int, problems: list[str]) -> tuple[dict[str, list[str]], tuple[Grouping, ...]]:
    """Name the groups of each row.

    Args:
        groups: A data frame, a mapping from names to columns, a series, one column, or names of columns of `frame`.
        frame: The rows, whose columns may be named.
        rows: How many there are.
        problems: Where sentences go.

    Returns:
        Per attribute one name a row, and how people are told apart. Columns of many different numbers are cut at their quartiles.
    """
    named, found = _attributes(groups, frame, problems), {}
    told: list[Grouping] = []
    for attribute, values in named.items():
        column = vector(values, rows, f"groups: {attribute}", problems)
        if column is not None:
            found[attribute], cuts = _named(column)
            told.append(Grouping(attribute=attribute, column=attribute, cuts=cuts))
    return found, tuple(told)


def regrouped(groups: object, frame: object, rows: int, told: Sequence[Grouping], problems: list[str]) -> dict[str, list[str]]:
    """Name the groups of other rows in the same way; those of attributes that are not given are not known."""
    named = _attributes(groups, frame, problems) if groups is not None else {}
    out = {}
    for grouping in told:
        column = vector(named[grouping.attribute], rows, f"groups: {grouping.attribute}", problems) if grouping.attribute in named else None
        out[grouping.attribute] = [NOT_KNOWN] * rows if column is None else _named(column, grouping.cuts)[0]
    return out


def _attributes(groups: object, frame: object, problems: list[str]) -> dict[str, object]:
    if groups is None:
        return {}
    if isinstance(groups, str):
        groups = [groups]
    if hasattr(groups, "columns"):
        return {str(name): cast("Any", groups)[name] for name in groups.columns}
    if isinstance(groups, Mapping):
        return {str(name): values for name, values in groups.items()}
    columns = list(getattr(frame, "columns", ()))
    names = list(groups) if isinstance(groups, list | tuple) else []
    if names and columns and all(isinstance(name, str) for name in names) and (set(names) & set(columns)):
        strange = [name for name in names if name not in columns]
        problems += [f"The «groups» must name columns of X; got {shown(name)}." for name in strange]
        return {name: cast("Any", frame)[name] for name in names if name in columns}
    if np.ndim(cast("Any", groups)) != 1:
        problems.append("The «groups» must be a data frame, a mapping from names to columns, or one column; got rows without names.")
        return {}
    return {str(getattr(groups, "name", None) or "group"): groups}


def _named(column: Values, cuts: tuple[float, ...] | None = None) -> tuple[list[str], tuple[float, ...]]:
    """Name each row's group; give the cuts where numbers were cut into bands."""
    hole = gaps(column)
    if cuts is None:
        cuts = _cuts(column[~hole])
    if not cuts:
        return [NOT_KNOWN if gap else _word(value) for value, gap in zip(column.tolist(), hole.tolist(), strict=True)], ()
    names, values = [*bands(cuts), NOT_KNOWN], np.full(len(column), np.nan)
    values[~hole] = column[~hole].astype(np.float64)
    places = np.where(hole, len(names) - 1, np.searchsorted(cuts, values, side="right"))
    return [names[place] for place in places.tolist()], cuts


def _cuts(known: Values) -> tuple[float, ...]:
    if not numeric(known) or len(set(known.tolist())) <= MOST_GROUPS:
        return ()
    values = known.astype(np.float64)
    return tuple(sorted({float(f"{cut:.4g}") for cut in np.quantile(values, QUARTERS)}))


def _word(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() or NOT_KNOWN


def codes(columns: Sequence[Values | None], sizes: Sequence[int]) -> list[Ints]:
    """Give numbers for units or batches, the same number for the same value in all columns; rows without any are each their own.

    Example:
        >>> [one.tolist() for one in codes([np.array(["b", "a", "b"]), None], [3, 2])]
        [[0, 1, 0], [-1, -2]]
    """
    known: dict[object, int] = {}
    out, own = [], 0
    for column, size in zip(columns, sizes, strict=True):
        if column is None:
            out.append(-np.arange(own + 1, own + size + 1, dtype=np.int64))
            own += size
        else:
            out.append(np.fromiter((known.setdefault(_key(value), len(known)) for value in column.tolist()), dtype=np.int64, count=size))
    return out


def _key(value: object) -> object:
    """What two equal units have in common: 1 and 1.0 are one unit, "1" is another."""
    return value if isinstance(value, bool | int | float | str) else str(value)


def chances(column: Values | None, problems: list[str]) -> Floats | None:
    """Read a forecast: the chance of the outcome, NaN where there is none."""
    if column is None:
        return None
    hole = gaps(column)
    if not numeric(column[~hole]):
        problems.append("The «forecast» must be chances in [0, 1]; got words.")
        return None
    values = np.full(len(column), np.nan)
    values[~hole] = column[~hole].astype(np.float64)
    if bool(((values < 0) | (values > 1)).any()):
        problems.append("The «forecast» must be chances in [0, 1]; got values outside.")
    return values
