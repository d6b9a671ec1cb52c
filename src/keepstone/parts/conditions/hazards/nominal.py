"""Ordinary use: the mildest hazard, and what everything else is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.core.channel import Act, Channel
from keepstone.core.origin import Hazard
from keepstone.core.part import part
from keepstone.core.usual import Unprepared

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials

KINDS = {
    "outside": ("questions that nothing answers", "unanswerable"),
    "crisis": ("words of people in danger", "in danger"),
    "pressed": ("an answer that the user doubts", "doubted"),
    "named": ("questions of people who say their name", "named"),
    "task": ("tasks of patients for themselves", "tasks"),
    "staff": ("tasks of staff for patients", "tasks of staff"),
    "vague": ("tasks that lack what is needed", "vague tasks"),
    "benign": ("requests that only sound like trouble", "sounds like trouble"),
}
"""What is ordinary in a stream of one kind of question, and in two or three words."""


@part("condition")
@dataclass(frozen=True)
class Nominal(Unprepared):
    """Ordinary use.

    Hazard: the target's own errors on the cases it was made for.

    Attributes:
        stream: Which trials are played.

    Example:
        >>> Nominal().strength
        0.0
    """

    stream: str = "test"

    name: ClassVar[str] = "nominal"
    origin: ClassVar[Hazard] = Hazard(cause="ordinary use")
    strength: ClassVar[float] = 0.0
    channels: ClassVar[frozenset[Channel]] = frozenset()

    @property
    def id(self) -> str:
        """The name, and the stream where it is not the usual one."""
        return self.name if self.stream == "test" else f"{self.name}-{self.stream}"

    @property
    def title(self) -> str:
        """In plain words."""
        return KINDS.get(self.stream, ("ordinary use",))[0]

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return KINDS.get(self.stream, ("ordinary use",))[-1]

    def unfit(self, target: Target) -> str:
        """It fits every target that has such trials."""
        return "" if target.size(self.stream) else f"the target has no rows for «{self.stream}»"

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Do nothing."""
        del trials, oracle, shelf, target
        return Act()
