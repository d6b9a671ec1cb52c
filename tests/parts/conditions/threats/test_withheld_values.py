"""Values held back: greedy is as good as trying all, and hiding the score does not help."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.areas import controls, ward
from keepstone.core.errors import InputError
from keepstone.core.table import Rule
from keepstone.measure.checks.conditions import problems
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.conditions.threats.withheld_values import WithheldValues
from keepstone.parts.metrics.attack_success import AttackSuccess
from keepstone.parts.metrics.missed import Missed
from keepstone.parts.mitigations.label_only import LabelOnly
from keepstone.parts.mitigations.none import Nothing

if TYPE_CHECKING:
    from keepstone.core.trial import Outcome

    Play = Callable[..., Outcome]
    Rate = Callable[..., float]

TURNED = AttackSuccess(scope="missed")
LABS = range(ward.LABS.start, ward.LABS.stop)


def by_hand(count: int) -> float:
    """Every set of up to so many lab values, tried one by one without any budget."""
    target = controls.linear(fill=9.0)
    x, turned = target.test.x, np.zeros(len(target.test), dtype=bool)
    right = (target.scorer(x).scores >= target.threshold) & (target.test.y == 1)
    for some in range(1, count + 1):
        for columns in combinations(LABS, some):
            hidden = x.copy()
            hidden[:, columns] = np.nan
            turned |= target.scorer(hidden).scores < target.threshold
    return float(turned[right].mean())


@pytest.mark.parametrize("count", [1, 2, 3])
def test_it_finds_all_there_is_with_scores_or_with_decisions(rate: Rate, count: int) -> None:
    best = by_hand(count)
    assert 0.05 < best < 0.95
    for sees in ("scores", "labels"):
        assert rate(WithheldValues(count=count, sees=sees), TURNED, controls.linear(fill=9.0)) == best


def test_with_few_queries_the_score_guides_it_and_the_best_sets_come_first_without_it(rate: Rate) -> None:
    best = by_hand(2)
    assert rate(WithheldValues(count=2, queries=8), TURNED, controls.linear(fill=9.0)) >= 0.9 * best
    assert rate(WithheldValues(count=2, queries=4, sees="labels"), TURNED, controls.linear(fill=9.0)) >= 0.7 * best


def test_hiding_the_score_is_no_fix(rate: Rate) -> None:
    bare, hidden = (rate(WithheldValues(count=2), TURNED, controls.linear(fill=9.0), fix) for fix in (Nothing(), LabelOnly()))
    assert hidden == bare


def test_it_is_stronger_than_chance_and_than_blind_retry(rate: Rate) -> None:
    threat = WithheldValues(count=2, queries=8)
    one, many, intent = (rate(condition, Missed(), controls.linear(fill=9.0)) for condition in (threat.counterpart, threat.retried, threat))
    assert one < many <= intent


def test_only_values_that_may_be_missing_are_hidden_and_no_more_than_said(outcome: Play) -> None:
    played = outcome(WithheldValues(count=2), controls.linear(fill=0.0))
    x, asked = (np.asarray(played.columns[name], dtype=np.float64) for name in ("x", "asked"))
    hidden = np.isnan(asked) & ~np.isnan(x)
    assert hidden[:, : ward.LABS.start].sum() == 0
    assert hidden.sum(axis=1).max() == 2
    assert np.array_equal(hidden.sum(axis=1), np.asarray(played.columns["size"]))
    assert np.array_equal(asked[~hidden], x[~hidden], equal_nan=True)


def test_random_sets_are_tried_where_there_are_too_many(outcome: Play) -> None:
    played = outcome(WithheldValues(count=3, queries=6, sees="labels"), controls.linear(fill=0.0))
    assert np.asarray(played.columns["queries"]).max() <= 6
    assert np.asarray(played.columns["size"]).max() <= 3


@pytest.mark.parametrize(
    "threat", [WithheldValues(count=0), WithheldValues(count=1), WithheldValues(count=3, queries=5), WithheldValues(goal="any", sees="labels")]
)
def test_it_keeps_the_contract_of_a_condition(threat: WithheldValues) -> None:
    assert list(problems(threat, controls.linear(fill=0.0), Nothing(), KeptShelf())) == []


def test_it_says_why_it_can_t_act_and_refuses_what_can_t_be_meant() -> None:
    assert "missing" in WithheldValues().unfit(controls.sliced(Rule(((0, "a", ">", 1.0),)), 3, weak=False))
    for wrong in ({"count": -1}, {"queries": 0}, {"sees": "nothing"}, {"goal": "win"}):
        with pytest.raises(InputError):
            WithheldValues(**wrong)
    assert WithheldValues(count=3, sees="labels", goal="alarm").id == "withheld_values-3-50q-labels-alarm"
