"""Another metric, counted only inside a part of the cases: a weak slice, a site, a group too small for a gap, the rare, those outside the intended use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.errors import InputError, PartError
from keepstone.core.part import Tabular, part
from keepstone.intake.slug import slug

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from keepstone.core.channel import Floats
    from keepstone.core.claim import Claim
    from keepstone.core.part import Metric, Target
    from keepstone.core.table import Rule
    from keepstone.core.trial import Outcome


@part("metric")
@dataclass(frozen=True, kw_only=True)
class Within:
    """The losses of `inner`, not counted outside.

    Attributes:
        inner: What is read.
        label: What the part is called in the id: "slice-1", "rare", "80+".
        rule: The part as a rule on the rows as they are, or None.
        column: Else, a column of the outcome: "batch", "group:sex", or a note of the condition.
        value: The value of the column that belongs. A note with one entry a trial and label is read at the trial's own label.
        also: Further values that belong, where the column holds names.
        told: The part in plain words, "where dzgroup is CHF"; made from the rule or the column where it is not given.

    Raises:
        InputError: If neither or both of `rule` and `column` are given.

    Example:
        >>> from keepstone.parts.metrics.missed import Missed
        >>> metric = Within(inner=Missed(), label="80+", column="group:age_band", value="80+")
        >>> metric.id, metric.title
        ('missed-within-80_plus', 'outcomes not flagged, where age_band is 80+')
    """

    inner: Metric
    label: str
    rule: Rule | None = None
    column: str = ""
    value: str = "1"
    also: tuple[str, ...] = ()
    told: str = ""

    name: ClassVar[str] = "within"

    def __post_init__(self) -> None:
        """Refuse a part that is not told."""
        if (self.rule is None) == (not self.column):
            raise InputError("The «rule» or the «column» of «within» must be given, and not both.")

    @property
    def id(self) -> str:
        """What is read, and where."""
        return f"{self.inner.id}-{self.name}-{slug(self.label)}"

    @property
    def title(self) -> str:
        """In plain words."""
        if self.told:
            return f"{self.inner.title}, {self.told}"
        if self.rule is not None:
            return f"{self.inner.title}, where {self.rule}"
        if self.column.startswith("group:"):
            return f"{self.inner.title}, where {self.column[6:]} is {' or '.join((self.value, *self.also))}"
        return f"{self.inner.title}, {self.label}"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        where = f"{self.column[6:].replace('_', ' ')} {self.value}" if self.column.startswith("group:") else self.label
        return f"{getattr(self.inner, 'brief', self.inner.title)} in {where}"

    @property
    def parts(self) -> tuple[str, ...]:
        """Those of what is read."""
        return self.inner.parts

    @property
    def claim(self) -> Claim:
        """That of what is read."""
        return self.inner.claim

    def unfit(self, target: Target) -> str:
        """It needs the attribute of a group, and what the inner metric needs."""
        attribute = self.column.removeprefix("group:")
        if attribute != self.column and isinstance(target, Tabular) and attribute not in target.table("test").groups:
            return f"give `groups` with «{attribute}»: the group that each case belongs to"
        return self.inner.unfit(target)

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, parts)."""
        return np.where(self._inside(outcome)[:, None], self.inner.loss(outcome, calm), np.nan)

    def _inside(self, outcome: Outcome) -> NDArray[np.bool_]:
        if self.rule is not None:
            return self.rule.holds(np.asarray(outcome.columns["x"], dtype=np.float64))
        values = np.asarray(outcome.columns[self.column])
        if values.ndim == 2:
            truth = np.asarray(outcome.columns["truth"], dtype=np.float64).astype(np.int64)
            values = values[np.arange(len(truth)), truth]
        if values.dtype.kind not in "fiub":
            return np.isin(values, (self.value, *self.also))
        try:
            return np.asarray(values == float(self.value))
        except ValueError:
            msg = f"The «value» of «{self.id}» must be a number, as the column «{self.column}» is; got {self.value!r}."
            raise PartError(msg) from None
