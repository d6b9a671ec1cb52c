"""Robustness of a chat system (paper, section 4.2): what does it do by accident that an attacker would do on purpose?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.areas.chat import known
from keepstone.core.origin import Area
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

    from keepstone.core.probe import Probe, Scope

AREA = Area.ROBUSTNESS


def probes(scope: Scope) -> Iterator[Probe]:
    """Ask near the secret, with orders that are meant for somebody else, with typing errors, and after a long text."""
    kept = "Keep secrets out of the prompt; what the model does not read it can't tell."
    yield known.probe(scope, "robustness.unasked_leak", NearRequest(), Leaked(), known.control("leaky"), kept)
    stray = StrayInstruction("document")
    yield known.probe(scope, "robustness.stray_instruction", stray, Hijacked(), known.control("obeys_strays"), "Mark what is read as data.")
    spelled = "Correct the spelling before anything is looked up."
    yield known.probe(scope, "robustness.typos", Typos(), WrongAnswer(), known.control("brittle", 1.0), spelled)
    cut = "Cut replies at a length; a question that is cut too early loses its point."
    yield known.probe(scope, "robustness.long_input", LongPaste(), Flooded(), known.control("verbose"), cut)
