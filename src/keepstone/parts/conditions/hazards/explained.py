"""The same case measured again, and the reasons for its decision asked for both times: whether an explanation follows noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import INPUT, Act, Channel, Signal
from keepstone.core.errors import InputError
from keepstone.core.origin import Hazard
from keepstone.core.part import Tabular, part
from keepstone.core.usual import Unprepared
from keepstone.intake.slug import number
from keepstone.stats.chance import normal
from keepstone.stats.perturb import errors, settle, size
from keepstone.stats.pursuit import submitted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Floats
    from keepstone.core.part import Oracle, Target
    from keepstone.core.table import Table
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True, kw_only=True)
class Explained(Unprepared):
    """Every measured value is off by a normal error, and both rows are explained.

    Law: the noise of `sensor_noise`, drawn afresh. The explanation of a row is the `top` features whose replacement by the typical value (the median, or the
    commonest code, of the rows of "search") changes its score most (occlusion: Zeiler and Fergus 2014); ties go to the earlier column. The note "unlike"
    is one minus the share of the top features that both explanations have. The target is asked for the explanations, and nothing is chosen by its answers.

    Attributes:
        errors: Standard deviation of the noise, in measurement errors.
        top: How many features make an explanation.

    Raises:
        InputError: If `errors` is below 0 or `top` below 1.

    Example:
        >>> Explained().id
        'explained-0p5-top5'
    """

    errors: float = 0.5
    top: int = 5

    name: ClassVar[str] = "explained"
    stream: ClassVar[str] = "test"
    origin: ClassVar[Hazard] = Hazard(cause="an explanation that follows noise")
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        if not (self.errors >= 0 and self.top >= 1):
            raise InputError(f"The «errors» of «explained» must be 0 or more and its «top» 1 or more; got {self.errors:g} and {self.top}.")

    @property
    def id(self) -> str:
        """The name, the noise and the number of features."""
        return f"{self.name}-{number(self.errors)}-top{self.top}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"the same case measured again ({self.errors:g} measurement errors)"

    @property
    def strength(self) -> float:
        """The size of the noise."""
        return self.errors

    def unfit(self, target: Target) -> str:
        """It needs scores, measurement errors, more features than an explanation has, and rows to tell what is typical."""
        if not isinstance(target, Tabular) or INPUT not in target.channels:
            return "the target is not a classifier of a table"
        if not target.size("search"):
            return "give `train`: what is typical is told on other rows than the cases"
        if len(target.features) <= self.top:
            return f"the target has no more than {self.top} features: every explanation names them all"
        return "" if any(feature.noisy for feature in target.features) else "give `error_abs` or `error_rel` of the features that are measured"

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Measure again, and explain both."""
        del oracle, shelf
        if not isinstance(target, Tabular):
            return Act()
        features, typical = target.features, _typical(target.table("search"))
        unlike: dict[str, Floats] = {}
        measured = np.array([feature.kind in ("number", "integer") and not feature.one_hot for feature in features])

        def again(x: Floats) -> Floats:
            off = normal(trials, "explained", len(features)) * errors(x, features) * (self.errors * measured)
            moved = np.where(off == 0, x, settle(x + off, x, features))
            shared = self._reasons(target, x, typical) & self._reasons(target, moved, typical)
            unlike["unlike"] = 1 - shared.sum(axis=1) / self.top
            return moved

        act = submitted(INPUT, again, lambda asked, x: size(asked, x, features))
        return Act(act.tap, lambda: {**act.notes(), **unlike})

    def _reasons(self, target: Target, x: Floats, typical: Floats) -> NDArray[np.bool_]:
        """Tell which features make the explanation of each row, bool (rows, features)."""
        weight = np.zeros(x.shape)
        score = _scores(target, x)
        for column in range(x.shape[1]):
            typed = x.copy()
            typed[:, column] = typical[column]
            weight[:, column] = np.round(np.abs(np.nan_to_num(_scores(target, typed) - score)), 9)
        rank = np.argsort(np.argsort(-weight, axis=1, kind="stable"), axis=1, kind="stable")
        return np.asarray(rank < self.top)


def _scores(target: Target, x: Floats) -> Floats:
    return np.asarray(target.answer(Signal(x, np.zeros(len(x), dtype=np.int8))).values, dtype=np.float64)[:, 0]


def _typical(table: Table) -> Floats:
    """The median of each number, the commonest code of each other column; 0 where there is no value."""
    out = np.zeros(len(table.features))
    for column, feature in enumerate(table.features):
        values = np.sort(table.x[:, column][~np.isnan(table.x[:, column])])
        if len(values) and feature.kind in ("number", "integer"):
            out[column] = values[len(values) // 2]
        elif len(values):
            names, counts = np.unique(values, return_counts=True)
            out[column] = names[np.argmax(counts)]
    return out
