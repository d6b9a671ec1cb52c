"""Robustness of a chat system (paper, section 4.2): what does it do by accident that an attacker would do on purpose?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.areas.asking import limit
from keepstone.areas.chat import known
from keepstone.core.origin import Area
from keepstone.core.probe import Probe
from keepstone.parts.conditions.hazards.long_paste import LongPaste
from keepstone.parts.conditions.hazards.near_request import NearRequest
from keepstone.parts.conditions.hazards.stray_instruction import StrayInstruction
from keepstone.parts.conditions.hazards.typos import Typos
from keepstone.parts.metrics.flooded import Flooded
from keepstone.parts.metrics.hijacked import Hijacked
from keepstone.parts.metrics.leaked import Leaked
from keepstone.parts.metrics.wrong_answer import WrongAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keepstone.core.probe import Scope

AREA = Area.ROBUSTNESS


def probes(scope: Scope) -> Iterator[Probe]:
    """Ask near the secret, with orders that are meant for somebody else, with typing errors, and after a long text."""
    near = NearRequest()
    yield Probe(
        risk=scope.risk("robustness.unasked_leak"),
        condition=near,
        metric=Leaked(),
        limit=limit(scope, AREA, near, Leaked()),
        control=known.control("leaky"),
        paired=Leaked(),
        guard=True,
        advice="Keep secrets out of the prompt; what the model does not read it can't tell.",
    )
    stray = StrayInstruction("document")
    yield Probe(
        risk=scope.risk("robustness.stray_instruction"),
        condition=stray,
        metric=Hijacked(),
        limit=limit(scope, AREA, stray, Hijacked()),
        control=known.control("obeys_strays"),
        paired=Hijacked(),
        guard=True,
        advice="Mark what is read as data.",
    )
    typos, paste = Typos(), LongPaste()
    yield Probe(
        risk=scope.risk("robustness.typos"),
        condition=typos,
        metric=WrongAnswer(),
        limit=limit(scope, AREA, typos, WrongAnswer()),
        control=known.control("brittle", 1.0),
        paired=WrongAnswer(),
        guard=True,
        advice="Correct the spelling before anything is looked up.",
    )
    yield Probe(
        risk=scope.risk("robustness.long_input"),
        condition=paste,
        metric=Flooded(),
        limit=limit(scope, AREA, paste, Flooded()),
        control=known.control("verbose"),
        paired=Flooded(),
        guard=True,
        advice="Cut replies at a length; a question that is cut too early loses its point.",
    )
