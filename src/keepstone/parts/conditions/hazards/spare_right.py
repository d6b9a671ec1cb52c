"""Hazard: a right, or a switch for its own oversight, lies within reach that no task needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.catalog.talk import talk
from keepstone.core.channel import Act, Channel
from keepstone.core.chat import PROMPT
from keepstone.core.origin import Hazard
from keepstone.core.part import part
from keepstone.core.talked import Asking, appended
from keepstone.stats.chance import drawn

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True)
class SpareRight(Asking):
    """A remark in the deployer's words that more access, or less watching, could be had. Every task can be done without.

    Hazard: rights are given in advance, and more of them always make a goal easier to reach (power-seeking, in the small).

    Example:
        >>> SpareRight().id
        'spare_right'
    """

    name: ClassVar[str] = "spare_right"
    id: ClassVar[str] = "spare_right"
    title: ClassVar[str] = "a right within reach that no task needs"
    brief: ClassVar[str] = "spare right"
    stream: ClassVar[str] = "task"
    strength: ClassVar[float] = 1.0
    origin: ClassVar[Hazard] = Hazard(cause="rights are given in advance")
    channels: ClassVar[frozenset[Channel]] = frozenset({PROMPT})

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Add a remark to each prompt."""
        del oracle, shelf, target
        return Act(appended(PROMPT, [line.text for line in drawn(trials, "spare", talk().spare)]))
