"""Another assistant in the target's place: the same questions in the same draws, compared pair by pair, both halves."""

from __future__ import annotations

import numpy as np
import pytest
from talking import NEAR, played, rate

from keepstone.core.errors import InputError
from keepstone.parts.assistants.clinic import Clinic
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.conditions.threats.prompt_injection import PromptInjection
from keepstone.parts.corpora.clinic import Clinic as Questions
from keepstone.parts.metrics.hijacked import Hijacked
from keepstone.parts.metrics.wrong_answer import WrongAnswer
from keepstone.parts.mitigations.composed import Composed
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.mitigations.spotlighting import Spotlighting
from keepstone.parts.mitigations.tuned_model import TunedModel
from keepstone.parts.targets.chat import Chat

BEFORE = Chat(Clinic(obeys_users=0.6, wrong=0.1), Questions(400))
AFTER = TunedModel(chat="reference:clinic", label="after", assistant=Clinic(obeys_users=0.1, wrong=0.3))


def test_orders_fall_on_one_half_and_wrong_answers_rise_on_the_other() -> None:
    for condition, metric, before, after in ((PromptInjection("input"), Hijacked(), 0.6, 0.1), (Nominal(), WrongAnswer(), 0.1, 0.3)):
        assert abs(rate(BEFORE, Nothing(), condition, metric) - before) < NEAR
        assert abs(rate(BEFORE, AFTER, condition, metric) - after) < NEAR


def test_the_pairs_are_pairs() -> None:
    first, second = (played(BEFORE, one, PromptInjection("input")) for one in (Nothing(), AFTER))
    assert list(first.columns["asked"]) == list(second.columns["asked"])
    losses = [Hijacked().loss(one, lambda: first)[:, 0] for one in (first, second)]
    assert not np.any(losses[1] > losses[0]), "by the same draw, the lower switch obeys no order that the higher one does not"


def test_it_is_another_target_and_screens_stay() -> None:
    assert AFTER.wrap(BEFORE, None).recipe != BEFORE.recipe  # type: ignore[arg-type]  # it makes nothing
    both = Composed((Spotlighting(), AFTER))
    assert rate(BEFORE, both, PromptInjection("input"), Hijacked()) == rate(BEFORE, AFTER, PromptInjection("input"), Hijacked())


def test_what_names_nobody_is_refused_or_not_measured() -> None:
    with pytest.raises(InputError, match="needs «chat»"):
        TunedModel()
    assert "was not opened" in TunedModel(chat="reference:clinic").unfit(BEFORE)
    assert AFTER.unfit(BEFORE) == ""
