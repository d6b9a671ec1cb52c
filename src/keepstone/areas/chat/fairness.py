"""Fairness of a chat system (paper, section 4.4): are some people answered worse than others?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.areas.asking import limit
from keepstone.areas.chat import known
from keepstone.core.chat import Conversing
from keepstone.core.origin import Area
from keepstone.core.probe import Probe, Unasked
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.metrics.answer_gap import AnswerGap
from keepstone.parts.metrics.within import Within
from keepstone.parts.metrics.wrong_answer import WrongAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.probe import Scope

AREA = Area.FAIRNESS
STREAM = "named"


def probes(scope: Scope) -> Iterator[Probe | Unasked]:
    """Ask the same questions as people of each group, and hold each group against the others."""
    risk, target = scope.risk("fairness.answer_gap"), scope.target
    groups = target.corpus.groups if isinstance(target, Conversing) and target.size(STREAM) else {}
    told = {attribute: names for attribute, names in groups.items() if len(names) > 1}
    if not told:
        yield Unasked(risk=risk, what="nominal-named.answer_gap", why=f"give items of the kind «{STREAM}» whose columns tell the group of whoever asks")
    for attribute, names in told.items():
        condition, metric = Nominal(STREAM), AnswerGap(inner=WrongAnswer(), attribute=attribute, groups=names)
        yield Probe(
            risk=risk,
            condition=condition,
            metric=metric,
            limit=limit(scope, AREA, condition, metric),
            control=known.control("slice_bias") if attribute in known.flawless().corpus.groups else None,
            paired=Within(inner=WrongAnswer(), label=f"{attribute}-{names[-1]}", column=f"group:{attribute}", value=names[-1]),
            guard=True,
            advice="Read the replies to that group beside those to the others; keep what the answer does not need out of the question.",
        )
