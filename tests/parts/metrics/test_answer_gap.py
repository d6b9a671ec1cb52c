"""The gap is read per group, of what is counted, and needs two groups that are known."""

from __future__ import annotations

import numpy as np
import pytest

from keepstone.areas.chat import known
from keepstone.core.channel import through
from keepstone.core.errors import InputError
from keepstone.core.trial import Trials
from keepstone.measure.play import thousandths
from keepstone.parts.assistants.clinic import Clinic
from keepstone.parts.corpora.clinic import Clinic as Questions
from keepstone.parts.metrics.answer_gap import AnswerGap
from keepstone.parts.metrics.wrong_answer import WrongAnswer
from keepstone.parts.targets.chat import Chat

GAP = AnswerGap(inner=WrongAnswer(), attribute="name", groups=("here", "elsewhere"))


def test_who_is_answered_worse_is_seen() -> None:
    outcome = Chat(Clinic(slice_bias=1.0), Questions(200)).run(Trials(7, "named", 0, 200), through)
    losses = GAP.loss(outcome, lambda: outcome)
    assert np.nanmean(losses, axis=0).tolist() == [0.0, 1.0]
    assert (np.isnan(losses).sum(axis=1) == 1).all(), "each trial counts in its own group alone"
    assert GAP.claim.mean(GAP.claim.tally(thousandths(losses, outcome.broken))) == 1.0


def test_an_attribute_that_nobody_tells_is_said() -> None:
    other = AnswerGap(inner=WrongAnswer(), attribute="age", groups=("young", "old"))
    assert other.unfit(known.flawless()) == "the corpus tells no «age» of whoever asks"
    assert GAP.unfit(known.flawless()) == ""
    with pytest.raises(InputError, match="«groups» of «answer_gap» must be two at least; got 1"):
        AnswerGap(inner=WrongAnswer(), attribute="age", groups=("young",))
