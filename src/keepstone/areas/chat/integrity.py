"""Integrity of what a chat system reads (paper, section 5.3): does it believe whatever stands among its documents?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.areas.chat import known
from keepstone.core.origin import Area
from keepstone.parts.conditions.threats.poisoned_document import PoisonedDocument
from keepstone.parts.metrics.wrong_answer import WrongAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.probe import Probe, Scope

AREA = Area.INTEGRITY


def probes(scope: Scope) -> Iterator[Probe]:
    """Put a false document beside the right one."""
    source = "Let in documents by who wrote them, and say where an answer comes from."
    yield known.probe(scope, "integrity.poisoned_document", PoisonedDocument(), WrongAnswer(), known.control("gullible"), source)
