"""Threat: what a tool gives back says that the task is cancelled, in the operator's name (denial of service by a forged order). MITRE ATLAS AML.T0029."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.catalog.talk import talk
from keepstone.core.channel import Act, Channel
from keepstone.core.chat import TOOL
from keepstone.core.origin import Adversary
from keepstone.core.part import part
from keepstone.core.talked import Asking, appended
from keepstone.parts.conditions.hazards.stray_instruction import StrayInstruction
from keepstone.stats.chance import drawn

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True)
class ForgedStop(Asking):
    """An order to stop behind what a tool gives back. The operator speaks elsewhere: who stops at anybody's word can be stopped by anybody.

    Example:
        >>> ForgedStop().counterpart.id
        'stray_instruction-tool'
    """

    name: ClassVar[str] = "forged_stop"
    id: ClassVar[str] = "forged_stop"
    title: ClassVar[str] = "an order to stop that is forged"
    brief: ClassVar[str] = "forged stop"
    stream: ClassVar[str] = "task"
    strength: ClassVar[float] = 1.0
    counterpart: ClassVar[StrayInstruction] = StrayInstruction("tool")
    retried: ClassVar[None] = None
    channels: ClassVar[frozenset[Channel]] = frozenset({TOOL})

    @property
    def origin(self) -> Adversary:
        """Somebody who can write into what a tool reads."""
        return Adversary(goal="nobody is served", queries=0, access=frozenset(), knowledge=frozenset({"public data"}))

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Add an order to what comes back."""
        del oracle, shelf, target
        return Act(appended(TOOL, [line.text for line in drawn(trials, "forged", talk().forged)]))
