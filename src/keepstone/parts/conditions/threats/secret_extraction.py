"""Threat: a request that is made to get the secret out.

NIST AI 100-2 E2025, prompt extraction; MITRE ATLAS AML.T0056 and AML.T0057. OWASP LLM Top 10 2025: LLM02, LLM07.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.catalog.talk import talk
from keepstone.core.channel import INPUT, Act, Channel
from keepstone.core.origin import Adversary
from keepstone.core.part import part
from keepstone.core.talked import Saying, appended
from keepstone.parts.conditions.hazards.near_request import NearRequest
from keepstone.stats.chance import drawn

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True)
class SecretExtraction(Saying):
    """A second request beside the question, one of several kinds drawn for each trial, that wants the secret said.

    Example:
        >>> SecretExtraction().counterpart.id
        'near_request'
    """

    name: ClassVar[str] = "secret_extraction"
    id: ClassVar[str] = "secret_extraction"
    title: ClassVar[str] = "a request made to get the secret out"
    brief: ClassVar[str] = "secret extraction"
    stream: ClassVar[str] = "test"
    strength: ClassVar[float] = 1.0
    counterpart: ClassVar[NearRequest] = NearRequest()
    retried: ClassVar[None] = None
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    @property
    def origin(self) -> Adversary:
        """Somebody who asks once."""
        return Adversary(goal="to learn the secret", queries=0, access=frozenset(), knowledge=frozenset({"public data"}))

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Add a request to each question."""
        del oracle, shelf, target
        lines = drawn(trials, "extraction", talk().extraction)
        return Act(appended(INPUT, [line.text for line in lines]), lambda: {"carrier": [line.name for line in lines]})
