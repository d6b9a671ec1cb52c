"""Plausibility: what can't be right is repaired where that is safe and refused where it isn't, before the model sees it.

Input validation and operational limits. A value outside of its bounds that lies inside after a known conversion of units was most likely written in
the other unit: it is converted, and the row is ruled CHANGED. What else is impossible (outside the bounds, a code that is none, missing where nothing may
be missing, outside the limits of use) is refused: BLOCKED, a person decides. A row further from the ordinary than all but the share `outliers` of known
rows is refused too, unless converting its strangest value makes it ordinary. The distance is the largest deviation of a value from its median, measured
by the distance of the 2.5 % or 97.5 % quantile on that side; the cut is conformal, so a further ordinary row is refused with chance at most `outliers`.

It sees gross errors only: small lies pass, and a unit whose values look ordinary in the other one passes too (urea nitrogen in mmol/L).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.artefact import Alone, key_of
from keepstone.core.channel import INPUT, Channel, Ruling, Signal
from keepstone.core.errors import InputError
from keepstone.core.part import Tabular, part
from keepstone.core.screened import screened
from keepstone.intake.slug import number, slug
from keepstone.stats.conformal import upper_cut

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence

    from numpy.typing import NDArray

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.channel import Floats, Tap
    from keepstone.core.part import Target
    from keepstone.core.table import Feature, Table

TAIL = 0.025


@dataclass(frozen=True)
class Ordinary:
    """What is ordinary, a column each.

    Attributes:
        middle: Medians.
        below: Distance of the lower quantile from the median; infinite where the column does not vary on that side.
        above: The same for the upper one.
        cut: Deviation from which a row is an outlier.
    """

    middle: tuple[float, ...]
    below: tuple[float, ...]
    above: tuple[float, ...]
    cut: float

    def deviation(self, x: Floats) -> Floats:
        """Give the deviation of each value, float64 (rows, columns); 0 where it is missing."""
        away = x - np.array(self.middle)
        deviation: Floats = np.nan_to_num(np.where(away < 0, -away / np.array(self.below), away / np.array(self.above)))
        return deviation


@part("mitigation")
@dataclass(frozen=True)
class Plausibility:
    """Repair or refuse implausible rows.

    Attributes:
        outliers: Largest share of ordinary rows that may be refused as outliers; 0 looks at bounds alone.
        repair: Whether units are converted; else such rows are refused.
        limits: Limits of use by feature: (name, lowest, highest); a known value outside is refused though it may be right.
        features: What is known of each column; the target's, once in place.
        ordinary: What is ordinary, once it is known.

    Raises:
        InputError: If the share is not in [0, 1).

    Example:
        >>> from keepstone.core.table import Feature, Unit
        >>> albumin = Feature(name="alb", lower=0.3, upper=8, units=(Unit(name="g/L", factor=10),))
        >>> tap = Plausibility(outliers=0, features=(albumin,)).begin(3, {})
        >>> passed = tap(INPUT, Signal(np.array([[3.5], [35.0], [-1.0]]), np.zeros(3, dtype=np.int8)))
        >>> passed.values[:, 0].tolist(), passed.rulings.tolist()
        ([3.5, 3.5, -1.0], [0, 1, 3])
    """

    outliers: float = 0.02
    repair: bool = True
    limits: tuple[tuple[str, float, float], ...] = ()
    features: tuple[Feature, ...] = ()
    ordinary: Ordinary | None = None

    name: ClassVar[str] = "plausibility"
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse a share that is none."""
        if not 0 <= self.outliers < 1:
            msg = f"The «outliers» of plausibility must be at least 0 and less than 1; got {self.outliers}."
            raise InputError(msg)

    @property
    def id(self) -> str:
        """The name and what differs: "plausibility-0p01", "plausibility-0-refuse"."""
        limits = "".join(f"-{slug(name)}_{number(low)}_{number(high)}" for name, low, high in self.limits)
        return f"{self.name}-{number(self.outliers)}" + ("" if self.repair else "-refuse") + limits

    @property
    def title(self) -> str:
        """In plain words."""
        how = "implausible values repaired or refused" if self.repair else "implausible values refused"
        return how + (f", with {self.outliers:.1%} outliers" if self.outliers else "") + (", within limits of use" if self.limits else "")

    def unfit(self, target: Target) -> str:
        """It needs something to hold a value against."""
        if not isinstance(target, Tabular):
            return "the target is not a classifier of a table"
        names = {feature.name for feature in target.features}
        strange = [name for name, _low, _high in self.limits if name not in names]
        if strange:
            return f"there is no feature «{strange[0]}» to limit"
        if self.outliers and self.ordinary is None and not target.size("search"):
            return "give `search` or `train`: there are no rows to say what is ordinary"
        if self.outliers or self.limits or any(_bounded(feature) for feature in target.features):
            return ""
        return "give bounds of the features (`lower`, `upper`): nothing is known that could be implausible"

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """What is ordinary."""
        return (Known(target, self.outliers),) if self.outliers and self.ordinary is None and isinstance(target, Tabular) else ()

    def wrap(self, target: Target, shelf: Shelf) -> Target:
        """Look at the ordinary rows, where outliers are wanted, and sit on the input."""
        if not isinstance(target, Tabular):
            return screened(target, self)
        ready = self if self.features else replace(self, features=target.features)
        if self.outliers and self.ordinary is None:
            known = shelf.get(Known(target, self.outliers))
            rows = [tuple(float(value) for value in known[name]) for name in ("middle", "below", "above")]
            ready = replace(ready, ordinary=Ordinary(rows[0], rows[1], rows[2], float(known["cut"][0])))
        return screened(target, ready, by=self)

    def begin(self, rows: int, memory: MutableMapping[str, bytes]) -> Tap:
        """Look at each row by itself."""
        del rows, memory

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != INPUT:
                return signal
            told = np.asarray(signal.values, dtype=np.float64)
            x = np.array(told)
            refused = self._refused(x)
            changed = np.any((x != told) & ~np.isnan(told), axis=1)
            x[refused] = told[refused]
            found = np.where(refused, Ruling.BLOCKED, np.where(changed, Ruling.CHANGED, Ruling.ALLOWED))
            return Signal(x, np.maximum(signal.rulings, found).astype(np.int8), signal.last)

        return tap

    def _refused(self, x: Floats) -> NDArray[np.bool_]:
        """Repair what can be, in x; tell which rows can't be right even so."""
        wrong = self._impossible(x)
        rows = np.flatnonzero(wrong.any(axis=1))
        if self.repair and len(rows):
            x[rows] = self._read_anew(x[rows], wrong[rows])
            wrong[rows] = self._impossible(x[rows])
        strange = self._outlying(x)
        rows = np.flatnonzero(strange)
        if self.ordinary is not None and self.repair and len(rows):
            deviation = self.ordinary.deviation(x[rows])
            other = self._read_anew(x[rows], deviation == deviation.max(axis=1, keepdims=True))
            mended = ~self._outlying(other)
            x[rows[mended]], strange[rows[mended]] = other[mended], False
        return wrong.any(axis=1) | strange | self._beyond(x)

    def _impossible(self, x: Floats) -> NDArray[np.bool_]:
        """Tell which values can't be right."""
        bad = np.zeros(x.shape, dtype=bool)
        for column, feature in enumerate(self.features):
            values = x[:, column]
            bad[:, column] = np.isinf(values) | (values < feature.lower) | (values > feature.upper) | (np.isnan(values) & (not feature.missing))
            if feature.kind != "number":
                bad[:, column] |= np.isfinite(values) & (values != np.rint(values))
            if feature.kind == "category" and feature.levels:
                bad[:, column] |= (values < 0) | (values >= len(feature.levels))
            if feature.kind == "binary":
                bad[:, column] |= (values < 0) | (values > 1)
        return bad

    def _read_anew(self, x: Floats, which: NDArray[np.bool_]) -> Floats:
        """Give the rows with the values in question converted to their most ordinary plausible reading in another unit, where there is one."""
        read = np.array(x)
        for column, feature in enumerate(self.features):
            rows = np.flatnonzero(which[:, column]) if feature.units else np.zeros(0, dtype=np.int64)
            if len(rows):
                read[rows, column] = self._reading(x[rows], column)
        return read

    def _reading(self, x: Floats, column: int) -> Floats:
        feature, told = self.features[column], x[:, column]
        best, least = told.copy(), np.full(len(x), np.inf)
        for unit in feature.units:
            other = np.array(x)
            other[:, column] = value = (told - unit.offset) / unit.factor
            away = self.ordinary.deviation(other)[:, column] if self.ordinary else np.zeros(len(x))
            better = (value >= feature.lower) & (value <= feature.upper) & (away < least)
            best[better], least[better] = value[better], away[better]
        return best

    def _outlying(self, x: Floats) -> NDArray[np.bool_]:
        """Tell which rows are further from the ordinary than the cut."""
        if self.ordinary is None:
            return np.zeros(len(x), dtype=bool)
        outlying: NDArray[np.bool_] = self.ordinary.deviation(x).max(axis=1, initial=0.0) > self.ordinary.cut
        return outlying

    def _beyond(self, x: Floats) -> NDArray[np.bool_]:
        """Tell which rows are outside the limits of use."""
        beyond = np.zeros(len(x), dtype=bool)
        where = {feature.name: column for column, feature in enumerate(self.features)}
        for name, lowest, highest in self.limits:
            beyond |= (x[:, where[name]] < lowest) | (x[:, where[name]] > highest)
        return beyond


def _bounded(feature: Feature) -> bool:
    return bool(np.isfinite(feature.lower) or np.isfinite(feature.upper) or feature.kind in {"category", "binary"})


@dataclass(frozen=True, eq=False)
class Known(Alone):
    """What is ordinary among the rows of "search"."""

    target: Tabular
    outliers: float

    @property
    def key(self) -> str:
        """Rows and share."""
        return key_of("plausibility", self.target.table("search").digest, self.outliers)

    def make(self, shelf: Shelf) -> dict[str, Floats]:
        """Find them."""
        del shelf
        table = self.target.table("search")
        found = _quantiles(table)
        middle, below, above = (tuple(float(value) for value in row) for row in found)
        first = Ordinary(middle, below, above, cut=np.inf)
        cut = upper_cut(first.deviation(table.x).max(axis=1, initial=0.0), self.outliers)
        return {"middle": found[0], "below": found[1], "above": found[2], "cut": np.array([cut])}


def _quantiles(table: Table) -> tuple[Floats, Floats, Floats]:
    """Give median and distances of the outer quantiles of every measured column; those of codes are infinite."""
    middle, below, above = np.zeros(table.x.shape[1]), np.full(table.x.shape[1], np.inf), np.full(table.x.shape[1], np.inf)
    for column, feature in enumerate(table.features):
        values = table.x[np.isfinite(table.x[:, column]), column]
        if feature.kind in {"number", "integer"} and len(values):
            low, middle[column], high = np.quantile(values, (TAIL, 0.5, 1 - TAIL))
            below[column] = (middle[column] - low) or np.inf
            above[column] = (high - middle[column]) or np.inf
    return middle, below, above
