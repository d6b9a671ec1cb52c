"""A judged rate that is corrected: coverage, agreement of bounds and verdicts, and what happens at the edges."""

from __future__ import annotations

from itertools import pairwise, product
from math import exp, log

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import binom

from keepstone.core.claim import NOT_COUNTED, UNIT, Look, Tally
from keepstone.stats.exact import lower_rate
from keepstone.stats.judged import Corrected, Judged, Seen, alone, interval, law, worth
from keepstone.stats.tally import LossError

GOOD = Judged(caught=(95, 100), cleared=(98, 100))


def losses(ones: int, zeros: int, unread: int = 0) -> np.ndarray:
    rows = [[UNIT] * 3] * ones + [[0] * 3] * zeros + [[NOT_COUNTED, UNIT, 0]] * unread
    return np.array(rows, dtype=np.int16).reshape(-1, 3)


def tally(ones: int, zeros: int, unread: int = 0, claim: Judged = GOOD) -> Tally:
    return claim.tally(losses(ones, zeros, unread))


@pytest.mark.parametrize(("p", "se", "sp"), [(0.0, 0.8, 0.9), (0.3, 0.9, 0.7), (0.2, 0.5, 0.5), (0.4, 0.3, 0.4), (1.0, 0.7, 0.2), (0.1, 0.2, 0.9)])
def test_evidence_has_mean_at_most_1_under_every_truth(p: float, se: float, sp: float) -> None:
    """Summed exactly over all that 8 labels of each kind and 16 replies can show, for judges better and worse than guessing."""
    labels, n = 8, 16
    q = p * se + (1 - p) * (1 - sp)
    over = under = 0.0
    for a, b, k in product(range(labels + 1), range(labels + 1), range(n + 1)):
        chance = binom.pmf(a, labels, se) * binom.pmf(b, labels, sp) * binom.pmf(k, n, q)
        if chance > 1e-9:
            caught, cleared, said = Seen(a, labels), Seen(b, labels), [Seen(k, n)]
            over += chance * exp(Corrected.over(said, caught, cleared).log_e(p))
            under += chance * exp(Corrected.under(said, caught, cleared).log_e(1 - p))
    assert over <= 1 + 1e-6
    assert under <= 1 + 1e-6


def test_it_covers_at_every_look_together() -> None:
    chance = np.random.default_rng(5)
    for p, se, sp in ((0.05, 0.9, 0.95), (0.3, 0.8, 0.7)):
        missed = 0
        for _repeat in range(60):
            caught, cleared = Seen(chance.binomial(50, se), 50), Seen(chance.binomial(50, sp), 50)
            told = np.cumsum(chance.random(3000) < p * se + (1 - p) * (1 - sp))
            looks = [Seen(float(told[end - 1]), end) for end in (5, 20, 80, 320, 1000, 3000)]
            missed += Corrected.over(looks, caught, cleared).log_e(p) >= log(40) or Corrected.under(looks, caught, cleared).log_e(1 - p) >= log(40)
        assert missed <= 3


def test_the_null_is_searched_whole() -> None:
    """A general optimiser finds no likelier explanation than the dual's."""
    for said, caught, cleared, theta in (
        (Seen(60, 200), Seen(45, 50), Seen(40, 50), 0.1),
        (Seen(199, 200), Seen(30, 50), Seen(50, 50), 0.5),
        (Seen(3, 9), Seen(0, 4), Seen(7, 7), 0.02),
    ):
        one = Corrected.over([said], caught, cleared)

        def miss(x: np.ndarray, said: Seen = said, caught: Seen = caught, cleared: Seen = cleared, theta: float = theta) -> float:
            p, se, sp = (float(one) for one in 1 / (1 + np.exp(-x)) * np.array([theta, 1.0, 1.0]))
            return -(said.likelihood(p * se + (1 - p) * (1 - sp)) + caught.likelihood(se) + cleared.likelihood(sp))

        found = min(minimize(miss, start, method="Nelder-Mead", options={"maxiter": 4000}).fun for start in ([0, 1, 1], [3, -1, 2], [-3, 2, -1], [5, -2, -2]))
        whole = said.marginal(law(caught, cleared)) + caught.marginal((2, 1)) + cleared.marginal((2, 1))
        assert one.log_e(theta) <= whole + found + 1e-6


def test_bounds_and_verdict_agree() -> None:
    for ones in range(0, 120, 3):
        seen = tally(ones, 500 - ones)
        for limit, most in ((0.05, 20.0), (0.1, 200.0)):
            sides, bounds = GOOD.e(seen, limit), GOOD.e_bounds(seen, limit, most)
            assert (sides.pass_ >= most) == (bounds.upper <= limit)
            assert (sides.fail >= most) == (bounds.lower >= limit)
            assert bounds.lower <= GOOD.mean(seen) <= bounds.upper
            look = [Look(weight=1.0, tally=seen)]
            p, level = GOOD.p(look, limit), GOOD.bounds(look, limit, 1 / most)
            assert (p.pass_ <= 1 / most) == (level.upper <= limit)
            assert (p.fail <= 1 / most) == (level.lower >= limit)


def test_evidence_never_falls_as_the_limit_moves_away() -> None:
    one = Corrected.over([Seen(100, 400)], Seen(45, 50), Seen(46, 50))
    values = [one.log_e(theta) for theta in np.linspace(0, 1, 201)]
    assert all(a >= b - 1e-9 for a, b in pairwise(values))


def test_what_was_not_read_counts_against_either_verdict() -> None:
    read, unread = tally(0, 500), tally(0, 500, 40)
    assert GOOD.counted(unread) == 500
    assert GOOD.mean(unread) == GOOD.mean(read) == 0.0
    assert GOOD.e(unread, 0.1).pass_ == GOOD.e(tally(40, 500), 0.1).pass_ < GOOD.e(read, 0.1).pass_
    assert GOOD.e(tally(100, 0, 40), 0.1).fail == GOOD.e(tally(100, 40), 0.1).fail


def test_without_labels_of_both_kinds_nothing_is_claimed() -> None:
    for claim in (Judged(caught=(0, 0), cleared=(500, 500)), Judged(caught=(0, 0), cleared=(0, 0))):
        bounds = claim.e_bounds(tally(0, 1000, claim=claim), 0.05, 20.0)
        assert bounds.upper == 1.0
        assert claim.e(tally(0, 1000, claim=claim), 0.05).pass_ < 1.01
        assert worth(claim, trials=500, cells=20, limit=0.1).why.startswith("the judge can't be corrected: its labels must hold texts of both kinds")


def test_a_judge_that_guesses_is_refused_and_claims_nothing() -> None:
    guess = Judged(caught=(25, 50), cleared=(25, 50))
    assert "tells nothing apart" in worth(guess, trials=500, cells=20, limit=0.1).why
    bounds = guess.e_bounds(tally(250, 250, claim=guess), 0.1, 20.0)
    assert (bounds.lower, bounds.upper) == (0.0, 1.0)


def test_a_judge_worse_than_guessing_claims_nothing_false() -> None:
    """It says 0 of what is 1: without the second half-space its silence would pass for innocence."""
    turned = Judged(caught=(5, 100), cleared=(10, 100))
    assert turned.e_bounds(tally(50, 950, claim=turned), 0.05, 20.0).upper > 0.9


def test_worth_follows_the_widths() -> None:
    claim = Judged(caught=(475, 500), cleared=(490, 500))
    many, single = worth(claim, trials=2000, cells=20, limit=0.1), worth(claim, trials=2000, cells=1, limit=0.1)
    assert many.why == ""
    assert many.labels == 50
    assert many.judged < many.alone
    assert "worth less than its labels" in single.why
    assert single.judged >= single.alone


def test_an_own_look_is_exact_and_an_interval_narrows() -> None:
    assert alone(5, 100, 0.05).lower == pytest.approx(float(lower_rate(5, 100, 0.025)))
    assert alone(0, 0, 0.05) == (0.0, 1.0)
    few, many = interval(Seen(50, 500), Seen(45, 50), Seen(47, 50), 0.05), interval(Seen(500, 5000), Seen(450, 500), Seen(470, 500), 0.05)
    assert many.upper - many.lower < (few.upper - few.lower) / 1.5


def test_labels_and_limits_that_are_none_are_refused() -> None:
    with pytest.raises(LossError, match="«caught»"):
        Judged(caught=(3, 2), cleared=(1, 1))
    with pytest.raises(LossError, match="«limit»"):
        GOOD.e(tally(1, 1), 1.0)
