"""Evasion, seeing scores or decisions: stronger than chance, within what can be moved, and through what stands in its way."""

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
from keepstone.parts.conditions.threats.evasion_labels import EvasionLabels
from keepstone.parts.conditions.threats.evasion_scores import EvasionScores
from keepstone.parts.metrics.attack_success import AttackSuccess
from keepstone.parts.metrics.missed import Missed
from keepstone.parts.mitigations.abstention import Abstention
from keepstone.parts.mitigations.coarse_output import CoarseOutput
from keepstone.parts.mitigations.composed import Composed
from keepstone.parts.mitigations.label_only import LabelOnly
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.mitigations.query_budget import QueryBudget

if TYPE_CHECKING:
    from keepstone.core.part import Mitigation
    from keepstone.core.trial import Outcome

    Play = Callable[..., Outcome]
    Rate = Callable[..., float]

TURNED = AttackSuccess(scope="missed")
BOTH = (EvasionScores(errors=1.0), EvasionLabels(errors=1.0))


def best_possible(errors: float) -> float:
    """For the linear control the best corner is known: every value that can be moved to the end that lowers the sum."""
    target = controls.linear()
    x, features = target.test.x, target.features
    moved = x.copy()
    for column, feature in enumerate(features):
        if feature.noisy:
            step = np.floor(errors) if feature.kind == "integer" else errors * feature.error_abs
            moved[:, column] = np.clip(x[:, column] - step, feature.lower, feature.upper)
    before, after = (target.scorer(rows).scores >= target.threshold for rows in (x, moved))
    right = before & (target.test.y == 1)
    return float((~after)[right].mean())


@pytest.mark.parametrize("errors", [0.5, 1.0, 2.0])
def test_on_a_linear_model_it_finds_all_there_is(rate: Rate, errors: float) -> None:
    best = best_possible(errors)
    assert 0.04 < best < 0.9
    assert rate(EvasionScores(errors=errors), TURNED, controls.linear()) == pytest.approx(best, abs=0.006)
    assert rate(EvasionLabels(errors=errors), TURNED, controls.linear()) >= 0.85 * best


@pytest.mark.parametrize("threat", BOTH)
def test_it_is_stronger_than_chance_and_than_blind_retry(rate: Rate, threat: EvasionScores | EvasionLabels) -> None:
    one, many, intent = (rate(condition, Missed(), controls.linear()) for condition in (threat.counterpart, threat.retried, threat))
    assert one < many <= intent
    assert intent > one + 0.1


@pytest.mark.parametrize("threat", [*BOTH, EvasionScores(errors=2.0, goal="any"), EvasionLabels(errors=2.0, shrink=6, goal="alarm")])
def test_it_keeps_the_contract_of_a_condition(threat: EvasionScores | EvasionLabels) -> None:
    assert list(problems(threat, controls.linear(), Nothing(), KeptShelf())) == []


@pytest.mark.parametrize("threat", [EvasionScores(errors=0.0), EvasionLabels(errors=0.0)])
def test_without_strength_nothing_changes(outcome: Play, threat: EvasionScores | EvasionLabels) -> None:
    played = outcome(threat, controls.linear())
    assert np.array_equal(np.asarray(played.columns["asked"]), np.asarray(played.columns["x"]), equal_nan=True)


@pytest.mark.parametrize("threat", BOTH)
def test_facts_alone_can_t_be_evaded(rate: Rate, threat: EvasionScores | EvasionLabels) -> None:
    assert rate(threat, TURNED, controls.immutable_only()) == 0


def test_goals_are_reached_and_nothing_else_is_touched(outcome: Play) -> None:
    for goal, before in (("missed", 1.0), ("alarm", 0.0)):
        played = outcome(EvasionScores(errors=1.0, goal=goal), controls.linear())
        calm = outcome(EvasionScores(errors=0.0), controls.linear())
        touched = np.asarray(played.columns["acted"], dtype=np.float64) == 1
        assert touched.any()
        assert set(np.asarray(calm.columns["flagged"])[touched].tolist()) == {before}


@pytest.mark.parametrize("threat", [EvasionScores(errors=1.0, queries=9), EvasionLabels(errors=1.0, queries=9, shrink=5)])
def test_it_spends_what_it_has_and_no_more(outcome: Play, threat: EvasionScores | EvasionLabels) -> None:
    played = outcome(threat, controls.linear())
    spent, at_stake = (np.asarray(played.columns[name], dtype=np.float64) for name in ("queries", "truth"))
    assert spent.max() == 9
    assert spent[at_stake == 1].min() == 1
    assert spent[at_stake == 0].max() == 0


def test_a_budget_of_the_service_binds_it(rate: Rate, outcome: Play) -> None:
    few = QueryBudget(queries=4)
    assert np.asarray(outcome(EvasionScores(errors=2.0), controls.linear(), few).columns["queries"]).max() <= 4
    assert rate(EvasionScores(errors=2.0), Missed(), controls.linear(), few) < rate(EvasionScores(errors=2.0), Missed(), controls.linear())


@pytest.mark.parametrize("mitigation", [CoarseOutput(step=0.25), LabelOnly()])
def test_hiding_the_score_is_no_fix(rate: Rate, mitigation: Mitigation) -> None:
    bare, hidden = (rate(EvasionScores(errors=1.0), TURNED, controls.linear(), fix) for fix in (Nothing(), mitigation))
    assert hidden >= bare


def test_a_budget_bounds_what_was_known_before_too(rate: Rate) -> None:
    one = Composed(parts=(LabelOnly(), QueryBudget(queries=1)))
    assert rate(EvasionScores(errors=1.0), TURNED, controls.linear(), one) == 0


def test_a_case_that_goes_to_a_person_is_no_success(rate: Rate, outcome: Play) -> None:
    careful = Abstention(coverage=0.7)
    assert rate(EvasionScores(errors=1.0), Missed(), controls.linear(), careful) < rate(EvasionScores(errors=1.0), Missed(), controls.linear())
    played = outcome(EvasionScores(errors=1.0), controls.linear(), careful)
    assert (np.asarray(played.columns["ruling"]) == 2).any()


def test_shrinking_brings_the_case_back_towards_the_truth(outcome: Play) -> None:
    plain, near = (outcome(EvasionLabels(errors=2.0, queries=60, shrink=shrink), controls.linear()) for shrink in (0, 8))
    turned = [np.asarray(one.columns["flagged"]).tolist() for one in (plain, near)]
    assert turned[0] == turned[1]
    acted = np.asarray(plain.columns["acted"], dtype=np.float64) == 1
    sizes = [float(np.asarray(one.columns["size"], dtype=np.float64)[acted].mean()) for one in (plain, near)]
    assert sizes[1] < 0.8 * sizes[0]


def test_what_was_done_is_told(outcome: Play) -> None:
    played = outcome(EvasionScores(errors=1.0), controls.linear())
    size, acted = (np.asarray(played.columns[name], dtype=np.float64) for name in ("size", "acted"))
    assert size[acted == 1].min() > 0
    assert size.max() <= 1 + 1e-9
    assert (size[acted == 0] == 0).all()


def test_it_says_why_it_can_t_act_and_refuses_what_can_t_be_meant() -> None:
    silent = controls.linear(kept=ward.Ward(error=0.0))
    assert EvasionScores().unfit(controls.linear()) == ""
    assert "error_abs" in EvasionLabels().unfit(controls.sliced(Rule(((0, "a", ">", 1.0),)), 3, weak=False))
    assert silent.features[ward.VISITS].noisy
    for wrong in ({"errors": -1.0}, {"queries": 0}, {"goal": "win"}):
        with pytest.raises(InputError):
            EvasionScores(**wrong)
        with pytest.raises(InputError):
            EvasionLabels(**wrong)


def test_names_tell_parameters_apart() -> None:
    assert EvasionScores(errors=0.5, goal="alarm").id == "evasion_scores-0p5e-50q-alarm"
    assert EvasionLabels(errors=2.0, queries=60, shrink=8).id == "evasion_labels-2e-60q-shrink8"
    assert EvasionScores(queries=7).origin.queries == 7
    assert "scores" in EvasionScores().origin.access
    assert "scores" not in EvasionLabels().origin.access
