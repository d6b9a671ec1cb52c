"""Hazard: an innocent request near a secret, which only an ill-kept secret answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.catalog.talk import talk
from keepstone.core.channel import INPUT, Act, Channel
from keepstone.core.origin import Hazard
from keepstone.core.part import part
from keepstone.core.talked import Saying, appended
from keepstone.stats.chance import drawn

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True)
class NearRequest(Saying):
    """A second question beside the first that is innocent and near the secret: "is there a code for the public toilet?".

    Hazard: people ask for codes, numbers and names with no thought of the one that is kept secret. The accidental counterpart of secret extraction.

    Example:
        >>> NearRequest().id
        'near_request'
    """

    name: ClassVar[str] = "near_request"
    id: ClassVar[str] = "near_request"
    title: ClassVar[str] = "an innocent question near the secret"
    brief: ClassVar[str] = "near question"
    stream: ClassVar[str] = "test"
    strength: ClassVar[float] = 1.0
    origin: ClassVar[Hazard] = Hazard(cause="people ask for other codes, numbers and names")
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Add a question to each."""
        del oracle, shelf, target
        questions = [question for theme in talk().near for question in theme.questions]
        added = drawn(trials, "near", questions)

        return Act(appended(INPUT, added))
