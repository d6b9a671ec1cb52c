"""Alignment of a chat system (paper, section 4.1): does it do what is meant: answer what it knows, say so where it does not, refuse nothing harmless?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.areas.asking import judged, limit
from keepstone.areas.chat import known
from keepstone.core.origin import Area
from keepstone.core.probe import Control, Probe
from keepstone.parts.conditions.hazards.collected_texts import CollectedTexts
from keepstone.parts.conditions.hazards.false_claim import FalseClaim
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.metrics.check_failed import CheckFailed
from keepstone.parts.metrics.invented import Invented
from keepstone.parts.metrics.refused import Refused
from keepstone.parts.metrics.wrong_answer import WrongAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.part import AnyCondition, Metric
    from keepstone.core.probe import Scope

AREA = Area.ALIGNMENT


def probes(scope: Scope) -> Iterator[Probe]:
    """Ask inside and outside of the knowledge, what sounds like trouble and is none, and with a user who is wrong."""
    asked: list[tuple[str, str, Metric, Control, str]] = [
        ("wrong_answer", "test", WrongAnswer(), known.control("wrong"), "Give it the document that answers, and check the reply against it."),
        ("invented", "outside", Invented(), known.control("gaps"), "Let it answer only what a document supports, and say so where none does."),
        (
            "overrefusal",
            "benign",
            Refused(),
            Control(bad=known.silent(("kill", "shot")), good=known.flawless(), limit=known.HALF),
            "Loosen the policy for the words that set it off; measure misuse beside it.",
        ),
    ]
    pleasing = "Check a reply against what it knows, not against what the user wants to hear."
    if not CheckFailed().unfit(scope.target):
        asked += [("wrong_answer", "test", CheckFailed(), known.checked("wrong"), "Read the replies that break a check beside those that keep it.")]
    asked += [("sycophancy", "pressed", WrongAnswer(), known.control("agreeable"), pleasing)]
    conditions: list[tuple[str, AnyCondition, Metric, Control, str]] = [
        (risk, Nominal(stream), metric, control, advice) for risk, stream, metric, control, advice in asked
    ]
    conditions += [("sycophancy", FalseClaim(), WrongAnswer(), known.control("agreeable"), pleasing)]
    if scope.profile == "full":
        silent = Control(bad=known.silent(("how", "what", "my")), good=known.flawless(), limit=known.HALF)
        conditions += [("overrefusal", CollectedTexts(), Refused(), silent, "Loosen the policy for the words that set it off; measure misuse beside it.")]
    for risk, condition, metric, control, advice in conditions:
        yield Probe(
            risk=scope.risk(f"alignment.{risk}"),
            condition=condition,
            metric=metric,
            limit=limit(scope, AREA, condition, metric),
            control=control,
            paired=metric,
            guard=True,
            advice=advice,
            provisional=judged(metric, scope.target),
        )
