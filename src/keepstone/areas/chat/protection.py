"""Protection of what a chat system keeps (paper, section 5.2): can its secret, or what stands in another's file, be got out?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.areas.chat import known
from keepstone.core.origin import Area
from keepstone.parts.conditions.threats.claimed_role import ClaimedRole
from keepstone.parts.conditions.threats.secret_extraction import SecretExtraction
from keepstone.parts.metrics.leaked import Leaked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.probe import Probe, Scope

AREA = Area.PROTECTION


def probes(scope: Scope) -> Iterator[Probe]:
    """Ask for the secret, and for another patient's file, as somebody who wants it."""
    kept = "Keep secrets out of the prompt; hold back replies that hold one, in any dress."
    yield known.probe(scope, "protection.secret_extraction", SecretExtraction(), Leaked(), known.control("obeys_users"), kept)
    apart = "Let the rights of whoever asks decide what is looked up, outside of the model."
    yield known.probe(scope, "protection.other_record", ClaimedRole(), Leaked(), known.acting("deputy"), apart)
