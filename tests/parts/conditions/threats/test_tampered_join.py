"""Records joined to a chosen stranger's, and records that were moved before."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from keepstone.areas import controls
from keepstone.core.errors import InputError
from keepstone.core.table import Rule
from keepstone.intake.model import CloneLearner, Guarded
from keepstone.measure.checks.conditions import problems
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.conditions.threats.moved_records import MovedRecords
from keepstone.parts.conditions.threats.tampered_join import TamperedJoin
from keepstone.parts.metrics.attack_success import AttackSuccess
from keepstone.parts.metrics.mismatch import Mismatch
from keepstone.parts.metrics.missed import Missed
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.targets.classifier import Classifier

if TYPE_CHECKING:
    from keepstone.core.part import AnyCondition
    from keepstone.core.trial import Outcome

    Play = Callable[..., Outcome]
    Rate = Callable[..., float]


def boosted() -> Classifier:
    from sklearn.ensemble import HistGradientBoostingClassifier

    base = controls.linear()
    train = base.table("train")
    learner = CloneLearner(HistGradientBoostingClassifier(max_iter=30, max_leaf_nodes=7, early_stopping=False))
    return Classifier("boosted", "boosted", Guarded(learner.fit(train.x, train.y, seed=0)), 0.3, base.test, train=train, learner=learner)


def test_a_chosen_stranger_turns_more_than_a_random_one(rate: Rate) -> None:
    threat = TamperedJoin(queries=4)
    one, many, intent = (rate(condition, Missed(), controls.linear()) for condition in (threat.counterpart, threat.retried, threat))
    assert one < many < intent


def test_the_block_is_one_stranger_s_and_nothing_else_moves(outcome: Play) -> None:
    target = controls.linear()
    played = outcome(TamperedJoin(columns=("lab_a", "lab_b")), target)
    x, asked = (np.asarray(played.columns[name], dtype=np.float64) for name in ("x", "asked"))
    acted = np.asarray(played.columns["acted"], dtype=np.float64) == 1
    donors = {row.tobytes() for row in np.ascontiguousarray(target.table("search").x[:, 4:6])}
    assert acted.any()
    assert all(row.tobytes() in donors for row in np.ascontiguousarray(asked[acted][:, 4:6]))
    others = [0, 1, 2, 3, 6, 7]
    assert np.array_equal(asked[:, others], x[:, others], equal_nan=True)


def test_facts_alone_can_t_be_joined_wrongly(rate: Rate) -> None:
    assert rate(TamperedJoin(), AttackSuccess(), controls.immutable_only()) == 0


def test_records_that_were_moved_are_found_and_others_are_not(rate: Rate) -> None:
    assert rate(MovedRecords(), Mismatch(), controls.misjoined(roll=14)) > 0.38
    assert rate(MovedRecords(), Mismatch(), controls.misjoined(roll=0)) < 0.25
    assert MovedRecords().strength == 0
    assert "undetermined" in MovedRecords.counterpart


@pytest.mark.parametrize("threat", [TamperedJoin(queries=3, goal="any"), MovedRecords()])
def test_it_keeps_the_contract_of_a_condition(threat: AnyCondition) -> None:
    assert list(problems(threat, controls.misjoined(), Nothing(), KeptShelf())) == []


def test_what_can_t_act_says_what_would_change_that() -> None:
    bare = controls.sliced(Rule(((0, "a", ">", 1.0),)), 3, weak=False)
    assert "train" in TamperedJoin().unfit(bare)


@pytest.mark.parametrize("wrong", [{"queries": 0}, {"goal": "win"}])
def test_what_can_t_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        TamperedJoin(**wrong)
