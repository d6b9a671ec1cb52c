"""A value outside any that is plausible: mistyped, or from a broken instrument."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import INPUT, Act, Channel
from keepstone.core.origin import Hazard
from keepstone.core.part import Tabular, part
from keepstone.core.usual import Unprepared
from keepstone.stats.chance import uniform
from keepstone.stats.perturb import size
from keepstone.stats.pursuit import submitted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Floats
    from keepstone.core.part import Oracle, Target
    from keepstone.core.table import Feature
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True)
class OutOfRange(Unprepared):
    """One value of every row lies beyond a bound of what is plausible.

    Law: among the row's present numbers that can change and have a plausible bound, one is picked, and one of its bounds, each equally likely; the value
    becomes the bound, moved outwards by up to one width of the plausible range, uniformly (where only one bound is known: by up to its own size). Integers
    stay whole. A row without such a value stays as it is.

    Example:
        >>> OutOfRange().id
        'out_of_range'
    """

    name: ClassVar[str] = "out_of_range"
    id: ClassVar[str] = "out_of_range"
    title: ClassVar[str] = "one value outside any that is plausible"
    brief: ClassVar[str] = "value out of range"
    stream: ClassVar[str] = "test"
    origin: ClassVar[Hazard] = Hazard(cause="a value mistyped or from a broken instrument")
    strength: ClassVar[float] = 1.0
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def unfit(self, target: Target) -> str:
        """It needs a column with a plausible bound."""
        if not isinstance(target, Tabular) or INPUT not in target.channels:
            return "the target is not a classifier of a table"
        return "" if _ways(target.features) else "give `lower` or `upper` of the features that are measured"

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Put one value out of range."""
        del oracle, shelf
        features = target.features if isinstance(target, Tabular) else ()
        ways = _ways(features)
        of = np.array([way.column for way in ways], dtype=np.int64)
        bound, reach = (np.array([getattr(way, word) for way in ways]) for word in ("bound", "reach"))
        share, whole = (np.array([getattr(way, word) for way in ways]) for word in ("share", "whole"))

        def break_(x: Floats) -> Floats:
            luck = uniform(trials, "out_of_range", 2)
            edges = np.cumsum(np.where(np.isnan(x[:, of]), 0.0, share), axis=1)
            way = np.minimum((edges <= (luck[:, 0] * edges[:, -1])[:, None]).sum(axis=1), len(of) - 1)
            out, here = x.copy(), np.flatnonzero(edges[:, -1] > 0)
            far = bound[way] + (1 - luck[:, 1]) * reach[way]
            out[here, of[way[here]]] = np.where(whole[way], np.where(reach[way] > 0, np.ceil(far), np.floor(far)), far)[here]
            return out

        return submitted(INPUT, break_, lambda asked, x: size(asked, x, features))


@dataclass(frozen=True)
class _Way:
    """One bound of one column: how far beyond it a value may come to lie (with its sign), and how likely it is among the column's bounds."""

    column: int
    bound: float
    reach: float
    share: float
    whole: bool


def _ways(features: Sequence[Feature]) -> list[_Way]:
    ways = []
    for column, feature in enumerate(features):
        if feature.immutable or feature.kind not in ("number", "integer") or feature.one_hot:
            continue
        bounds = [(side, value) for side, value in ((-1.0, feature.lower), (1.0, feature.upper)) if np.isfinite(value)]
        width = feature.upper - feature.lower
        for side, value in bounds:
            reach = width if np.isfinite(width) else max(abs(value), 1.0)
            ways.append(_Way(column, value, side * reach, 1.0 / len(bounds), feature.kind == "integer"))
    return ways
