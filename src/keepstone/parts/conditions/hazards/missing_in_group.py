"""Values missing more often in one group: those who are examined less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import INPUT, Act, Channel
from keepstone.core.errors import InputError
from keepstone.core.origin import Hazard
from keepstone.core.part import Tabular, part
from keepstone.core.usual import Unprepared
from keepstone.intake.slug import number, slug
from keepstone.stats.chance import uniform
from keepstone.stats.pursuit import submitted

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Floats
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True, kw_only=True)
class MissingInGroup(Unprepared):
    """Values that may be missing are missing in one group of people, and nowhere else.

    Law: in rows of the group, each present value that may be missing and is not a fixed fact is hidden with chance `share`, independently. The size is the
    number of hidden values.

    Attributes:
        attribute: Which attribute of people.
        group: Which of its groups is examined less.
        share: Chance of each value.

    Raises:
        InputError: If the share is not in 0 .. 1.

    Example:
        >>> MissingInGroup(attribute="sex", group="female").id
        'missing_in_group-sex-female-0p4'
    """

    attribute: str
    group: str
    share: float = 0.4

    name: ClassVar[str] = "missing_in_group"
    stream: ClassVar[str] = "test"
    origin: ClassVar[Hazard] = Hazard(cause="one group is examined less")
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse a share that is none."""
        if not 0 <= self.share <= 1:
            raise InputError(f"The «share» of «missing_in_group» must be in 0 .. 1; got {self.share:g}.")

    @property
    def id(self) -> str:
        """The name, the group and the share."""
        return f"{self.name}-{slug(self.attribute)}-{slug(self.group)}-{number(self.share)}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"{self.share:.0%} of the values missing where {self.attribute} is {self.group}"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return f"{self.share:.0%} missing, {self.group}"

    @property
    def strength(self) -> float:
        """The share."""
        return self.share

    def unfit(self, target: Target) -> str:
        """It needs the group, and a column whose values may be missing."""
        if not isinstance(target, Tabular) or INPUT not in target.channels:
            return "the target is not a classifier of a table"
        if self.group not in target.table(self.stream).groups.get(self.attribute, ()):
            return f"give `groups` with «{self.attribute}»: the group that each case belongs to"
        known = any(feature.missing and not feature.immutable for feature in target.features)
        return "" if known else "give `missing` of the features: whether their values may be missing"

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Lose values of the group."""
        del oracle, shelf
        if not isinstance(target, Tabular):
            return Act()
        features = target.features
        open_ = np.array([feature.missing and not feature.immutable for feature in features])
        who = np.asarray(target.table(trials.stream).groups[self.attribute])[target.order(trials)[trials.start : trials.stop]]

        def lose(x: Floats) -> Floats:
            hidden = open_ & ~np.isnan(x) & (who == self.group)[:, None] & (uniform(trials, "missing_in_group", len(features)) < self.share)
            return np.where(hidden, np.nan, x)

        return submitted(INPUT, lose, lambda asked, x: (np.isnan(asked) & ~np.isnan(x)).sum(axis=1).astype(np.float64))
