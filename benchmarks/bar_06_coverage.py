"""Bar 6: how often the one-sided bounds of every claim miss the truth, and whether verdict and interval agree in every cell.

Each claim is drawn again and again at a truth that is known; runs with looks stop where a claim at the limit first stands, as the engine does. Floor: a
bound that misses exactly as often as its level allows. Peer: the bounds that most reports show, mean +- z standard errors.
"""

from __future__ import annotations

import sys
from math import ceil, sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from printing import show, verdict
from scipy.special import ndtri

from keepstone.core.claim import NOT_COUNTED, UNIT, Bounds, Claim, Look
from keepstone.stats.claims import Advantage, Both, Difference, Gap, Mean
from keepstone.stats.tally import FRACTIONS, WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Block = NDArray[np.int16]

LEVEL = 0.05
Z = float(-ndtri(LEVEL))


class Setting(NamedTuple):
    """A claim, how its losses are drawn, its truth, the limit, and how it is run."""

    name: str
    claim: Claim
    draw: Callable[[np.random.Generator], Block]
    truth: float
    limit: float
    run: str  # "once", "looks" or "in turn"


def rate(p: float, n: int) -> Callable[[np.random.Generator], Block]:
    """0/1 losses."""
    return lambda rng: np.where(rng.random((n, 1)) < p, UNIT, 0).astype(np.int16)


def clustered(n: int) -> Callable[[np.random.Generator], Block]:
    """The mean loss of units of 1, 2 or 4 rows that go wrong together; its mean is .1."""

    def draw(rng: np.random.Generator) -> Block:
        size, p = rng.choice([1, 2, 4], n), rng.beta(0.3, 2.7, n)
        return np.asarray(UNIT * rng.binomial(size, p) // size, dtype=np.int16)[:, None]

    return draw


def signs(more: float, less: float, n: int) -> Callable[[np.random.Generator], Block]:
    """Paired differences of 0/1 losses."""

    def draw(rng: np.random.Generator) -> Block:
        u = rng.random((n, 1))
        return np.where(u < more, UNIT, np.where(u > 1 - less, -UNIT, 0)).astype(np.int16)

    return draw


def between(n: int) -> Callable[[np.random.Generator], Block]:
    """Paired differences between -1 and 1, with the mean .02."""
    return lambda rng: np.where(rng.random((n, 1)) < 0.6, 200, -250).astype(np.int16)


def groups(rates: tuple[float, ...], shares: tuple[float, ...], n: int, *, real: bool = False) -> Callable[[np.random.Generator], Block]:
    """Losses of groups, 0 or 1; where `real`, a loss is .5 or 1, so that means are three quarters of the rates."""

    def draw(rng: np.random.Generator) -> Block:
        of = rng.choice(len(rates), n, p=shares)
        size = rng.choice([500, UNIT], n) if real else UNIT
        block = np.full((n, len(rates)), NOT_COUNTED, dtype=np.int16)
        block[np.arange(n), of] = np.where(rng.random(n) < np.array(rates)[of], size, 0)
        return block

    return draw


def hits(n: int) -> Callable[[np.random.Generator], Block]:
    """Members and others at two thresholds; the hit rate at 10 % alarms is .3 on this curve."""

    def draw(rng: np.random.Generator) -> Block:
        member = rng.random(n) < 0.5
        u = rng.random(n)
        block = np.full((n, 4), NOT_COUNTED, dtype=np.int16)
        for part, (who, rate_) in enumerate(((member, 0.36), (~member, 0.15), (member, 0.2), (~member, 0.05))):
            block[who, part] = np.where(u[who] < rate_, UNIT, 0)
        return block

    return draw


FOUR = (0.1, 0.1, 0.1, 0.3)
SETTINGS = (
    Setting("mean, rare", Mean(), rate(0.02, 150), 0.02, 0.05, "once"),
    Setting("mean, five looks", Mean(), rate(0.1, 700), 0.1, 0.1, "looks"),
    Setting("mean of units, betting", Mean(real=True), clustered(400), 0.1, 0.1, "looks"),
    Setting("mean, in turn", Mean(), rate(0.1, 400), 0.1, 0.1, "in turn"),
    Setting("gap of two groups", Gap(), groups((0.35, 0.2), (0.4, 0.6), 400), 0.15, 0.15, "looks"),
    Setting("gap of four groups", Gap(), groups(FOUR, (0.25,) * 4, 500), 0.2, 0.2, "once"),
    Setting("gap, betting", Gap(), groups((0.4, 0.2), (0.4, 0.6), 400, real=True), 0.15, 0.15, "looks"),
    Setting("advantage", Advantage(), groups((0.3, 0.2), (0.3, 0.7), 400), 0.1, 0.1, "looks"),
    Setting("advantage, betting in turn", Advantage(), groups((0.4, 0.2), (0.5, 0.5), 400, real=True), 0.15, 0.15, "in turn"),
    Setting("pairs", Difference(), signs(0.06, 0.03, 500), 0.03, 0.03, "looks"),
    Setting("pairs, no difference", Difference(), signs(0.01, 0.01, 500), 0.0, 0.03, "once"),
    Setting("pairs, betting", Difference(), between(300), 0.02, 0.02, "looks"),
    Setting("pairs, in turn", Difference(), signs(0.06, 0.03, 400), 0.03, 0.03, "in turn"),
    Setting("hits at few alarms", Both(f=0.1), hits(600), 0.3, 0.3, "once"),
)


def bounds(setting: Setting, losses: Block, level: float = LEVEL) -> tuple[Bounds, bool]:
    """Run once, stopping where a claim at the limit first stands; return the bounds then, and whether verdict and bounds agree."""
    claim, limit = setting.claim, setting.limit
    if setting.run == "in turn":
        tally, step = claim.tally(losses[:16]), 16
        while len(losses) > step and max(claim.e(tally, limit)) < 1 / level:
            tally = claim.add(tally, claim.tally(losses[step : step + 16]))
            step += 16
        found, e = claim.e_bounds(tally, limit, 1 / level), claim.e(tally, limit)
        return found, ((found.upper <= limit), (found.lower >= limit)) == (e.pass_ >= 1 / level, e.fail >= 1 / level)
    plan = zip(FRACTIONS, WEIGHTS, strict=True) if setting.run == "looks" else [(1.0, 1.0)]
    seen: list[Look] = []
    sides = None
    for fraction, weight in plan:
        seen.append(Look(weight=weight, tally=claim.tally(losses[: ceil(len(losses) * fraction)])))
        sides = claim.p(seen, limit)
        if min(sides) <= level:
            break
    assert sides is not None
    found = claim.bounds(seen, limit, level)
    return found, ((found.upper <= limit), (found.lower >= limit)) == (sides.pass_ <= level, sides.fail <= level)


def usual(setting: Setting, losses: Block) -> Bounds:
    """Return the mean +- z standard errors, of all the trials; of the largest gap, as if it had been named beforehand."""
    claim = setting.claim
    tally = claim.tally(losses)
    centre = claim.mean(tally)
    if isinstance(claim, Both):
        return Bounds(0.0, 1.0)
    variance = 0.0
    parts = [losses[losses[:, part] != NOT_COUNTED, part] / UNIT for part in range(losses.shape[1])]
    if isinstance(claim, Gap) and len(parts) > 2:
        worst = claim.worst(tally)
        parts = [parts[worst], np.concatenate([part for index, part in enumerate(parts) if index != worst])]
    for part in parts:
        variance += float(part.var()) / max(part.size, 1)
    return Bounds(centre - Z * sqrt(variance), centre + Z * sqrt(variance))


def main() -> int:
    """Print the table."""
    runs = 200 if "--fast" in sys.argv else 2000
    margin = 2 * sqrt(LEVEL * (1 - LEVEL) / runs)
    rows: list[list[object]] = []
    worst, disagree, cells = 0.0, 0, 0
    for setting in SETTINGS:
        rng = np.random.default_rng([6, *setting.name.encode()])
        missed, peer, width = np.zeros(2), np.zeros(2), 0.0
        for _ in range(runs):
            losses = setting.draw(rng)
            found, agree = bounds(setting, losses)
            naive = usual(setting, losses)
            missed += [found.lower >= setting.truth, found.upper <= setting.truth]  # at the limit itself: a wrong claim
            peer += [naive.lower > setting.truth, naive.upper < setting.truth]
            width += found.upper - found.lower
            disagree += not agree
            cells += 1
        low, high = missed / runs
        worst = max(worst, low, high)
        beside = ["-", "-"] if isinstance(setting.claim, Both) else [f"{share:.3f}" for share in peer / runs]
        rows.append([setting.name, setting.run, setting.truth, f"{low:.3f}", f"{high:.3f}", width / runs, *beside])
    columns = ["claim", "run", "truth", "lower misses", "upper misses", "width", "mean + z se: lower", "upper"]
    show(f"Share of bounds that miss the truth, {runs} runs each, level {LEVEL:g} on either side (floor)", columns, rows)
    met = [
        verdict("worst share of misses", worst, LEVEL + margin),
        verdict(f"verdict and interval disagree, of {cells} cells", disagree, 0),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
