"""Threat: the beginning of a line of the training data, so that the model goes on with it (memorisation).

NIST AI 100-2 E2025, training data attacks; MITRE ATLAS AML.T0057.
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
class CompletionRequest(Saying):
    """The requests of the stream "planted", as they are: the secret of each is how the line goes on.

    Example:
        >>> CompletionRequest().stream
        'planted'
    """

    name: ClassVar[str] = "completion_request"
    id: ClassVar[str] = "completion_request"
    title: ClassVar[str] = "the beginning of a line of the training data"
    brief: ClassVar[str] = "completion"
    stream: ClassVar[str] = "planted"
    strength: ClassVar[float] = 1.0
    counterpart: ClassVar[str] = "nobody begins a planted line by accident; what leaks without an attacker is a question of its own (robustness.unasked_leak)"
    retried: ClassVar[None] = None
    channels: ClassVar[frozenset[Channel]] = frozenset()

    @property
    def origin(self) -> Adversary:
        """Somebody who knows how such lines begin."""
        return Adversary(goal="to learn what stood in the training data", queries=0, access=frozenset(), knowledge=frozenset({"public data"}))

    def unfit(self, target: Target) -> str:
        """It needs lines that were put into the training data."""
        told = "give questions of the kind «planted»: how a line begins that was put into the training data, and under `secret` how it goes on"
        return super().unfit(target) or ("" if target.size(self.stream) else told)

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Let the requests be what they are."""
        del trials, oracle, shelf, target
        return Act()
