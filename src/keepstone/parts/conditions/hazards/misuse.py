"""Used on people it was not made for: foreseeable use outside the intended population (ISO 14971; paper, section 3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import INPUT, Act, Channel
from keepstone.core.origin import Hazard
from keepstone.core.part import Tabular, part
from keepstone.core.usual import Unprepared
from keepstone.intake.slug import slug
from keepstone.stats.chance import uniform
from keepstone.stats.pursuit import submitted

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Floats
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True, kw_only=True)
class Misuse(Unprepared):
    """A fixed fact of every row lies outside the range that the target was declared for: a child where adults were meant.

    Law: the value of the feature is drawn uniformly between 0 and its declared lower bound, where that is above 0; else between its upper bound and half as
    much again. Integers are rounded outwards. What the outcome of such a person would be is not known, so only metrics that don't ask for it make sense
    here: whether the target answers at all.

    Attributes:
        feature: Name of an immutable number with declared bounds.

    Example:
        >>> Misuse(feature="age").id
        'misuse-age'
    """

    feature: str

    name: ClassVar[str] = "misuse"
    stream: ClassVar[str] = "test"
    origin: ClassVar[Hazard] = Hazard(cause="use on people it was not made for")
    strength: ClassVar[float] = 1.0
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    @property
    def id(self) -> str:
        """The name and the feature."""
        return f"{self.name}-{slug(self.feature)}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"people whose {self.feature} is outside what it was made for"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return "beyond its purpose"

    def unfit(self, target: Target) -> str:
        """It needs the declared bounds."""
        if not isinstance(target, Tabular) or INPUT not in target.channels:
            return "the target is not a classifier of a table"
        known = any(feature.name == self.feature and (feature.lower > 0 or np.isfinite(feature.upper)) for feature in target.features)
        return "" if known else f"give `lower` or `upper` of «{self.feature}»: whom the target is made for"

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Bring people of another kind."""
        del oracle, shelf
        features = target.features if isinstance(target, Tabular) else ()
        column = [feature.name for feature in features].index(self.feature)
        known = features[column]

        def bring(x: Floats) -> Floats:
            luck, out = uniform(trials, "misuse", 1)[:, 0], x.copy()
            low = known.lower > 0 and np.isfinite(known.lower)
            value = known.lower * luck if low else known.upper + (1 - luck) * max(0.5 * abs(known.upper), 1.0)
            out[:, column] = (np.floor(value) if low else np.ceil(value)) if known.kind == "integer" else value
            return out

        return submitted(INPUT, bring, lambda asked, x: (asked[:, column] != x[:, column]).astype(np.float64))
