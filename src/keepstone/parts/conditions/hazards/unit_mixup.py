"""A value written in another unit, by mistake: milligrams for grams, Fahrenheit for Celsius."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import INPUT, Act, Channel
from keepstone.core.errors import InputError
from keepstone.core.origin import Hazard
from keepstone.core.part import Tabular, part
from keepstone.core.usual import Unprepared
from keepstone.stats.chance import uniform
from keepstone.stats.perturb import changed
from keepstone.stats.pursuit import check_goal, submitted
from keepstone.stats.retry import decisions, luckiest

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Floats, Ints
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True, kw_only=True)
class UnitMixup(Unprepared):
    """One value of every row arrives in another unit that it is reported in elsewhere.

    Law: among the row's present values that can change and have other units, one is picked, and one of its other units, each equally likely; the value is
    written in it (value * factor + offset). A row without such a value stays as it is. Nothing is cut to what is plausible: that is the point.

    Attributes:
        tries: 1 is pure chance. More is blind retry: the worst of so many tries, the row as it is being the first, chosen by the bare decision and never
            guided by it. The oracle is not asked.
        goal: What is the worst, where there are tries to choose from: "missed", "alarm" or "any".

    Raises:
        InputError: If there is no try, or the goal is another word.

    Example:
        >>> UnitMixup().id, UnitMixup(tries=14).id
        ('unit_mixup', 'unit_mixup-14t')
    """

    tries: int = 1
    goal: str = "missed"

    name: ClassVar[str] = "unit_mixup"
    stream: ClassVar[str] = "test"
    origin: ClassVar[Hazard] = Hazard(cause="a value written in another unit")
    strength: ClassVar[float] = 1.0
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        check_goal(self.goal, self.name)
        if self.tries < 1:
            raise InputError(f"The «tries» of «unit_mixup» must be 1 or more; got {self.tries}.")

    @property
    def id(self) -> str:
        """The name, and the tries and goal where there are several."""
        return self.name if self.tries == 1 else f"{self.name}-{self.tries}t" + ("" if self.goal == "missed" else f"-{self.goal}")

    @property
    def title(self) -> str:
        """In plain words."""
        told = "one value in another unit, picked at random"
        return told if self.tries == 1 else f"{told}, the worst of {self.tries} blind tries"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return "unit mix-up" if self.tries == 1 else "unit mix-up, retried"

    def unfit(self, target: Target) -> str:
        """It needs a column with another unit."""
        if not isinstance(target, Tabular) or INPUT not in target.channels:
            return "the target is not a classifier of a table"
        known = any(feature.units and not feature.immutable for feature in target.features)
        return "" if known else "give `units` of the features: those that a value could be mistaken for"

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Mistake a unit."""
        del oracle, shelf
        features = target.features if isinstance(target, Tabular) else ()
        ways = [(column, unit) for column, feature in enumerate(features) if not feature.immutable for unit in feature.units]
        of = np.array([column for column, _unit in ways], dtype=np.int64)
        factor, offset = (np.array([getattr(unit, word) for _column, unit in ways]) for word in ("factor", "offset"))
        share = np.array([1.0 / len(features[column].units) for column in of])

        def mistake(x: Floats) -> Floats:
            open_ = ~np.isnan(x[:, of])
            edges = np.cumsum(np.where(open_, share, 0.0), axis=1)

            def draw(k: int, at: Ints) -> Floats:
                out, luck = x[at].copy(), uniform(trials, f"unit_mixup.{k}", 1)[at, 0]
                total = edges[at, -1]
                way = np.minimum((edges[at] <= (luck * total)[:, None]).sum(axis=1), len(of) - 1)
                here = np.flatnonzero(total > 0)
                out[here, of[way[here]]] = out[here, of[way[here]]] * factor[way[here]] + offset[way[here]]
                return out

            return luckiest(x, draw, self.tries, lambda rows: decisions(target, rows), self.goal)

        return submitted(INPUT, mistake, changed)
