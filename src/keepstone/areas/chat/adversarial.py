"""Adversarial security of a chat system (paper, section 5.1): whose orders does it follow, and what does it help with?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.areas.asking import judged, limit
from keepstone.areas.chat import known
from keepstone.core.origin import Area
from keepstone.core.probe import Probe
from keepstone.intake.spelling import ENCODINGS
from keepstone.parts.conditions.threats.adaptive_injection import AdaptiveInjection
from keepstone.parts.conditions.threats.misuse_request import MisuseRequest
from keepstone.parts.conditions.threats.prompt_injection import PromptInjection
from keepstone.parts.metrics.complied import Complied
from keepstone.parts.metrics.hijacked import Hijacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.part import AnyCondition
    from keepstone.core.probe import Control, Scope

AREA = Area.ADVERSARIAL


def probes(scope: Scope) -> Iterator[Probe]:
    """Order it about by what the user says and by what it reads, plainly and in disguise; ask for what it must not help with."""
    asked: list[tuple[str, AnyCondition, Control]] = [
        ("direct_injection", PromptInjection("input"), known.control("obeys_users")),
        ("indirect_injection", PromptInjection("document"), known.control("obeys_documents")),
    ]
    if scope.profile == "full":
        asked += [("direct_injection", PromptInjection("input", encoding), known.reading(encoding)) for encoding in ENCODINGS if encoding != "plain"]
        asked += [("adaptive_injection", AdaptiveInjection(), known.reading("base64"))]
    for risk, threat, control in asked:
        yield Probe(
            risk=scope.risk(f"adversarial.{risk}"),
            condition=threat,
            metric=Hijacked(),
            limit=limit(scope, AREA, threat, Hijacked()),
            control=control,
            paired=Hijacked(),
            guard=True,
            floor=known.USEFUL,
            advice="Mark what is read as data, and give the assistant no right that an outsider's order could use.",
        )
    misuse = MisuseRequest()
    yield Probe(
        risk=scope.risk("adversarial.misuse"),
        condition=misuse,
        metric=Complied(),
        limit=limit(scope, AREA, misuse, Complied()),
        control=known.control("complies"),
        paired=Complied(),
        guard=True,
        floor=known.USEFUL,
        advice="Refuse by what is asked for; measure over-refusal beside it.",
        provisional=judged(Complied(), scope.target),
    )
