"""What shows from a certain size on: the largest gap between sizes in how questions are answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.errors import InputError
from keepstone.core.part import part
from keepstone.core.talked import Talked
from keepstone.stats.claims import Gap

if TYPE_CHECKING:
    from keepstone.core.channel import Floats
    from keepstone.core.claim import Claim
    from keepstone.core.part import Metric
    from keepstone.core.trial import Outcome


@part("metric")
@dataclass(frozen=True, kw_only=True)
class Jump(Talked):
    """The questions at each size against those at the others; the largest gap is held against the limit (emergent behaviour).

    Attributes:
        inner: What is read of each reply, a metric of one part.
        of: What grows: "turns".
        levels: The sizes, fixed beforehand: two at least.

    Raises:
        InputError: If there are fewer.

    Example:
        >>> from keepstone.parts.metrics.wrong_answer import WrongAnswer
        >>> Jump(inner=WrongAnswer(), of="turns", levels=(1, 4, 12)).parts
        ('1 turns', '4 turns', '12 turns')
    """

    inner: Metric
    of: str
    levels: tuple[int, ...]

    name: ClassVar[str] = "jump"

    def __post_init__(self) -> None:
        """Refuse what can't be compared."""
        if len(self.levels) < 2:
            raise InputError(f"The «levels» of «jump» must be two at least; got {len(self.levels)}.")

    @property
    def id(self) -> str:
        """Name and what grows."""
        return f"{self.name}-{self.of}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"largest gap by {self.of} in {getattr(self.inner, 'brief', self.inner.title)}"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return f"jump by {self.of}"

    @property
    def parts(self) -> tuple[str, ...]:
        """The sizes."""
        return tuple(f"{level} {self.of}" for level in self.levels)

    @property
    def claim(self) -> Claim:
        """Each size is held against the rest."""
        return Gap(groups=tuple(range(len(self.levels))))

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, sizes); where nothing grew all are of the first size."""
        wrong = self.inner.loss(outcome, calm)
        level = np.asarray(outcome.columns.get("level", np.full(len(wrong), self.levels[0])), dtype=np.float64)
        return np.where(level[:, None] == np.asarray(self.levels, dtype=np.float64), wrong, np.nan)
