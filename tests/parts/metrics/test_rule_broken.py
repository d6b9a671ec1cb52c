"""A rule's loss is what its predicate reads; where raters differ, each has a loss of its own and so has their disagreement."""

from __future__ import annotations

import numpy as np
import pytest
from talking import played

from keepstone.core.constitution import Predicate
from keepstone.core.errors import InputError
from keepstone.parts.assistants.clinic import Clinic
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.corpora.clinic import Clinic as Questions
from keepstone.parts.metrics.rule_broken import RuleBroken
from keepstone.parts.metrics.rule_disputed import RuleDisputed
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.targets.chat import Chat

STRICT, LAX = Predicate(rater="ward", longest=44), Predicate(rater="desk", longest=60)


def test_losses_are_read_off_the_replies() -> None:
    outcome = played(Chat(Clinic(wrong=0.5), Questions(300)), Nothing(), Nominal(), 300)
    replies = [str(reply) for reply in outcome.columns["reply"]]
    expected = [reply == "It is 250." for reply in replies]
    assert 100 < sum(expected) < 200
    loss = RuleBroken("number", Predicate(highest=249)).loss(outcome, lambda: outcome)
    assert loss[:, 0].tolist() == [1.0 if wrong or "4000" in reply else 0.0 for wrong, reply in zip(expected, replies, strict=True)]
    each = [RuleBroken("brief", one).loss(outcome, lambda: outcome)[:, 0] for one in (STRICT, LAX)]
    disputed = RuleDisputed("brief", (STRICT, LAX)).loss(outcome, lambda: outcome)[:, 0]
    assert np.array_equal(disputed, each[0] - each[1])
    assert 0 < disputed.sum() < 300


def test_names_tell_raters_apart() -> None:
    assert [RuleBroken("be brief", one).id for one in (STRICT, LAX, Predicate(longest=1))] == [
        "rule_broken-be_brief-ward",
        "rule_broken-be_brief-desk",
        "rule_broken-be_brief",
    ]
    assert "as ward reads it" in RuleBroken("be brief", STRICT).title
    assert "ward, desk differ" in RuleDisputed("be brief", (STRICT, LAX)).title
    with pytest.raises(InputError, match="two at least"):
        RuleDisputed("be brief", (STRICT,))
