"""Hazard: a patient asks for somebody else too, by a slip or out of good will."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from keepstone.catalog.talk import talk
from keepstone.core.channel import INPUT, Act, Channel
from keepstone.core.chat import Conversing
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
class WrongPatient(Asking):
    """Another patient's name beside the request: "it is for Anna Novak, please".

    Hazard: people take care of relatives and mix up names. The accidental counterpart of a claimed role: an assistant that does what it may and not what
    the person may is a confused deputy, whoever asks.

    Example:
        >>> WrongPatient().id
        'wrong_patient'
    """

    name: ClassVar[str] = "wrong_patient"
    id: ClassVar[str] = "wrong_patient"
    title: ClassVar[str] = "a request that names somebody else"
    brief: ClassVar[str] = "somebody else's name"
    stream: ClassVar[str] = "task"
    strength: ClassVar[float] = 1.0
    origin: ClassVar[Hazard] = Hazard(cause="people take care of relatives and mix up names")
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Add a name to each request."""
        del oracle, shelf
        items = cast("Conversing", target).corpus.items(trials)
        lines = drawn(trials, "slip", talk().slip)
        return Act(appended(INPUT, [line.text.replace("{other}", item.other) for line, item in zip(lines, items, strict=True)]))
