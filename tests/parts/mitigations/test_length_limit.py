"""A length limit stops a flood and loses the question behind a long paste: both halves move."""

from __future__ import annotations

import numpy as np
import pytest

from keepstone.core.cell import Arm
from keepstone.core.channel import INPUT, OUTPUT, Ruling, Signal
from keepstone.core.chat import DOCUMENT
from keepstone.core.errors import InputError
from keepstone.core.trial import Trials
from keepstone.measure.play import play
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.assistants.clinic import Clinic
from keepstone.parts.conditions.hazards.long_paste import LongPaste
from keepstone.parts.conditions.threats.token_flood import TokenFlood
from keepstone.parts.corpora.clinic import Clinic as Questions
from keepstone.parts.metrics.flooded import Flooded
from keepstone.parts.metrics.wrong_answer import WrongAnswer
from keepstone.parts.mitigations.length_limit import LengthLimit
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.targets.chat import Chat


@pytest.mark.parametrize(("fix", "flooded", "wrong"), [(Nothing(), 1.0, 0.0), (LengthLimit(), 0.0, 1.0)])
def test_what_it_buys_and_what_it_costs(fix: Nothing | LengthLimit, flooded: float, wrong: float) -> None:
    found = []
    for assistant, condition, metric in ((Clinic(verbose=1.0), TokenFlood(), Flooded()), (Clinic(), LongPaste(), WrongAnswer())):
        target = fix.wrap(Chat(assistant, Questions(50)), KeptShelf())
        outcome = play(target, Arm(target, condition, fix), Trials(7, "test", 0, 50), KeptShelf())
        found.append(float(metric.loss(outcome, lambda outcome=outcome: outcome).mean()))  # type: ignore[misc]
    assert found == [flooded, wrong]


def test_both_ways_are_cut_and_documents_are_not() -> None:
    tap = LengthLimit(question=3, reply=2).begin(2, {})
    signal = Signal(["abcd", "ab"], np.array([0, Ruling.BLOCKED], dtype=np.int8))
    said = tap(INPUT, signal)
    assert (said.values, said.rulings.tolist()) == (["abc", "ab"], [Ruling.CHANGED, Ruling.BLOCKED])
    assert tap(OUTPUT, signal).values == ["ab", "ab"]
    assert tap(DOCUMENT, signal) is signal


def test_a_limit_that_lets_nothing_through_is_refused() -> None:
    with pytest.raises(InputError, match="«reply» of length_limit must be at least 1; got 0"):
        LengthLimit(reply=0)
