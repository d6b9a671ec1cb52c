"""What a plan could decide, before it is run: held against the engine itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fakes import ADVERSARY, Coin, Lost, held, pair, plan

from keepstone.core.cell import Design, Plan
from keepstone.core.result import Verdict
from keepstone.lifecycle import outlook as looked
from keepstone.lifecycle.outlook import CHANCE, LOST, planning_level
from keepstone.measure.executors.local import InProcess
from keepstone.measure.judge import judge
from keepstone.measure.run import run
from keepstone.measure.shelf import KeptShelf
from keepstone.stats.claims import Gap, Mean
from keepstone.stats.discovery import graded_level
from keepstone.stats.power import LAST, gap_chance


def test_the_level_is_that_of_a_quarter_of_the_family() -> None:
    some = plan(*[held(0.1, 0.2, word=f"w{k}") for k in range(40)])
    assert planning_level(some, 40) == graded_level(10, 40, 0.05)
    assert planning_level(plan(held(0.1, 0.2)), 1) == graded_level(1, 1, 0.05)
    assert planning_level(replace(some, design=Design.SEQUENTIAL), 40) == pytest.approx(0.05 / 4)


def verdicts(rate: float, runs: int, size: int, limit: float) -> list[Verdict]:
    """What the engine says of a rate, where a quarter of the family is plainly decided beside it."""
    out = []
    for seed in range(runs):
        others = [held(0.001 if k % 4 == 0 else limit, limit, target=Coin(size), word=f"o{k}") for k in range(7)]
        made = plan(held(rate, limit, target=Coin(size)), *others, seed=seed)
        out.append(judge(run(made, InProcess(KeptShelf())), {}).findings[0].verdict)
    return out


@pytest.mark.slow
def test_the_rates_it_tells_are_met_and_fail_about_as_often_as_it_says() -> None:
    size, limit, runs = 600, 0.2, 60
    level = graded_level(2, 8, 0.05)
    found, _ = looked._rates(Mean(), (size,), limit, level, LAST)
    passed = np.mean([one is Verdict.PASS for one in verdicts(found.pass_up_to, runs, size, limit)])
    failed = np.mean([one is Verdict.FAIL for one in verdicts(found.fail_from, runs, size, limit)])
    assert passed >= CHANCE - 0.15
    assert failed >= CHANCE - 0.15
    beyond = np.mean([one is Verdict.PASS for one in verdicts((found.pass_up_to + limit) / 2, runs, size, limit)])
    assert beyond < passed


def test_gaps_are_told_for_the_group_that_is_hardest_to_decide() -> None:
    claim = Gap(groups=(0, 1))
    assert looked._hardest(claim, (50, 300, 400)) == (50, 700)
    assert looked._at_hand(claim, (300, 50, 400)) == 50
    sizes, limit, level = (800, 900), 0.15, 0.01
    found = looked._gap_rates(sizes, limit, level, 1.0)
    assert gap_chance(sizes, limit, level, LOST, gap=found.pass_up_to, weight=1.0).pass_ == pytest.approx(CHANCE, abs=1e-6)
    assert gap_chance(sizes, limit, level, LOST, gap=found.fail_from, weight=1.0).fail == pytest.approx(CHANCE, abs=1e-6)
    few = looked._gap_rates((10, 12), limit, level, 1.0)
    assert np.isnan(few.pass_up_to)


def test_what_can_not_be_counted_beforehand_is_told_in_the_run() -> None:
    found, tightest = looked._rates(Mean(), (), 0.2, 0.01, 1.0)
    assert np.isnan(found.pass_up_to)
    assert tightest is None
    assert looked._state(held(0.1, 0.2), (), {}, can_pass=False)[0] == "told in the run"


@pytest.mark.parametrize(
    ("change", "failed", "can_pass", "state"),
    [
        ({}, {}, True, "can be decided"),
        ({}, {}, False, "can only fail"),
        ({"decidable": False}, {}, True, "can't be met"),
        ({"provisional": ("target.threshold",)}, {}, False, "can only fail"),
        ({}, {"robustness.rate-0p1.lost-1": "it passed the bad target"}, True, "broken"),
    ],
)
def test_states(change: dict[str, object], failed: dict[str, str], *, can_pass: bool, state: str) -> None:
    one = replace(held(0.1, 0.2), **change)  # type: ignore[arg-type]
    assert looked._state(one, (100,), failed, can_pass=can_pass)[0] == state


def test_the_cost_counts_rows_comparisons_and_the_budget() -> None:
    one, other = held(0.1, 0.2), held(0.3, 0.2, word="other")
    made = plan(one, other, held(0.1, 0.1, metric=Lost(0.5)), pairs=[pair(one, other)])
    cost = looked._cost(made, looked.Pace(row=0.001, training=1.0))
    assert (cost.cells, cost.comparisons, cost.rows, cost.rows_at_most, cost.trainings) == (3, 1, 2000, 2000, 0)
    assert cost.seconds == pytest.approx((2.0, 2.0))
    assert looked._cost(replace(made, budget=500), None).rows_at_most == 500


def test_an_attacker_s_budget_counts_for_each_case_that_counts_or_once() -> None:
    attack = held(0.1, 0.2)
    attacked = replace(attack.cell.arm.condition, origin=ADVERSARY)  # type: ignore[type-var]
    cell = replace(attack.cell, arm=replace(attack.cell.arm, condition=attacked))
    made = plan(replace(attack, cell=cell))
    assert looked._queried(cell.arm, made, {}) == ADVERSARY.queries, "the coin can't be counted beforehand"
    assert looked._queried(cell.arm, made, {("test", cell.metric.id): (40,)}) == 40 * ADVERSARY.queries
    assert looked._queried(attack.cell.arm, made, {}) == 0


def test_an_empty_plan_costs_nothing() -> None:
    made: Plan = plan()
    assert looked._cost(made, None) == looked.Cost(cells=0, comparisons=0, rows=0, rows_at_most=0, trainings=0, seconds=None)
