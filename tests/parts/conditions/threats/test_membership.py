"""Who was in the training data is told by those who learned by rote, and by nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from keepstone.areas import controls
from keepstone.core.errors import InputError
from keepstone.core.table import Rule
from keepstone.measure.checks.conditions import problems
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.conditions.threats.membership import Membership, Shadow, cuts
from keepstone.parts.metrics.members_named import MembersNamed
from keepstone.parts.metrics.rate_at_few_alarms import RateAtFewAlarms
from keepstone.parts.mitigations.coarse_output import CoarseOutput
from keepstone.parts.mitigations.label_only import LabelOnly
from keepstone.parts.mitigations.none import Nothing
from keepstone.stats.chance import Address, uniform

if TYPE_CHECKING:
    from keepstone.core.part import AnyCondition, Mitigation
    from keepstone.core.trial import Outcome

    Play = Callable[..., Outcome]
    Rate = Callable[..., float]
    Parts = Callable[..., list[float]]

FEW = RateAtFewAlarms(alarms=0.01)


def test_who_learned_by_rote_tells_everybody(parts: Parts, rate: Rate) -> None:
    assert parts(Membership(shadows=8), FEW, controls.by_rote())[2:] == [1.0, 0.0]
    assert rate(Membership(shadows=8), MembersNamed(), controls.by_rote()) == 1.0


def test_who_can_not_be_trained_again_is_not_asked() -> None:
    target = replace(controls.by_rote(), learner=None)
    assert "`fit`" in Membership(shadows=8).unfit(target)
    assert Membership(shadows=8).needs(target) == ()


def test_who_is_smooth_tells_hardly_anything(parts: Parts) -> None:
    members, others, *_ = parts(Membership(shadows=8), FEW, controls.linear())
    assert members < 0.15
    assert abs(members - others) < 0.06


def test_who_answers_alike_tells_nothing_and_ties_are_broken_fairly(parts: Parts) -> None:
    members, others, *_ = parts(Membership(shadows=8), FEW, controls.constant())
    assert abs(members - others) < 0.04
    assert 0 < others < 0.1


@pytest.mark.parametrize("mitigation", [CoarseOutput(step=0.25), LabelOnly()])
def test_a_coarse_answer_is_taken_as_the_interval_that_it_is(rate: Rate, mitigation: Mitigation) -> None:
    named = rate(Membership(shadows=8), MembersNamed(), controls.by_rote(), mitigation)
    assert named > 0.3  # a member with the unlikely answer gives itself away whatever is rounded


def test_a_part_is_looked_at_and_the_other_is_counted(outcome: Play) -> None:
    target = controls.linear()
    played = outcome(Membership(shadows=8), target)
    counted, member = (np.asarray(played.columns[name], dtype=np.float64) == 1 for name in ("counted", "member"))
    guess = np.asarray(played.columns["guess"], dtype=np.float64)
    assert np.array_equal(np.isnan(guess), ~counted)
    assert counted[member].mean() == counted[~member].mean() == 0.6
    assert (np.asarray(played.columns["queries"]) == 1).all()


def test_each_shadow_has_its_share_and_each_person_is_in_as_many() -> None:
    target = controls.linear()
    shadows = [one for one in Membership(shadows=8).needs(target) if isinstance(one, Shadow)]
    inside = np.array([shadow.make(KeptShelf())["inside"] for shadow in shadows])
    assert len(shadows) == 8
    assert set(inside.sum(axis=0).tolist()) == {4.0}
    assert inside.mean(axis=1).min() > 0.4
    assert len({shadow.key for shadow in shadows}) == 8


def test_shadows_are_shared_by_what_trains_alike() -> None:
    target = controls.linear()
    behind = LabelOnly().wrap(target, KeptShelf())
    assert [one.key for one in Membership().needs(target)] == [one.key for one in Membership().needs(behind)]


@pytest.mark.parametrize(("seen", "count"), [(400, 600), (1000, 1500), (60, 90)])
def test_thresholds_accuse_more_and_fewer_as_often_as_planned(seen: int, count: int) -> None:
    more = fewer = 0
    for at in range(100):
        draws = uniform(Address(at, "others", 0, seen + count), "guess", 1)[:, 0]
        t0, t1, t2 = cuts(draws[:seen], count, 0.01)
        assert t1 <= t0 <= t2
        more += (draws[seen:] >= t1).mean() > 0.01
        fewer += (draws[seen:] >= t2).mean() < 0.01
    assert more > 85
    assert fewer > 85 or count < 100  # so few people can't be shown to be accused of so little


@pytest.mark.parametrize("threat", [Membership(shadows=4)])
def test_it_keeps_the_contract_of_a_condition(threat: AnyCondition) -> None:
    assert list(problems(threat, controls.linear(), Nothing(), KeptShelf())) == []


def test_what_can_t_act_says_what_would_change_that() -> None:
    bare = controls.sliced(Rule(((0, "a", ">", 1.0),)), 3, weak=False)
    assert "fit" in Membership().unfit(bare)
    assert "by chance" in Membership().counterpart


@pytest.mark.parametrize("wrong", [{"shadows": 3}, {"alarms": 0.0}])
def test_what_can_t_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Membership(**wrong)
