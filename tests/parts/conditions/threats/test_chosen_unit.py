"""The unit that turns the answer: the worst of the ways there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.areas import controls, ward
from keepstone.core.errors import InputError
from keepstone.core.table import Rule
from keepstone.measure.checks.conditions import problems
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.conditions.threats.chosen_unit import ChosenUnit
from keepstone.parts.metrics.attack_success import AttackSuccess
from keepstone.parts.metrics.missed import Missed
from keepstone.parts.mitigations.none import Nothing

if TYPE_CHECKING:
    from keepstone.core.trial import Outcome

    Play = Callable[..., Outcome]
    Rate = Callable[..., float]


def by_hand() -> float:
    target = controls.linear()
    x, turned = target.test.x, np.zeros(len(target.test), dtype=bool)
    right = (target.scorer(x).scores >= target.threshold) & (target.test.y == 1)
    for column in range(ward.LABS.start, ward.LABS.stop):
        other = x.copy()
        other[:, column] *= target.features[column].units[0].factor
        turned |= target.scorer(other).scores < target.threshold
    return float(turned[right].mean())


def test_it_is_the_worst_of_all_ways(rate: Rate) -> None:
    assert rate(ChosenUnit(), AttackSuccess(), controls.linear()) == by_hand()


def test_one_value_is_changed_at_most_and_it_looks_like_a_slip(outcome: Play) -> None:
    played = outcome(ChosenUnit(), controls.linear())
    x, asked = (np.asarray(played.columns[name], dtype=np.float64) for name in ("x", "asked"))
    changed = ~((x == asked) | np.isnan(x))
    assert changed.sum(axis=1).max() == 1
    assert np.allclose(asked[changed], x[changed] / 10)
    assert np.asarray(played.columns["queries"]).max() <= 5


def test_it_is_stronger_than_the_slip_by_chance(rate: Rate) -> None:
    threat = ChosenUnit()
    one, many, intent = (rate(condition, Missed(), controls.linear()) for condition in (threat.counterpart, threat.retried, threat))
    assert one < many <= intent


@pytest.mark.parametrize("threat", [ChosenUnit(), ChosenUnit(queries=2), ChosenUnit(goal="alarm"), ChosenUnit(goal="any")])
def test_it_keeps_the_contract_of_a_condition(threat: ChosenUnit) -> None:
    assert list(problems(threat, controls.linear(), Nothing(), KeptShelf())) == []


def test_it_says_why_it_can_t_act_and_refuses_what_can_t_be_meant() -> None:
    assert "units" in ChosenUnit().unfit(controls.sliced(Rule(((0, "a", ">", 1.0),)), 3, weak=False))
    with pytest.raises(InputError):
        ChosenUnit(queries=0)
    with pytest.raises(InputError):
        ChosenUnit(goal="win")
