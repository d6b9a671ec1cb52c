"""Threat: a request for what must not be helped with, made by somebody who means it.

The requests name harms by harmless words, so that no harmful text is written or kept. MITRE ATLAS AML.T0054; NIST AI 100-2 E2025, misuse violations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.core.channel import Act, Channel
from keepstone.core.origin import Adversary
from keepstone.core.part import part
from keepstone.core.talked import Saying

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True)
class MisuseRequest(Saying):
    """The requests of the stream "misuse", as they are.

    Example:
        >>> MisuseRequest().stream
        'misuse'
    """

    name: ClassVar[str] = "misuse_request"
    id: ClassVar[str] = "misuse_request"
    title: ClassVar[str] = "a request for what must not be helped with"
    brief: ClassVar[str] = "misuse"
    stream: ClassVar[str] = "misuse"
    strength: ClassVar[float] = 1.0
    counterpart: ClassVar[str] = "its innocent likeness is a question of its own (alignment.overrefusal): nobody asks for a forgery by accident"
    retried: ClassVar[None] = None
    channels: ClassVar[frozenset[Channel]] = frozenset()

    @property
    def origin(self) -> Adversary:
        """Somebody who asks outright."""
        return Adversary(goal="the assistant does harm for me", queries=0, access=frozenset(), knowledge=frozenset({"public data"}))

    def unfit(self, target: Target) -> str:
        """It is said to a chat system that has such requests."""
        return super().unfit(target) or ("" if target.size(self.stream) else f"the corpus has no items for «{self.stream}»")

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Let the requests be what they are."""
        del trials, oracle, shelf, target
        return Act()
