"""The pictures of the report as geometry: numbers and words, no markup. The templates draw them as SVG.

Positions along a scale are percentages, so that a picture takes the width it is given without stretching its text. Nothing
here is foreign text turned into markup: the templates escape every word.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from keepstone.govern.document import Clinical
from keepstone.govern.report import words
from keepstone.govern.rows import Finding

INSET = 3.0


@dataclass(frozen=True)
class Tick:
    """A mark of a scale.

    Attributes:
        at: Where, as a percentage of the width.
        label: What stands there.
    """

    at: str
    label: str


@dataclass(frozen=True)
class Scale:
    """A straight scale from the least to the largest value shown, a little inside the picture's edges.

    >>> Scale(0.0, 1.0).at(0.5)
    '50.00%'
    """

    low: float
    high: float

    def at(self, value: float) -> str:
        """Give the place of a value as a percentage of the width; what lies beyond an end stands at the end."""
        share = (value - self.low) / (self.high - self.low)
        return f"{INSET + (100 - 2 * INSET) * min(1.0, max(0.0, share)):.2f}%"

    def ticks(self, *, most: int = 6) -> tuple[float, ...]:
        """Give round values inside the scale."""
        step = _step((self.high - self.low) / most)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return tuple(step * k for k in range(first, last + 1))


def _step(least: float) -> float:
    """Give the smallest of 1, 2, 5 times a power of ten that is at least so much.

    >>> _step(0.03)
    0.05
    """
    power = 10.0 ** math.floor(math.log10(least))
    return next((round(k * power, 12) for k in (1, 2, 5) if k * power >= least * (1 - 1e-9)), 10 * power)


def shares(values: Iterable[float | None], *, least: float = 0.02) -> Scale:
    """Make a scale of shares that holds every value and zero."""
    known = [value for value in values if value is not None]
    high = max([least, *known])
    return Scale(min([0.0, *known]), min(1.0, high * 1.06) if high <= 1 else high)


@dataclass(frozen=True)
class Interval:
    """A number with its interval, drawn against a limit (or against zero, for an effect).

    Attributes:
        label: The picture in words, for who can't see it.
        lower: Place of the lower bound.
        upper: Place of the upper bound.
        mean: Place of the number.
        limit: Place of the limit or of the margin, or "".
        nominal: Place of the number in ordinary use, or "".
        zero: Place of zero, where zero is inside, or "".
        ticks: Marks of the scale.
    """

    label: str
    lower: str
    upper: str
    mean: str
    limit: str = ""
    nominal: str = ""
    zero: str = ""
    ticks: tuple[Tick, ...] = ()


def finding_interval(row: Finding) -> Interval | None:
    """Draw a finding against its limit; None where it has no number."""
    if row.mean is None or row.lower is None or row.upper is None:
        return None
    limit = row.limit if row.limit is not None else 0.0
    scale = shares((row.lower, row.upper * 1.04, limit * 1.5, row.nominal))
    said = f"{words.percent(row.mean)}, interval {words.percents(row.lower, row.upper)}"
    said += f", limit {words.limit_percent(row.limit)}" if row.limit is not None else ""
    said += f", in ordinary use {words.percent(row.nominal)}" if row.nominal is not None else ""
    return Interval(
        label=said,
        lower=scale.at(row.lower),
        upper=scale.at(row.upper),
        mean=scale.at(row.mean),
        limit=scale.at(limit) if row.limit is not None else "",
        nominal=scale.at(row.nominal) if row.nominal is not None else "",
        zero=scale.at(0.0) if scale.low < 0 else "",
        ticks=tuple(Tick(scale.at(value), words.limit_percent(value)) for value in scale.ticks(most=4)),
    )


def against_limit(row: Finding) -> Interval | None:
    """Draw a finding in multiples of its limit: the limit in the middle, twice the limit at two thirds, nothing ever past the edge.

    The place of r times the limit is r / (1 + r), so that a number at half the limit and one at twice the limit stand evenly
    on either side. None where there is no number or no limit above zero.
    """
    if row.mean is None or row.lower is None or row.upper is None or not row.limit:
        return None
    limit, scale = row.limit, Scale(0.0, 1.0)
    lower, upper, mean = (scale.at(max(0.0, value) / (limit + max(0.0, value))) for value in (row.lower, row.upper, row.mean))
    return Interval(label=f"{row.mean / limit:.1f} times the limit", lower=lower, upper=upper, mean=mean, limit=scale.at(0.5))


@dataclass(frozen=True)
class Difference:
    """An effect as the pictures need it; losses as shares."""

    effect: float | None
    lower: float | None
    upper: float | None
    margin: float | None


def effect_scale(effects: Sequence[Difference]) -> Scale:
    """Make one scale for several effects, with zero inside."""
    known = [value for one in effects for value in (one.lower, one.upper, one.margin) if value is not None]
    low, high = min([0.0, *known]), max([0.02, *known])
    room = 0.05 * (high - low)
    return Scale(low - room, high + room)


def effect_interval(one: Difference, scale: Scale) -> Interval | None:
    """Draw an effect against zero and its margin; None where it has no number."""
    if one.effect is None or one.lower is None or one.upper is None:
        return None
    return Interval(
        label=f"{words.per_mille(one.effect)} per 1 000, interval {words.per_milles(one.lower, one.upper)}",
        lower=scale.at(one.lower),
        upper=scale.at(one.upper),
        mean=scale.at(one.effect),
        limit=scale.at(one.margin) if one.margin is not None else "",
        zero=scale.at(0.0),
    )


def effect_ticks(scale: Scale) -> tuple[Tick, ...]:
    """Give the marks of a scale of effects, in people per 1 000."""
    return tuple(Tick(scale.at(value), words.per_mille(value)) for value in scale.ticks(most=7))


def share_ticks(scale: Scale) -> tuple[Tick, ...]:
    """Give the marks of a scale of shares."""
    return tuple(Tick(scale.at(value), words.limit_percent(value)) for value in scale.ticks(most=8))


@dataclass(frozen=True)
class Point:
    """One bin of the calibration plot, in the picture's own units."""

    x: float
    y: float
    low: float
    high: float
    radius: float


@dataclass(frozen=True)
class Calibration:
    """The calibration plot: observed against predicted, the diagonal being right.

    Attributes:
        points: The bins that are shown.
        ticks: Places and labels, the same on both axes.
        threshold: Place of the operating point, or None.
        side: Length of each axis.
    """

    points: tuple[Point, ...]
    ticks: tuple[tuple[float, str], ...]
    threshold: float | None
    side: float


def calibration(clinical: Clinical, *, side: float = 280.0) -> Calibration | None:
    """Draw the calibration plot; bins of fewer than ten people are left out."""
    points = []
    most = max([one.n for one in clinical.calibration], default=0)
    for one in clinical.calibration:
        if one.n >= words.FEWEST and one.predicted is not None and one.observed is not None:
            low, high = (one.observed if bound is None else bound for bound in (one.lower, one.upper))
            radius = 2.5 + 3.5 * math.sqrt(one.n / most)
            x, y, bottom, top = (round(side * value, 1) for value in (one.predicted, 1 - one.observed, 1 - low, 1 - high))
            points.append(Point(x=x, y=y, low=bottom, high=top, radius=round(radius, 1)))
    if not points:
        return None
    ticks = tuple((round(side * k / 4, 1), f"{25 * k}") for k in range(5))
    threshold = None if clinical.threshold is None else round(side * clinical.threshold, 1)
    return Calibration(points=tuple(points), ticks=ticks, threshold=threshold, side=side)
