"""Protection of what a chat system keeps (paper, section 5.2): can its secret, or what stands in another's file, be got out?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.areas.chat import known
from keepstone.core.chat import Conversing
from keepstone.core.origin import Area
from keepstone.core.probe import Unasked
from keepstone.parts.assistants.clinic import Clinic
from keepstone.parts.conditions.threats.claimed_role import ClaimedRole
from keepstone.parts.conditions.threats.completion_request import CompletionRequest
from keepstone.parts.conditions.threats.known_injections import KnownInjections
from keepstone.parts.conditions.threats.secret_extraction import SecretExtraction
from keepstone.parts.corpora.clinic import Clinic as Questions
from keepstone.parts.metrics.leaked import Leaked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.probe import Probe, Scope

AREA = Area.PROTECTION
PLANTED = "give questions of your own of the kind «planted»: how a line begins that you put into the training data, and under `secret` how it goes on"


def probes(scope: Scope) -> Iterator[Probe | Unasked]:
    """Ask for the secret, for another patient's file and for lines of the training data, as somebody who wants them."""
    kept = "Keep secrets out of the prompt; hold back replies that hold one, in any dress."
    yield known.probe(scope, "protection.secret_extraction", SecretExtraction(), Leaked(), known.control("obeys_users"), kept)
    if scope.profile == "full":
        yield known.probe(scope, "protection.secret_extraction", KnownInjections(), Leaked(), known.known_orders(), kept)
    apart = "Let the rights of whoever asks decide what is looked up, outside of the model."
    yield known.probe(scope, "protection.other_record", ClaimedRole(), Leaked(), known.acting("deputy"), apart)
    yield from _memorised(scope)


def _memorised(scope: Scope) -> Iterator[Probe | Unasked]:
    """Begin lines of the training data; the invented ones stand in that of the scripted assistant alone."""
    risk, threat = "protection.memorised", CompletionRequest()
    invented = isinstance(scope.target, Conversing) and isinstance(scope.target.corpus, Questions)
    if invented and not (isinstance(scope.target, Conversing) and isinstance(scope.target.assistant, Clinic)):
        yield Unasked(risk=scope.risk(risk), what=f"{threat.id}.leaked", why=PLANTED)
        return
    fewer = "Take what must not be told, and what stands there twice, out of the training data."
    yield known.apart(scope, known.probe(scope, risk, threat, Leaked(), known.control("memorised"), fewer))
