"""Parameters overwritten by somebody who chooses: one is enough, and no more than said."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from keepstone.areas import controls
from keepstone.core.channel import PARAMETERS, Signal
from keepstone.core.errors import InputError
from keepstone.core.trial import Trials
from keepstone.intake.model import CloneLearner, Guarded
from keepstone.measure.checks.conditions import problems
from keepstone.measure.play import Counted
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.conditions.threats.tampered_parameters import TamperedParameters
from keepstone.parts.metrics.alarms import Alarms
from keepstone.parts.metrics.missed import Missed
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.targets.classifier import Classifier

if TYPE_CHECKING:
    from keepstone.core.channel import Channel, Floats
    from keepstone.core.part import AnyCondition

    Rate = Callable[..., float]


def passed(condition: AnyCondition, channel: Channel, values: Floats, target: Classifier) -> Floats:
    """What becomes of values at rest."""
    act = condition.begin(Trials(3, f"rest.{condition.id}", 0, 1), Counted(target, condition.origin, 1), KeptShelf(), target)
    rulings = np.zeros(len(values), dtype=np.int8)
    return np.asarray(act.tap(channel, Signal(values, rulings)).values, dtype=np.float64)


def boosted() -> Classifier:
    from sklearn.ensemble import HistGradientBoostingClassifier

    base = controls.linear()
    train = base.table("train")
    learner = CloneLearner(HistGradientBoostingClassifier(max_iter=30, max_leaf_nodes=7, early_stopping=False))
    return Classifier("boosted", "boosted", Guarded(learner.fit(train.x, train.y, seed=0)), 0.3, base.test, train=train, learner=learner)


@pytest.mark.parametrize("make", [controls.linear, boosted])
def test_one_number_is_enough(rate: Rate, make: Callable[[], Classifier]) -> None:
    target = make()
    threat = TamperedParameters()
    calm, chance, intent = (rate(condition, Missed(), target) for condition in (Nominal(), threat.counterpart, threat))
    assert intent > max(calm, chance) + 0.3
    assert rate(TamperedParameters(goal="alarm"), Alarms(), target) > rate(Nominal(), Alarms(), target) + 0.3


def test_no_more_numbers_are_changed_than_said_and_more_do_no_less() -> None:
    target = boosted()
    before = target.parameters()
    for edits in (0, 1, 4):
        changed = (passed(TamperedParameters(edits=edits), PARAMETERS, before, target) != before).sum()
        assert changed <= edits
        assert (changed > 0) == (edits > 0)


def test_more_numbers_do_no_less_harm(rate: Rate) -> None:
    target = boosted()
    assert rate(TamperedParameters(edits=4), Missed(), target) >= rate(TamperedParameters(edits=1), Missed(), target) - 0.02


def test_parameters_that_are_not_used_are_left_alone(rate: Rate) -> None:
    assert rate(TamperedParameters(), Missed(), controls.immutable_only()) == 0


@pytest.mark.parametrize("threat", [TamperedParameters(edits=3), TamperedParameters(edits=0)])
def test_it_keeps_the_contract_of_a_condition(threat: AnyCondition) -> None:
    assert list(problems(threat, boosted(), Nothing(), KeptShelf())) == []


def test_what_can_t_act_says_what_would_change_that() -> None:
    assert "model itself" in TamperedParameters().unfit(controls.scrambled())


@pytest.mark.parametrize("wrong", [{"edits": -1}, {"tries": 1}, {"goal": "any"}])
def test_what_can_t_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        TamperedParameters(**wrong)
