"""Rows that a classifier is asked about, and what is known of each column."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from keepstone.core.channel import Floats, Ints


@dataclass(frozen=True, kw_only=True)
class Unit:
    """Another unit in which a value may be written by mistake: new = value * factor + offset."""

    name: str
    factor: float
    offset: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Feature:
    """What is known of one column.

    Attributes:
        name: The column's name.
        kind: "number", "integer", "category" (codes 0..k-1 of `levels`) or "binary".
        unit: Unit of measurement, or "".
        lower: Least plausible value.
        upper: Largest plausible value.
        error_abs: Measurement error, in units; the larger of it and `error_rel` holds.
        error_rel: Measurement error, as a share of the value.
        immutable: Whether nobody can change it at the time of asking.
        missing: Whether it may be missing.
        levels: Names of a category's codes.
        units: Units it is mixed up with.
        cost: What changing it by one measurement error costs an attacker, relative to the others.
        one_hot: Name of the one-hot group that the column belongs to, or "".
        guessed: Fields of this feature that nobody confirmed.
    """

    name: str
    kind: str = "number"
    unit: str = ""
    lower: float = float("-inf")
    upper: float = float("inf")
    error_abs: float = 0.0
    error_rel: float = 0.0
    immutable: bool = False
    missing: bool = False
    levels: tuple[str, ...] = ()
    units: tuple[Unit, ...] = ()
    cost: float = 1.0
    one_hot: str = ""
    guessed: frozenset[str] = frozenset()

    @property
    def noisy(self) -> bool:
        """Whether a measurement error is known and the value can be moved."""
        return not self.immutable and (self.error_abs > 0 or self.error_rel > 0)


@dataclass(frozen=True)
class Rule:
    """Which rows belong to a slice: all of its tests hold. Found by search on other rows, written into the plan.

    Attributes:
        tests: (column, name, how, value); how is "<=", ">", "is" or "missing" (then the value is not used).

    Example:
        >>> print(Rule(((0, "age", ">", 75.0), (5, "alb", "missing", 0.0))))
        age > 75 and alb missing
    """

    tests: tuple[tuple[int, str, str, float], ...]

    def holds(self, x: Floats) -> NDArray[np.bool_]:
        """Tell which rows of float64 (rows, features) belong."""
        inside: NDArray[np.bool_] = (x == x).all(axis=1)  # noqa: PLR0124  NaN differs from itself
        inside = inside | ~inside
        for column, _name, how, value in self.tests:
            values = x[:, column]
            inside = inside & {"<=": values <= value, ">": values > value, "is": values == value, "missing": values != values}[how]  # noqa: PLR0124  NaN
        return inside

    def __str__(self) -> str:
        """In plain words."""
        return " and ".join(f"{name} missing" if how == "missing" else f"{name} {how} {value:g}" for _column, name, how, value in self.tests)


@dataclass(frozen=True, eq=False)
class Table:
    """Rows with their labels, groups and origins. Named by digest, never by content.

    Attributes:
        features: One a column of `x`.
        x: float64 (rows, features); NaN is missing; categories are codes.
        y: int8 (rows,), 1 is the outcome that matters (death, disease, fraud).
        row: int64 (rows,), the row's number in the file it came from. It tells rows of one file apart, never those of two.
        unit: int64 (rows,), the unit of independence (the patient) that a row belongs to; the same number in all tables of a target.
        groups: Per attribute, one name a row.
        batch: int64 (rows,), site, period or file that a row came with; zeros where nobody named one, -1 where only this row's is not known.
        meant: int8 (rows,), the outcome that was meant where it differs from the one that was labelled; or None.
        forecast: float64 (rows,), present practice: the chance of the outcome as people forecast it; NaN where none; or None.
        member: bool (rows,), whether the target was trained on the row, where the rows are of both kinds (the streams "pool" and "records"); or None.
        digest: Digest of the file and the choice of rows.
        file: Name of the file that `row` counts in; tables of one target with the same name are of one file.
    """

    features: tuple[Feature, ...]
    x: Floats
    y: NDArray[np.int8]
    row: Ints
    unit: Ints
    groups: Mapping[str, Sequence[str]]
    batch: Ints
    digest: str
    meant: NDArray[np.int8] | None = None
    forecast: Floats | None = None
    member: NDArray[np.bool_] | None = None
    file: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def recipe(self) -> str:
        """Named by its digest."""
        return self.digest

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.row)

    def take(self, index: Ints) -> Table:
        """The rows at these places, in this order."""
        places = [int(at) for at in index]
        return replace(
            self,
            x=self.x[index],
            y=self.y[index],
            row=self.row[index],
            unit=self.unit[index],
            batch=self.batch[index],
            groups={name: [who[at] for at in places] for name, who in self.groups.items()},
            digest=f"{self.digest}[{hash_of(index)}]",
            meant=None if self.meant is None else self.meant[index],
            forecast=None if self.forecast is None else self.forecast[index],
            member=None if self.member is None else self.member[index],
        )


def hash_of(index: Ints) -> str:
    """Digest of a choice of rows."""
    return hashlib.sha256(index.tobytes()).hexdigest()[:16]
