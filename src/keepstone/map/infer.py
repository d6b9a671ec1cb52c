"""What can be told of a column from its cells and its name alone. All of it is a guess until somebody confirms it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from keepstone.core.errors import InputError
from keepstone.intake.table import MISSING

if TYPE_CHECKING:
    from keepstone.core.channel import Floats
    from keepstone.intake.table import RawTable

MOST_LEVELS = 50
"""A column of more different words is text, not a category."""
TAIL = 0.001
ROOM = 0.1
"""Bounds are guessed as the quantiles that leave the share TAIL outside on either side, with ROOM of what lies between added to each."""

LABELS = frozenset({"label", "target", "outcome", "y", "class", "died", "dead", "death", "hospdead", "diagnosis", "default", "fraud", "churn", "event"})
UNITS = frozenset({"patient", "subject", "person", "mrn", "case", "customer", "client", "individual", "participant"})
PARTS = frozenset({"part", "split", "fold", "partition", "subset"})
BATCHES = frozenset({"site", "center", "centre", "hospital", "batch", "phase", "clinic", "ward", "year", "branch", "region"})
PEOPLE = frozenset({"sex", "gender", "race", "ethnicity", "ethnic", "age", "religion", "nationality", "insurance", "income", "education", "disability"})
FIXED = frozenset({"age", "sex", "gender", "race", "ethnicity", "ethnic", "birth", "born", "dob", "height", "nationality"})
MATTERS = ("1", "1.0", "true", "yes", "y", "positive", "pos", "malignant", "dead", "died", "death", "event", "default", "fraud", "bad", "sick")


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column as it looks.

    Attributes:
        name: Its name.
        kind: "number", "integer", "binary", "category", "text" (too many words, or odd ones) or "empty".
        missing: Whether a cell is missing.
        lower: Guessed lower bound of a number.
        upper: Guessed upper bound.
        levels: Words of a category, of a binary column of words, or the two values of a binary one.
        distinct: How many different cells there are.
    """

    name: str
    kind: str
    missing: bool
    lower: float = -math.inf
    upper: float = math.inf
    levels: tuple[str, ...] = ()
    distinct: int = 0

    @property
    def words(self) -> frozenset[str]:
        """The words of its name."""
        return words(self.name)


def words(name: str) -> frozenset[str]:
    """Take a name apart, in lower case: at signs, digits and humps.

    >>> sorted(words("patientID_no2")), sorted(words("age_band"))
    (['id', 'no', 'patient'], ['age', 'band'])
    """
    spaced = "".join(
        f" {letter}" if letter.isupper() and before.islower() else letter if letter.isalpha() else " " for before, letter in zip(" " + name, name, strict=False)
    )
    return frozenset(spaced.lower().split())


def infer(raw: RawTable, name: str) -> Column:
    """Tell what a column looks like."""
    cells = raw.texts(name)
    counts = dict.fromkeys(cells)
    known = [cell for cell in counts if cell.strip() not in MISSING]
    missing = len(known) < len(counts)
    if not known:
        return Column(name=name, kind="empty", missing=True)
    try:
        values = raw.numbers(name)
    except InputError:
        return _worded(name, known, raw.rows, missing=missing)
    seen = values[~np.isnan(values)]
    if set(np.unique(seen).tolist()) == {0.0, 1.0}:
        return Column(name=name, kind="binary", missing=missing, lower=0.0, upper=1.0, levels=tuple(sorted(known, key=float)), distinct=len(known))
    lower, upper = bounds(seen)
    kind = "integer" if bool((seen % 1 == 0).all()) else "number"
    if kind == "integer":
        lower, upper = float(math.floor(lower)), float(math.ceil(upper))
    return Column(name=name, kind=kind, missing=missing, lower=lower, upper=upper, distinct=len(known))


def _worded(name: str, known: Sequence[str], rows: int, *, missing: bool) -> Column:
    plain = all(cell.isprintable() and cell.strip() == cell for cell in known)
    if not plain or len(known) > min(MOST_LEVELS, max(2, rows // 2)) or len(known) < 2:
        return Column(name=name, kind="text", missing=missing, distinct=len(known))
    return Column(name=name, kind="binary" if len(known) == 2 else "category", missing=missing, levels=tuple(sorted(known)), distinct=len(known))


def bounds(seen: Floats) -> tuple[float, float]:
    """Give two round numbers that leave hardly any value outside; what is never negative stays so."""
    low, high = (float(bound) for bound in np.quantile(seen, [TAIL, 1 - TAIL]))
    room = ROOM * (high - low)
    lower = outward(max(low - room, 0.0) if seen.min() >= 0 else low - room, up=False)
    upper = outward(high + room, up=True)
    return (lower, upper) if lower < upper else (lower, lower + 1.0)


TINY = 1e-300  # under it, steps of two digits can't be written


def outward(value: float, *, up: bool) -> float:
    """Round to two digits, away from what lies inside.

    >>> outward(0.1234, up=False), outward(1234.0, up=True), outward(-7.0, up=False), outward(0.0, up=True)
    (0.12, 1300.0, -7.0, 0.0)
    """
    if value == 0:
        return 0.0
    if abs(value) < TINY:
        return math.copysign(TINY, value) if up == (value > 0) else 0.0
    step = 10.0 ** (math.floor(math.log10(abs(value))) - 1)
    whole = round(value / step, 6)
    return float(f"{(math.ceil(whole) if up else math.floor(whole)) * step:.6g}")


# ---- which column is what ----


def named(columns: Iterable[Column], known: frozenset[str]) -> list[str]:
    """Give the columns whose name holds one of these words, those with the shortest names first."""
    found = [column.name for column in columns if column.words & known]
    return sorted(found, key=lambda name: (len(words(name)), name))


def label_of(columns: Sequence[Column]) -> str:
    """Guess the column of the outcome: two values and a telling name, else the last with two values; "" where there is none."""
    binary = [column for column in columns if len(column.levels) == 2]
    telling = named(binary, LABELS)
    return telling[0] if telling else binary[-1].name if binary else ""


def positive_of(raw: RawTable, column: Column) -> str:
    """Guess which of two values matters: the one with a telling name, else the rarer."""
    for word in MATTERS:
        for level in column.levels:
            if level.casefold() == word:
                return level
    cells = raw.texts(column.name)
    return min(column.levels, key=lambda level: (cells.count(level), level))


def unit_of(columns: Sequence[Column]) -> str:
    """Guess the column of the unit of independence: a name that speaks of people, else one that says "id" ; "" where there is none."""
    candidates = [column for column in columns if column.kind in {"integer", "text", "category"} and column.distinct > 2]
    people = named(candidates, UNITS)
    return people[0] if people else next(iter(named(candidates, frozenset({"id"}))), "")


def part_of(columns: Sequence[Column]) -> str:
    """Give the column that tells training rows from cases, by its words; "" where there is none."""
    return next((column.name for column in columns if {"train", "test"} <= set(column.levels)), "")


def _count(level: str) -> float:
    """A level as a number, -1 where it is none: "²" and "1.2.3" look like one and are not."""
    try:
        return float(level) if level.isascii() and level.replace(".", "").isdecimal() else -1.0
    except ValueError:
        return -1.0


def one_hot_of(raw: RawTable, columns: Sequence[Column]) -> dict[str, str]:
    """Guess which 0/1 columns are one word written as several: those of one prefix, of which each row has at most one."""
    families: dict[str, list[str]] = {}
    for column in columns:
        prefix = _prefix(column.name)
        if column.kind == "binary" and {_count(level) for level in column.levels} == {0.0, 1.0} and prefix:
            families.setdefault(prefix, []).append(column.name)
    found = {}
    for prefix, members in families.items():
        total = np.sum([np.nan_to_num(raw.numbers(name)) for name in members], axis=0)
        if len(members) > 1 and total.max() <= 1 and (total == 1).mean() > 0.5:
            found.update(dict.fromkeys(members, prefix))
    return found


def _prefix(name: str) -> str:
    """What stands before the last sign that joins two words."""
    at = max(name.rfind(sign) for sign in "_=.")
    return name[:at] if at > 0 else ""
