"""What the verifier works out by hand: signatures as the standard says, tails, regions, bets and families."""

from __future__ import annotations

import importlib.util
import math
import pathlib
from fractions import Fraction
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from keepstone.core.claim import NOT_COUNTED
from keepstone.stats.judged import Judged

TOOL = pathlib.Path(__file__).parent.parent.parent / "tools" / "verify.py"


def loaded(path: pathlib.Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VERIFY: Any = loaded(TOOL)

VECTORS = [  # RFC 8032, section 7.1, tests 1 to 3: public key, message, signature
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize("vector", VECTORS)
def test_signatures_are_checked_by_hand_as_the_standard_says(vector: tuple[str, str, str]) -> None:
    public, message, signature = map(bytes.fromhex, vector)
    for check in (VERIFY.holds_by_hand, VERIFY.holds):
        assert check(public, message, signature)
        assert not check(public, message + b"!", signature)
        assert not check(public, message, signature[:-1] + bytes([signature[-1] ^ 1]))
        assert not check(public, message, signature[:-1])
        assert not check(bytes([public[0] ^ 1]) + public[1:], message, signature)


# Its statistics are right


@pytest.mark.parametrize(("k", "n", "p"), [(0, 10, 0.3), (3, 10, 0.3), (10, 10, 0.3), (11, 10, 0.3), (200, 300, 0.62), (2, 300, 0.01)])
def test_binomial_tails_are_sums(k: int, n: int, p: float) -> None:
    whole = sum(math.comb(n, j) * Fraction(p) ** j * (1 - Fraction(p)) ** (n - j) for j in range(k, n + 1))
    assert VERIFY.at_least(k, n, p) == pytest.approx(float(whole), rel=1e-9)


def outcomes(n: int, m: int, *, paired: bool) -> list[tuple[int, int]]:
    return [(x, y) for x in range(n + 1) for y in range(m + 1) if not paired or x + y <= n]


CASES = [  # up, down, sizes, the difference that T is ordered at, the one that is tested
    (4, 0, (5, 5), 0.0, 0.0),
    (5, 2, (8, 8), 0.1, 0.05),
    (3, 1, (7, 7), -0.2, -0.3),
    (6, 1, (9, 9), 0.05, 0.2),
]


@pytest.mark.parametrize("paired", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_a_p_value_is_the_largest_chance_of_what_is_as_extreme(case: tuple[int, int, tuple[int, int], float, float], *, paired: bool) -> None:
    x, y, (n, m), d0, theta = case
    region = VERIFY.Region(x, y, (n, m), d0, paired=paired)
    as_extreme = {(a, b) for a, b in outcomes(n, m, paired=paired) if region.score(a, b) >= region.score(x, y) - 1e-9}

    def chance(t: float) -> float:
        up = t + theta
        if paired:
            each = (math.comb(n, a) * math.comb(n - a, b) * up**a * t**b * max(1 - up - t, 0.0) ** (n - a - b) for a, b in as_extreme)
        else:
            each = (math.comb(n, a) * up**a * (1 - up) ** (n - a) * math.comb(m, b) * t**b * (1 - t) ** (m - b) for a, b in as_extreme)
        return math.fsum(each)

    low, high = max(0.0, -theta), (1 - theta) / (2 if paired else 1)
    largest = max(chance(low + (high - low) * k / 4000) for k in range(4001))
    assert region.p(theta, 1.0) == pytest.approx(largest, rel=2e-3)


def test_wealth_is_a_product_of_bets() -> None:
    sample, stake, theta = [(0.0, 3), (0.5, 2), (1.0, 1)], 0.4, 0.2
    by_hand = math.prod((1 + stake * (loss - theta)) ** times for loss, times in sample)
    assert VERIFY.wealth(sample, [stake], [1.0], theta, 0.0) == pytest.approx(by_hand)


def test_a_family_of_eighty_has_the_levels_that_are_published() -> None:
    family = VERIFY.Family(80, 0.05, sequential=False)
    assert (round(family.rung(20), 4), round(family.rung(40), 4)) == (0.0068, 0.0118)
    assert family.stands([80.0] * 20 + [76.0]) == [True] * 20 + [False]


def test_a_judged_rate_is_corrected_as_the_engine_does() -> None:
    """By the formulas written down again: the same p-values, on both sides, with replies that were not read."""
    chance = np.random.default_rng(8)
    for _repeat in range(30):
        ones, zeros = (int(n) for n in chance.integers(0, 60, size=2))
        claim = Judged(caught=(int(chance.binomial(ones, 0.8)), ones), cleared=(int(chance.binomial(zeros, 0.9)), zeros))
        said = np.where(chance.random((int(chance.integers(1, 90)), 1)) < chance.random(), 1000, 0) * np.ones((1, 3))
        unread = chance.random(len(said)) < 0.1
        said[unread] = (NOT_COUNTED, 1000, 0)
        losses = said.astype(np.int16)
        tally = claim.tally(losses)
        parts = [[None if loss == NOT_COUNTED else int(loss) for loss in losses[:, k]] for k in range(3)]
        sides = VERIFY.corrected({"caught": list(claim.caught), "cleared": list(claim.cleared)}, [(1.0, parts)], 0.1, wager=True)
        for limit in (0.05, 0.3, 0.9):
            e = claim.e(tally, limit)
            assert 1 / sides.high(limit, 1.0) == pytest.approx(e.pass_, rel=1e-6)
            assert 1 / sides.low(limit, 1.0) == pytest.approx(e.fail, rel=1e-6)
        if claim.counted(tally):
            assert sides.mean == pytest.approx(claim.mean(tally))
