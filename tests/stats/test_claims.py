"""Every claim: verdict and interval agree in every cell, with p-values at looks and with e-values; a wrong claim is rare."""

from __future__ import annotations

from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.core.claim import NOT_COUNTED, Bounds, Claim, Look, Sides
from keepstone.stats.claims import Advantage, Both, Difference, Gap, Mean
from keepstone.stats.tally import FRACTIONS, WEIGHTS

if TYPE_CHECKING:
    from keepstone.core.claim import Losses

RNG = np.random.default_rng


def cumulative(claim: Claim, losses: Losses) -> list[Look]:
    ends = [(ceil(len(losses) * fraction), weight) for fraction, weight in zip(FRACTIONS, WEIGHTS, strict=True)]
    return [Look(weight=weight, tally=claim.tally(losses[:end])) for end, weight in ends]


def groups(rng: np.random.Generator, n: int, parts: int, *, real: bool) -> Losses:
    block = np.full((n, parts), NOT_COUNTED, dtype=np.int16)
    rates = rng.random() * 0.5 + rng.normal(0, 0.1, parts)
    of = rng.integers(0, parts, n)
    hit = rng.random(n) < rates[of]
    block[np.arange(n), of] = np.where(hit, rng.integers(400, 1001, n) if real else 1000, 0)
    return block


def draw(name: str, rng: np.random.Generator) -> tuple[Claim, Losses, float]:
    """A random claim, its losses and its limit; limits fall on round numbers and between them."""
    n = int(rng.integers(20, 600))
    limit = float(rng.choice([0.05, 0.1, 0.2, 0.07, 1 / 3, float(rng.random() * 0.4 + 0.01)]))
    around = float(rng.choice([limit, 0.0, -limit]))
    rare = np.where(rng.random((n, 1)) < limit * rng.choice([0, 0.5, 1, 1.7]), 1000, 0)
    spread = np.rint(np.minimum(rng.random((n, 1)) * limit * rng.choice([0.5, 2, 4]), 1) * 1000)
    u, q = rng.random((n, 1)), rng.random(2) * 0.2
    signs = np.where(u < q[0], 1000, np.where(u > 1 - q[1], -1000, 0))
    noise = np.rint(np.clip(rng.normal(rng.normal(0, 0.1), 0.2, (n, 1)), -1, 1) * 1000)
    parts = int(rng.integers(2, 5))
    kinds: dict[str, tuple[Claim, np.ndarray, float]] = {
        "mean": (Mean(), rare, limit),
        "real mean": (Mean(real=True), spread, limit),
        "difference": (Difference(), signs, around / 3),
        "real difference": (Difference(real=True), noise, limit / 2),
        "both": (Both(f=0.1), np.where(rng.random((n, 4)) < rng.random(4) * 0.3, 1000, 0), limit),
        "gap": (Gap(), groups(rng, n, parts, real=False), limit),
        "real gap": (Gap(real=True), groups(rng, n, 2, real=True), limit),
        "advantage": (Advantage(), groups(rng, n, 2, real=False), around),
        "real advantage": (Advantage(real=True), groups(rng, n, 2, real=True), around),
    }
    claim, losses, at = kinds[name]
    return claim, losses.astype(np.int16), at


KINDS = {
    "mean": 400, "real mean": 60, "difference": 60, "real difference": 40, "both": 200, "gap": 12, "real gap": 3, "advantage": 25, "real advantage": 3,
}  # fmt: skip


def agrees(bounds: Bounds, sides: Sides, limit: float, level: float) -> bool:
    return (bounds.upper <= limit) == (sides.pass_ <= level) and (bounds.lower >= limit) == (sides.fail <= level)


@pytest.mark.parametrize("name", KINDS)
def test_verdict_and_interval_agree(name: str) -> None:
    rng = RNG(list(name.encode()))
    for _ in range(KINDS[name]):
        claim, losses, limit = draw(name, rng)
        seen = cumulative(claim, losses)
        seen = seen[: int(rng.integers(1, len(seen) + 1))]
        level = float(rng.choice([0.0007, 0.01, 0.05, 0.15]))
        bounds = claim.bounds(seen, limit, level)
        assert agrees(bounds, claim.p(seen, limit), limit, level)
        assert bounds.lower <= bounds.upper or name == "both", "rates drawn at random at two thresholds need not lie on one curve"
        e, e_bounds = claim.e(seen[-1].tally, limit), claim.e_bounds(seen[-1].tally, limit, 1 / level)
        assert (e_bounds.upper <= limit) == (e.pass_ >= 1 / level * (1 - 1e-12))
        assert (e_bounds.lower >= limit) == (e.fail >= 1 / level * (1 - 1e-12))


@pytest.mark.parametrize("name", KINDS)
def test_bounds_widen_as_the_level_falls(name: str) -> None:
    claim, losses, limit = draw(name, RNG(4))
    seen = cumulative(claim, losses)
    found = [claim.bounds(seen, limit, level) for level in (0.2, 0.02, 0.002)]
    assert all(wide.lower <= tight.lower + 2e-4 and tight.upper <= wide.upper + 2e-4 for tight, wide in pairwise(found))


@pytest.mark.parametrize("name", ["difference", "real difference", "advantage", "real advantage"])
def test_one_interval_agrees_with_every_claim_about_an_effect(name: str) -> None:
    rng = RNG(list(name.encode()))
    for _ in range(KINDS[name]):
        claim, losses, _ = draw(name, rng)
        assert isinstance(claim, Difference | Advantage)
        level, margin = float(rng.choice([0.001, 0.02, 0.1])), float(rng.choice([0.02, 0.05, 0.1]))
        seen = [Look(weight=1.0, tally=claim.tally(losses))]
        effects, bounds = claim.p_effect(seen, margin), claim.bounds(seen, margin, level)
        assert (bounds.lower >= 0, bounds.upper <= 0, bounds.upper <= margin) == tuple(p <= level for p in effects)
        e, e_bounds = claim.e_effect(seen[0].tally, margin), claim.e_bounds(seen[0].tally, margin, 1 / level)
        assert (e_bounds.lower >= 0, e_bounds.upper <= 0, e_bounds.upper <= margin) == tuple(one >= 1 / level * (1 - 1e-12) for one in e)


def at_the_limit(name: str, rng: np.random.Generator) -> tuple[Claim, Losses, float]:
    """Losses whose quantity lies exactly on the limit."""
    n = 240
    if name == "mean":
        return Mean(), np.where(rng.random((n, 1)) < 0.1, 1000, 0).astype(np.int16), 0.1
    if name == "difference":
        u = rng.random(n)
        return Difference(), np.where(u < 0.13, 1000, np.where(u > 0.95, -1000, 0)).astype(np.int16)[:, None], 0.08
    block = np.full((n, 2), NOT_COUNTED, dtype=np.int16)
    first = np.arange(n) % 3 == 0
    block[first, 0] = np.where(rng.random(first.sum()) < 0.35, 1000, 0)
    block[~first, 1] = np.where(rng.random((~first).sum()) < 0.2, 1000, 0)
    return (Gap() if name == "gap" else Advantage()), block, 0.15


@pytest.mark.parametrize(("name", "runs"), [("mean", 1500), ("difference", 200), ("gap", 80), ("advantage", 120)])
def test_wrong_claims_at_the_limit_are_rare(name: str, runs: int) -> None:
    rng = RNG(11)
    wrong = np.zeros(2)
    for _ in range(runs):
        claim, losses, limit = at_the_limit(name, rng)
        wrong += np.array(claim.p(cumulative(claim, losses), limit)) <= 0.1
    assert (wrong / runs <= 0.1 + 2.5 * np.sqrt(0.1 * 0.9 / runs)).all()
    assert wrong.max() > 0
