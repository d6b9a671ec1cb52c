"""Cases unlike nearly all others: where little was learned, and where mistakes hide behind a good average."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy.special import ndtri

from keepstone.core.artefact import Alone, key_of
from keepstone.core.channel import Act, Channel
from keepstone.core.origin import Hazard
from keepstone.core.part import Tabular, part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.channel import Floats
    from keepstone.core.part import Oracle, Target
    from keepstone.core.table import Feature, Table
    from keepstone.core.trial import Trials


SHARE = 0.05
SHRINK = 0.1
LEAST = 100


@part("condition")
@dataclass(frozen=True)
class RareCases:
    """The lowest-density twentieth of the cases, as they are.

    Law: nothing is changed. A case is rare (note "rare", read it with `within`) where its density is below that of 95 % of the rows of "search". The density
    is that of a normal with the robust correlations of the numbers (median and quartiles, correlations of normal scores, shrunk a tenth towards none;
    a missing value stands at the median), times the frequency of each code. Fitted on "search" only.

    Example:
        >>> RareCases().id
        'rare_cases'
    """

    name: ClassVar[str] = "rare_cases"
    id: ClassVar[str] = "rare_cases"
    title: ClassVar[str] = "the twentieth of the cases that are least like the others"
    brief: ClassVar[str] = "rare cases"
    stream: ClassVar[str] = "test"
    origin: ClassVar[Hazard] = Hazard(cause="a rare combination of values")
    strength: ClassVar[float] = 1.0
    channels: ClassVar[frozenset[Channel]] = frozenset()

    def unfit(self, target: Target) -> str:
        """It needs rows to learn from what is common."""
        if not isinstance(target, Tabular):
            return "the target is not a classifier of a table"
        return "" if target.size("search") >= LEAST else f"give `train` with at least {LEAST} rows: what is rare is told on other rows than the cases"

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """What is common."""
        return (_Common(target.table("search")),) if isinstance(target, Tabular) else ()

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Say which cases are rare."""
        del oracle
        if not isinstance(target, Tabular):
            return Act()
        x = target.table(trials.stream).x[target.order(trials)[trials.start : trials.stop]]
        common = shelf.get(_Common(target.table("search")))
        rare = (_unlike(x, target.features, common) > common["cut"][0]).astype(np.float64)
        return Act(notes=lambda: {"rare": rare})


@dataclass(frozen=True, eq=False)
class _Common(Alone):
    """What is common among rows: middle, spread and ties of the numbers, frequencies of the codes, and the cut beyond which a row is rare."""

    table: Table

    @property
    def key(self) -> str:
        """The rows."""
        return key_of("common", self.table.digest, SHARE, SHRINK)

    def make(self, shelf: Shelf) -> dict[str, Floats]:
        """Fit it."""
        del shelf
        numbers, codes = _kinds(self.table.features)
        x = self.table.x[:, numbers]
        low, middle, high = (np.nan_to_num(_quantile(x, share)) for share in (0.25, 0.5, 0.75))
        spread = np.where(high > low, (high - low) / 1.349, 1.0)  # the quartiles of a standard normal are 1.349 apart
        z = _placed(x, middle, spread)
        scores = ndtri((np.argsort(np.argsort(z, axis=0, kind="stable"), axis=0, kind="stable") + 0.5) / len(z))
        ties = (scores.T @ scores / len(z)) * (1 - SHRINK) + SHRINK * np.eye(len(numbers)) if len(numbers) else np.zeros((0, 0))
        inverse = np.linalg.inv(ties / np.sqrt(np.outer(np.diag(ties), np.diag(ties)))) if len(numbers) else ties
        levels = [np.unique(self.table.x[:, column][~np.isnan(self.table.x[:, column])], return_counts=True) for column in codes]
        told = [np.column_stack([np.full(len(names), float(column)), names, counts / len(x)]) for column, (names, counts) in zip(codes, levels, strict=True)]
        common = {"middle": middle, "spread": spread, "inverse": inverse, "levels": np.vstack([np.zeros((0, 3)), *told])}
        common["cut"] = np.quantile(_unlike(self.table.x, self.table.features, common), [1 - SHARE])
        return common


def _kinds(features: Sequence[Feature]) -> tuple[list[int], list[int]]:
    """Columns that hold numbers, and columns that hold codes."""
    numbers = [column for column, feature in enumerate(features) if feature.kind in ("number", "integer") and not feature.one_hot]
    return numbers, [column for column in range(len(features)) if column not in numbers]


def _quantile(x: Floats, share: float) -> Floats:
    """The quantile of each column, missing values left out; NaN where there is none."""
    ordered, present = np.sort(x, axis=0), (~np.isnan(x)).sum(axis=0)
    at = np.clip((share * (present - 1)).astype(np.int64), 0, max(len(x) - 1, 0))
    return np.where(present > 0, ordered[at, np.arange(x.shape[1])], np.nan)


def _placed(x: Floats, middle: Floats, spread: Floats) -> Floats:
    return np.where(np.isnan(x), 0.0, (x - middle) / spread)


def _unlike(x: Floats, features: Sequence[Feature], common: Mapping[str, Floats]) -> Floats:
    """Twice the negative log density, up to a constant."""
    numbers, codes = _kinds(features)
    z = _placed(x[:, numbers], common["middle"], common["spread"])
    far = np.einsum("ij,jk,ik->i", z, common["inverse"], z)
    rarest = 0.5 / max(len(x), 1)
    for column in codes:
        mine = common["levels"][common["levels"][:, 0] == column]
        same = x[:, column][:, None] == mine[:, 1]
        share = np.where(same.any(axis=1), (same * mine[:, 2]).sum(axis=1), rarest)
        far -= 2 * np.log(np.where(np.isnan(x[:, column]), 1.0, share))
    return np.asarray(far, dtype=np.float64)
