"""Groups held against the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.core.claim import NOT_COUNTED, Look
from keepstone.stats.claims import Advantage, Gap
from keepstone.stats.exact import over_samples
from keepstone.stats.tally import LossError

if TYPE_CHECKING:
    from keepstone.core.claim import Losses


def block(*parts: tuple[int, int]) -> Losses:
    """Groups with (losses, trials) each."""
    rows = []
    for part, (lost, trials) in enumerate(parts):
        rows.append(np.full((trials, len(parts)), NOT_COUNTED, dtype=np.int16))
        rows[-1][:, part] = [1000] * lost + [0] * (trials - lost)
    return np.concatenate(rows)


def once(claim: Gap | Advantage, losses: Losses) -> list[Look]:
    return [Look(weight=1.0, tally=claim.tally(losses))]


def test_each_group_is_held_against_all_others_pooled() -> None:
    claim = Gap()
    seen = once(claim, block((30, 100), (20, 100), (50, 100)))
    assert claim.mean(seen[0].tally) == pytest.approx(0.25)
    assert claim.worst(seen[0].tally) == 2
    assert claim.counted(seen[0].tally) == 100
    assert claim.parts(seen[0].tally) == [(100, 0.3), (100, 0.2), (100, 0.5)]
    against = [(30, 100, 70, 200), (20, 100, 80, 200), (50, 100, 50, 200)]
    against += [(x2, n2, x1, n1) for x1, n1, x2, n2 in against]
    over = [over_samples(x1, x2, (n1, n2), 0.1).p(0.1) for x1, n1, x2, n2 in against]
    assert claim.p(seen, 0.1).fail == pytest.approx(6 * min(over))


def test_two_groups_are_one_comparison() -> None:
    claim = Gap()
    seen = once(claim, block((30, 100), (60, 100)))
    one = over_samples(60, 30, (100, 100), 0.1).p(0.1)
    assert claim.p(seen, 0.1).fail == pytest.approx(2 * one)


def test_groups_under_the_minimum_belong_to_the_rest_only() -> None:
    claim = Gap(minimum=50)
    losses = block((10, 100), (10, 100), (9, 10))
    seen = once(claim, losses)
    assert claim.mean(seen[0].tally) == pytest.approx(abs(0.1 - 19 / 110))
    early = [Look(weight=0.3, tally=claim.tally(losses))]
    assert claim.p(early, 0.5).pass_ > claim.p(seen, 0.5).pass_, "before the end every group that counts must be under the limit"
    assert Gap(minimum=50, groups=(0, 1)).p(early, 0.5).pass_ < 1e-5


def test_too_few_decide_nothing() -> None:
    claim = Gap()
    seen = once(claim, block((1, 5), (1, 5), (0, 3)))
    assert claim.p(seen, 0.1) == (1.0, 1.0)
    assert claim.bounds(seen, 0.1, 0.05) == (0.0, 1.0)
    assert np.isnan(claim.mean(seen[0].tally))
    assert claim.worst(seen[0].tally) == -1
    assert claim.best([5, 5, 3], 0.1) == (1.0, 1.0)
    assert claim.e(claim.tally(np.full((3, 2), NOT_COUNTED, dtype=np.int16)), 0.1) == (0.0, 0.0)


def test_best_is_reached_and_never_beaten() -> None:
    rng = np.random.default_rng(1)
    for claim, sizes in ((Gap(), (60, 90)), (Gap(), (40, 50, 60)), (Advantage(), (60, 90))):
        best = claim.best(sizes, 0.15, weight=1.0)
        for _ in range(12):
            seen = once(claim, block(*((int(rng.binomial(n, rng.choice([0, 0.5, 1]))), n) for n in sizes)))
            found = claim.p(seen, 0.15)
            assert found.pass_ >= best.pass_ * 0.99
            assert found.fail >= best.fail * 0.99


def test_losses_that_are_not_0_or_1_are_bet_on() -> None:
    rng = np.random.default_rng(2)
    losses = np.full((900, 2), NOT_COUNTED, dtype=np.int16)
    losses[:300, 0] = rng.integers(300, 600, 300)
    losses[300:, 1] = rng.integers(300, 600, 600)
    losses = losses[rng.permutation(900)]
    claim = Gap(real=True)
    assert claim.p(once(claim, losses), 0.1).pass_ < 1e-6
    assert Advantage(real=True).p(once(Advantage(real=True), losses), 0.1).pass_ < 1e-6
    assert claim.p(once(claim, losses), 0.1).fail == 1


def test_wrong_blocks_are_refused() -> None:
    with pytest.raises(LossError, match="at least two groups"):
        Gap().tally(np.zeros((3, 1), dtype=np.int16))
    with pytest.raises(LossError, match="real=True"):
        Gap().tally(np.array([[500, NOT_COUNTED], [NOT_COUNTED, 0]], dtype=np.int16))
    with pytest.raises(LossError, match="one group at most"):
        Advantage().tally(np.zeros((3, 2), dtype=np.int16))
