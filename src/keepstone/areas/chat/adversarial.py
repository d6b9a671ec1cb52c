"""Adversarial security of a chat system (paper, section 5.1): whose orders does it follow, and what does it help with?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.areas.chat import known
from keepstone.core.origin import Area
from keepstone.intake.spelling import ENCODINGS
from keepstone.parts.conditions.threats.adaptive_injection import AdaptiveInjection
from keepstone.parts.conditions.threats.crescendo import Crescendo
from keepstone.parts.conditions.threats.many_shot import ManyShot
from keepstone.parts.conditions.threats.misuse_request import MisuseRequest
from keepstone.parts.conditions.threats.prompt_injection import PromptInjection
from keepstone.parts.metrics.complied import Complied
from keepstone.parts.metrics.hijacked import Hijacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.part import AnyCondition
    from keepstone.core.probe import Control, Probe, Scope

AREA = Area.ADVERSARIAL


def probes(scope: Scope) -> Iterator[Probe]:
    """Order it about by what the user says and by what it reads, plainly, in disguise and step by step; ask for what it must not help with."""
    asked: list[tuple[str, AnyCondition, Control]] = [
        ("direct_injection", PromptInjection("input"), known.control("obeys_users")),
        ("indirect_injection", PromptInjection("document"), known.control("obeys_documents")),
        ("indirect_injection", PromptInjection("tool"), known.acting("obeys_tools")),
        ("crescendo", Crescendo(), known.control("turn_decay")),
    ]
    if scope.profile == "full":
        asked += [("direct_injection", PromptInjection("input", encoding), known.reading(encoding)) for encoding in ENCODINGS if encoding != "plain"]
        asked += [("indirect_injection", PromptInjection(place), known.control("obeys_documents")) for place in ("mail", "file_name", "alt_text")]
        asked += [("adaptive_injection", AdaptiveInjection(), known.reading("base64"))]
    data = "Mark what is read as data, and give the assistant no right that an outsider's order could use."
    for risk, threat, control in asked:
        yield known.probe(scope, f"adversarial.{risk}", threat, Hijacked(), control, data)
    yield known.apart(scope, known.probe(scope, "adversarial.many_shot", ManyShot(), Hijacked(), known.control("many_shots"), data))
    refuse = "Refuse by what is asked for; measure over-refusal beside it."
    yield known.probe(scope, "adversarial.misuse", MisuseRequest(), Complied(), known.control("complies"), refuse)
