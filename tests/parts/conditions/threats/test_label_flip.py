"""Labels flipped by somebody who chooses: as many as said, next to the operating point, and worse than chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from keepstone.areas import controls
from keepstone.core.channel import TRAINING, Signal
from keepstone.core.errors import InputError
from keepstone.core.table import Rule
from keepstone.core.trial import Trials
from keepstone.intake.model import CloneLearner, Guarded
from keepstone.measure.checks.conditions import problems
from keepstone.measure.play import Counted
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.conditions.threats.label_flip import LabelFlip
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


def rows_of(target: Classifier) -> Floats:
    table = target.table("train")
    return np.column_stack([table.x, table.y.astype(np.float64)])


@pytest.mark.parametrize(("goal", "label"), [("missed", 1.0), ("alarm", 0.0)])
def test_as_many_labels_are_flipped_as_said_all_of_one_kind_and_no_value(goal: str, label: float) -> None:
    target = controls.linear()
    before = rows_of(target)
    after = passed(LabelFlip(share=0.05, goal=goal), TRAINING, before, target)
    flipped = before[:, -1] != after[:, -1]
    assert flipped.sum() == 30
    assert set(before[flipped, -1].tolist()) == {label}
    assert np.array_equal(before[:, :-1], after[:, :-1], equal_nan=True)


def test_the_flipped_lie_next_to_the_operating_point() -> None:
    target = controls.linear()
    before = rows_of(target)
    flipped = before[:, -1] != passed(LabelFlip(share=0.05), TRAINING, before, target)[:, -1]
    far = np.abs(target.held_out(KeptShelf()) - target.threshold)
    assert far[flipped].max() <= far[(before[:, -1] == 1) & ~flipped].min()


def test_without_scores_of_these_rows_a_linear_surrogate_guides_it() -> None:
    base = controls.linear()
    apart = replace(base, search=base.test, _orders={})
    before = rows_of(base)
    flipped = before[:, -1] != passed(LabelFlip(share=0.05), TRAINING, before, apart)[:, -1]
    scores = base.scorer(base.table("train").x).scores
    deaths = before[:, -1] == 1
    assert flipped.sum() == 30
    assert scores[flipped].mean() < scores[deaths & ~flipped].mean() - 0.1  # less sure ones than most


def test_flips_by_choice_do_more_harm_than_flips_by_chance(rate: Rate) -> None:
    target = controls.linear()
    threat = LabelFlip(share=0.1)
    calm, chance, intent = (rate(condition, Missed(), target) for condition in (Nominal(), threat.counterpart, threat))
    assert calm < intent
    assert intent > chance


def test_no_share_no_flip() -> None:
    target = controls.linear()
    assert np.array_equal(passed(LabelFlip(share=0.0), TRAINING, rows_of(target), target), rows_of(target), equal_nan=True)


@pytest.mark.parametrize("threat", [LabelFlip(share=0.0), LabelFlip(share=0.1, goal="alarm")])
def test_it_keeps_the_contract_of_a_condition(threat: AnyCondition) -> None:
    assert list(problems(threat, controls.linear(), Nothing(), KeptShelf())) == []


def test_what_can_t_act_says_what_would_change_that() -> None:
    bare = controls.sliced(Rule(((0, "a", ">", 1.0),)), 3, weak=False)
    assert "fit" in LabelFlip().unfit(bare)


@pytest.mark.parametrize("wrong", [{"share": 1.5}, {"goal": "any"}])
def test_what_can_t_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        LabelFlip(**wrong)
