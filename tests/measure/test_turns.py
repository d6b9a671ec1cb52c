"""Whose turn it is, where probes have items of their own and the trials are few."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from fakes import Coin, Rate, held, plan

from keepstone.core.cell import Arm, Design, Held, Plan
from keepstone.core.result import Verdict
from keepstone.measure.executors.local import InProcess
from keepstone.measure.judge import judge
from keepstone.measure.run import run
from keepstone.measure.shelf import KeptShelf
from keepstone.measure.turns import crowds


@dataclass(frozen=True)
class Apart(Coin):
    """A coin whose streams are flips of their own."""

    def size(self, stream: str) -> int:
        del stream
        return self.trials

    def population(self, stream: str) -> str:
        return stream


@dataclass(frozen=True)
class OwnItems(Rate):
    """A rate on items of its own."""

    @property
    def stream(self) -> str:  # type: ignore[override]
        return self.word


def own(rate: float, limit: float, word: str, *, trials: int = 2000) -> Held:
    """A criterion with items of its own."""
    one = held(rate, limit, target=Apart(trials), word=word)
    arm = Arm(one.cell.arm.target, OwnItems(rate, word=word), one.cell.arm.mitigation)
    return replace(one, cell=replace(one.cell, arm=arm))


def battery(seed: int, *, budget: float = float("inf")) -> Plan:
    """Rates that are quickly told, and some on their limit, first in the plan."""
    rates = [0.05] * 4 + [0.0] * 10 + [0.3] * 6
    return plan(*[own(rate, 0.05, f"w{k}") for k, rate in enumerate(rates)], design=Design.SEQUENTIAL, budget=budget, seed=seed)


def test_arms_on_the_same_items_are_one_crowd_and_others_are_their_own() -> None:
    made = battery(1)
    assert [len(crowd.arms) for crowd in crowds(made)] == [1] * 20
    assert len(crowds(replace(made, design=Design.ALL_ITEMS))) == 1
    assert len(crowds(plan(held(0.1, 0.2), held(0.2, 0.2), design=Design.SEQUENTIAL))) == 1


def test_a_rate_on_its_limit_does_not_starve_the_others() -> None:
    found = judge(run(battery(3, budget=4000), InProcess(KeptShelf())), {}).findings
    assert sum(one.verdict in (Verdict.PASS, Verdict.FAIL) for one in found[4:]) >= 15
    assert not any(one.verdict in (Verdict.PASS, Verdict.FAIL) for one in found[:4])


@pytest.mark.slow
def test_claims_are_wrong_no_more_often_than_stated_where_probes_run_ahead_of_each_other() -> None:
    shares = []
    for seed in range(12):
        found = judge(run(battery(seed, budget=4000), InProcess(KeptShelf())), {}).findings
        claimed = [one.verdict in (Verdict.PASS, Verdict.FAIL) for one in found]
        shares.append(sum(claimed[:4]) / max(1, sum(claimed)))
    assert np.mean(shares) <= 0.05
