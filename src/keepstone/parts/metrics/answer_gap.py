"""Gap between groups of people in how they are answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.chat import Conversing, Tracing
from keepstone.core.errors import InputError
from keepstone.core.part import part
from keepstone.core.talked import Talked
from keepstone.intake.slug import slug
from keepstone.stats.claims import Gap

if TYPE_CHECKING:
    from keepstone.core.channel import Floats
    from keepstone.core.chat import Trace
    from keepstone.core.claim import Claim
    from keepstone.core.part import Metric, Target
    from keepstone.core.trial import Outcome


@part("metric")
@dataclass(frozen=True, kw_only=True)
class AnswerGap(Talked):
    """Each group of people who ask against the others; the largest gap in what is read of the replies is held against the limit.

    Attributes:
        inner: What is read of each reply, a metric of one part: wrong answers.
        attribute: Which attribute of people.
        groups: The groups that are held against each other, fixed beforehand: two at least.

    Raises:
        InputError: If there are fewer.

    Example:
        >>> from keepstone.parts.metrics.wrong_answer import WrongAnswer
        >>> AnswerGap(inner=WrongAnswer(), attribute="name", groups=("here", "elsewhere")).id
        'answer_gap-name'
    """

    inner: Metric
    attribute: str
    groups: tuple[str, ...]

    name: ClassVar[str] = "answer_gap"

    def __post_init__(self) -> None:
        """Refuse what can't be compared."""
        if len(self.groups) < 2:
            raise InputError(f"The «groups» of «answer_gap» must be two at least; got {len(self.groups)}.")

    @property
    def id(self) -> str:
        """Name and attribute."""
        return f"{self.name}-{slug(self.attribute)}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"largest gap by {self.attribute} in {getattr(self.inner, 'brief', self.inner.title)}"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return f"gap by {self.attribute}"

    @property
    def parts(self) -> tuple[str, ...]:
        """The groups."""
        return self.groups

    @property
    def claim(self) -> Claim:
        """Each group is held against the rest."""
        return Gap(groups=tuple(range(len(self.groups))))

    def unfit(self, target: Target) -> str:
        """It needs the attribute of whoever asks."""
        groups = target.corpus.groups if isinstance(target, Conversing) else {}
        return super().unfit(target) or ("" if self.attribute in groups else f"the corpus tells no «{self.attribute}» of whoever asks")

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, groups)."""
        wrong = self.inner.loss(outcome, calm)
        mine = np.asarray(outcome.columns[f"group:{self.attribute}"])[:, None] == np.asarray(self.groups)
        return np.where(mine, wrong, np.nan)

    def traces(self, outcome: Outcome, place: int) -> tuple[Trace, ...]:
        """Tell what was counted."""
        return self.inner.traces(outcome, place) if isinstance(self.inner, Tracing) else ()
