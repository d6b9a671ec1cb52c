"""A policy by words stops misuse and over-refuses what only sounds like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.core.cell import Arm
from keepstone.core.channel import INPUT, Ruling, Signal
from keepstone.core.errors import InputError
from keepstone.core.trial import Outcome, Trials
from keepstone.measure.play import play
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.assistants.clinic import Clinic
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.conditions.threats.misuse_request import MisuseRequest
from keepstone.parts.corpora.clinic import Clinic as Questions
from keepstone.parts.metrics.complied import Complied
from keepstone.parts.metrics.refused import Refused
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.mitigations.refusal_policy import RefusalPolicy
from keepstone.parts.targets.chat import Chat

if TYPE_CHECKING:
    from keepstone.core.part import Metric


def losses(metric: Metric, outcome: Outcome) -> list[float]:
    return [float(one) for one in metric.loss(outcome, lambda: outcome)[:, 0]]


@pytest.mark.parametrize(("policy", "complied", "refused"), [(Nothing(), 1.0, 0.0), (RefusalPolicy(("forge", "spy on", "kill", "shot")), 0.0, 1.0)])
def test_misuse_falls_and_over_refusal_rises(policy: Nothing | RefusalPolicy, complied: float, refused: float) -> None:
    target = policy.wrap(Chat(Clinic(complies=1.0), Questions(60)), KeptShelf())
    for condition, metric, expected in ((MisuseRequest(), Complied(), complied), (Nominal("benign"), Refused(), refused)):
        outcome = play(target, Arm(target, condition, policy), Trials(7, condition.stream, 0, 60), KeptShelf())
        assert losses(metric, outcome) == [expected] * 60


def test_a_ruling_is_never_taken_back_and_words_are_needed() -> None:
    tap = RefusalPolicy(("kill",)).begin(2, {})
    said = tap(INPUT, Signal(["hello", "Kill it"], np.array([Ruling.STOPPED, 0], dtype=np.int8)))
    assert said.rulings.tolist() == [Ruling.STOPPED, Ruling.BLOCKED]
    for words in ((), ("",), (" ",)):
        with pytest.raises(InputError, match="«words» of refusal_policy"):
            RefusalPolicy(words)
