"""A model is copied from its answers as far as there is something to learn from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from keepstone.areas import controls
from keepstone.core.channel import Signal
from keepstone.core.errors import InputError
from keepstone.measure.checks.conditions import problems
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.conditions.threats.extraction import Extraction, StolenCopy
from keepstone.parts.metrics.agreement import Agreement
from keepstone.parts.mitigations.label_only import LabelOnly
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.mitigations.query_budget import QueryBudget

if TYPE_CHECKING:
    from keepstone.core.part import AnyCondition
    from keepstone.core.trial import Outcome

    Play = Callable[..., Outcome]
    Rate = Callable[..., float]


def test_a_plain_model_is_copied_and_a_scrambled_one_is_not(rate: Rate) -> None:
    assert rate(Extraction(queries=300), Agreement(), controls.linear()) > 0.95
    assert rate(Extraction(queries=300), Agreement(), controls.scrambled()) < 0.65


def test_more_questions_make_no_worse_copies(rate: Rate) -> None:
    few, many = (rate(Extraction(queries=queries), Agreement(), controls.linear()) for queries in (20, 500))
    assert many >= few


def test_a_budget_bounds_the_copy_and_a_hidden_score_hardly_does(rate: Rate) -> None:
    bare, told, budget = (
        rate(Extraction(queries=500), Agreement(), controls.linear(), mitigation) for mitigation in (Nothing(), LabelOnly(), QueryBudget(queries=5))
    )
    assert bare >= told > 0.9
    assert budget < told


def test_a_constant_stands_beside_the_copy(outcome: Play) -> None:
    played = outcome(Extraction(queries=300), controls.linear())
    assert set(np.asarray(played.columns["constant"]).tolist()) == {0.0}
    assert set(np.asarray(played.columns["copied"]).tolist()) == {0.0, 1.0}
    silent = outcome(Extraction(queries=300), controls.constant(1.0))
    assert set(np.asarray(silent.columns["copied"]).tolist()) == {1.0}


def test_without_cases_questions_are_made_up_within_what_is_plausible() -> None:
    bare = replace(controls.linear(), train=None, learner=None, _orders={})
    assert bare.size("search") == 0
    x = StolenCopy(bare, 400, "test", 3, 0)._questions(400)
    labs, ward = x[:, 4:8], x[:, 2]
    assert ((labs >= 0) & (labs <= 20)).all()
    assert set(ward.tolist()) == {0.0, 1.0, 2.0}
    copy = StolenCopy(bare, 400, "test", 3, 0).make(KeptShelf())["copied"]
    decided = np.asarray(bare.answer(Signal(bare.test.x, np.zeros(len(bare.test), dtype=np.int8))).values)[:, 1]
    assert (copy == decided).mean() > 0.8


@pytest.mark.parametrize("threat", [Extraction(queries=50)])
def test_it_keeps_the_contract_of_a_condition(threat: AnyCondition) -> None:
    assert list(problems(threat, controls.linear(), Nothing(), KeptShelf())) == []


def test_what_can_t_act_says_what_would_change_that() -> None:
    assert Extraction().unfit(controls.scrambled()) == ""
    assert "by chance" in Extraction().counterpart


@pytest.mark.parametrize("wrong", [{"queries": 0}])
def test_what_can_t_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Extraction(**wrong)
