"""Bar 5, the half that is statistics: wrong claims in null batteries, false shares in mixed ones, hostile peeks, planted faults. At the level of losses.

A battery has plain, composite (group gaps), searched (a slice found on one half, claimed on the other), clustered (units of several rows), small and
membership cells, which share their items and move together or against each other, and beside them a family of paired effects. In a null battery every
quantity lies where a claim is wrong: half of the cells exactly on their limit (PASS is wrong), half a hair below it (FAIL is wrong).

Peer: each cell alone at the same error, as tools without any control of false discoveries do.
"""

from __future__ import annotations

import sys
from math import ceil, log
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from printing import show, verdict
from scipy.special import logsumexp, ndtri

from keepstone.core.claim import NOT_COUNTED, UNIT, Claim, Look, Sides
from keepstone.stats.betting import rate_stakes
from keepstone.stats.claims import Advantage, Both, Difference, Gap, Mean, looks
from keepstone.stats.discovery import e_bh, graded_e, graded_level
from keepstone.stats.exact import binomial_fail, over_samples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Block = NDArray[np.int16]
    Floats = NDArray[np.float64]

ALPHA = 0.05
ITEMS = 1600
HAIR = 1e-6
MARGIN = 0.03
PLAIN = 40
LIMITS = (0.05, 0.1, 0.2)


class Cell(NamedTuple):
    """A claim, its losses, its limit, and which of its two claims is wrong."""

    claim: Claim
    losses: Block
    limit: float
    wrong: str


class World:
    """One draw of the items, which every cell shares."""

    def __init__(self, rng: np.random.Generator) -> None:
        """Draw what the cells have in common."""
        self.rng = rng
        self.common = rng.normal(size=ITEMS)

    def lost(self, rate: float | Floats, sign: float) -> NDArray[np.bool_]:
        """Return which items a cell loses: with this chance, moving with the common part or against it."""
        own = self.rng.normal(size=ITEMS)
        return np.asarray(sign * 0.7 * self.common + np.sqrt(0.51) * own < ndtri(np.clip(rate, 1e-12, 1)))


def plain(world: World, rate: float, limit: float, sign: float) -> Cell:
    """0/1 losses of all items."""
    return Cell(Mean(), np.where(world.lost(rate, sign), UNIT, 0).astype(np.int16)[:, None], limit, "")


def small(world: World, rate: float, limit: float, sign: float) -> Cell:
    """0/1 losses of about 150 items."""
    cell = plain(world, rate, limit, sign)
    counts = world.rng.random((ITEMS, 1)) < 150 / ITEMS
    return cell._replace(losses=np.where(counts, cell.losses, NOT_COUNTED).astype(np.int16))


def clustered(world: World, rate: float, limit: float, sign: float) -> Cell:
    """The mean loss of units of four rows that go wrong together."""
    total = sum(world.lost(rate, sign).astype(np.int64) for _ in range(4))
    return Cell(Mean(real=True), (UNIT * np.asarray(total) // 4).astype(np.int16)[:, None], limit, "")


def composite(world: World, gap: float, limit: float, sign: float) -> Cell:
    """Two groups with this gap."""
    first = world.rng.random(ITEMS) < 0.4
    lost = world.lost(np.where(first, 0.2 + gap, 0.2), sign)
    block = np.full((ITEMS, 2), NOT_COUNTED, dtype=np.int16)
    block[first, 0], block[~first, 1] = np.where(lost[first], UNIT, 0), np.where(lost[~first], UNIT, 0)
    return Cell(Gap(), block, limit, "")


def searched(world: World, rate: float, limit: float, sign: float) -> Cell:
    """The worst of 30 slices on one half, claimed on the other."""
    lost, half = world.lost(rate, sign), world.rng.random(ITEMS) < 0.5
    slices = world.rng.random((30, ITEMS)) < 0.15
    found = max(slices, key=lambda one: float(lost[one & half].mean()))
    block = np.full((ITEMS, 1), NOT_COUNTED, dtype=np.int16)
    claimed = found & ~half
    block[claimed, 0] = np.where(lost[claimed], UNIT, 0)
    return Cell(Mean(), block, limit, "")


def members(world: World, rate: float, limit: float, sign: float) -> Cell:
    """Hits among members at the threshold with exactly the alarms allowed."""
    member = world.rng.random(ITEMS) < 0.5
    lost = world.lost(np.where(member, rate, 0.05), sign)
    block = np.full((ITEMS, 4), NOT_COUNTED, dtype=np.int16)
    for part, who in enumerate((member, ~member, member, ~member)):
        block[who, part] = np.where(lost[who], UNIT, 0)
    return Cell(Both(f=0.05), block, limit, "")


KINDS = ((plain, PLAIN), (small, 8), (clustered, 8), (composite, 4), (searched, 8), (members, 4))


def battery(world: World, true: float) -> list[Cell]:
    """Return the cells; a share `true` of them lies far off the limit, on its good side or its bad one."""
    cells = []
    for kind, number in KINDS:
        for index in range(number):
            limit = 0.15 if kind is composite else LIMITS[index % 3]
            off, sign = world.rng.random() < true, 1.0 if index % 4 < 2 else -1.0
            if index % 2 == 0:
                quantity, wrong = (1.8 * limit, "pass") if off else (limit, "pass")
            else:
                quantity, wrong = (0.4 * limit, "fail") if off else (limit - HAIR, "fail")
            cells.append(kind(world, quantity, limit, sign)._replace(wrong=wrong))
    return cells


def effects(world: World, true: float) -> Iterator[tuple[Block, float, float]]:
    """Give paired differences, their true means and their margins. Without any true one, no arm differs and no margin is granted."""
    for index in range(24):
        mean, margin = (MARGIN if index % 2 else 0.0, MARGIN) if true else (0.0, 0.0)
        if world.rng.random() < true:
            mean += float(world.rng.choice([-0.03, 0.05]))
        share = 0.04 + abs(mean)
        u = world.rng.random((ITEMS, 1))
        more = (share + mean) / 2
        yield np.where(u < more, UNIT, np.where(u < share, -UNIT, 0)).astype(np.int16), mean, margin


def p_values(cell: Cell) -> Sides:
    """Return the p-values once all items are in; what stood at an earlier look stands in them too, since they only fall."""
    return cell.claim.p([Look(weight=weight, tally=cell.claim.tally(cell.losses[:end])) for end, weight in looks(ITEMS)], cell.limit)


class Count(NamedTuple):
    """What one run claimed: wrong and all, of the verdicts, of the effects, and of each cell judged alone."""

    verdicts: tuple[int, int]
    effects: tuple[int, int]
    alone: tuple[int, int]


def run(seed: int, true: float) -> Count:
    """Judge one battery."""
    world = World(np.random.default_rng([5, seed, int(100 * true)]))
    cells = battery(world, true)
    p = np.array([p_values(cell) for cell in cells])
    wrong = np.array([[cell.wrong == "pass", cell.wrong == "fail"] for cell in cells])
    e = np.array([[graded_e(float(one), len(cells), ALPHA) for one in row] for row in p])
    stands = e_bh(e.ravel(), len(cells), ALPHA).reshape(-1, 2)
    alone = p <= ALPHA
    drawn = list(effects(world, true))
    claim = Difference()
    three = np.array([claim.p_effect([Look(weight=1.0, tally=claim.tally(losses))], margin) for losses, _, margin in drawn])
    false = np.array([[mean <= 0, mean >= 0, mean >= margin] for _, mean, margin in drawn])
    graded = np.array([[graded_e(float(one), 2 * len(drawn), ALPHA) for one in row] for row in three])
    shown = e_bh(graded.ravel(), 2 * len(drawn), ALPHA).reshape(-1, 3)
    return Count(*((int((mask & bad).sum()), int(mask.sum())) for mask, bad in ((stands, wrong), (shown, false), (alone, wrong))))


def peeked(seed: int, rule: int) -> bool:
    """Run the sequential design in lockstep under a hostile rule that sees every cell and freezes those it likes; say whether a wrong claim ever stood.

    Rules: 0 stops nobody; 1 freezes a cell as soon as its wrong e-value is over 2; 2 freezes all cells over 1.5 as soon as a tenth of them are.
    """
    world = World(np.random.default_rng([55, seed]))
    limit = np.array([LIMITS[index % 3] for index in range(PLAIN)])
    lost = np.array([world.lost(float(rate), 1.0 if index % 4 < 2 else -1.0) for index, rate in enumerate(limit)])
    ends = np.arange(20, ITEMS + 1, 20)
    k = np.cumsum(lost, axis=1)[:, ends - 1]
    logs = np.empty((PLAIN, ends.size))
    for index in range(PLAIN):
        bets = rate_stakes(float(limit[index]))[index % 2]
        sign = 1.0 if bets.over else -1.0
        with np.errstate(divide="ignore"):
            up, down = np.log(np.maximum(1 + sign * np.array(bets.stakes) * (1 - limit[index]), 0)), np.log1p(-sign * np.array(bets.stakes) * limit[index])
        with np.errstate(invalid="ignore"):
            each = np.where(k[index][:, None] > 0, k[index][:, None] * up, 0.0) + (ends - k[index])[:, None] * down
        logs[index] = logsumexp(each + np.log(bets.weights), axis=1)
    frozen, value = np.zeros(PLAIN, dtype=np.bool_), np.zeros(PLAIN)
    for block in range(ends.size):
        value = np.where(frozen, value, logs[:, block])
        if e_bh(np.exp(value), PLAIN, ALPHA).any():
            return True
        liked = value > log(2.0 if rule == 1 else 1.5)
        if rule == 1 or (rule == 2 and liked.mean() > 0.1):
            frozen |= liked
    return False


def planted(name: str, rng: np.random.Generator) -> tuple[float, float]:
    """Return the p-value that the engine has for a planted fault, and that of an exact test that was told the fault."""
    if name == "slice of 150 rows, 30 points worse":
        inside = rng.permutation(2731) < 150
        lost = rng.random(2731) < np.where(inside, 0.45, 0.15)
        half = rng.random(2731) < 0.5
        candidates = np.vstack([inside, rng.random((59, 2731)) < 150 / 2731])
        score = [(lost[one & half].mean() - lost[half].mean()) * np.sqrt((one & half).sum()) for one in candidates]
        told = _one_sided(lost & ~half, inside & ~half, ~inside & ~half)
        found = [_one_sided(lost & ~half, candidates[index] & ~half, ~candidates[index] & ~half) for index in np.argsort(score)[-5:]]
        return min(found), told
    if name == "TPR gap of 25 points, limit 10 (400 and 310)":
        k = rng.binomial([400, 310], [0.2, 0.45])
        block = np.full((710, 2), NOT_COUNTED, dtype=np.int16)
        block[:400, 0], block[400:, 1] = np.where(np.arange(400) < k[0], UNIT, 0), np.where(np.arange(310) < k[1], UNIT, 0)
        told = over_samples(int(k[1]), int(k[0]), (310, 400), 0.1).p(0.1)
        return Gap().p([Look(weight=1.0, tally=Gap().tally(block))], 0.1).fail, told
    if name == "labels flipped: 5 points more errors, paired":
        more, less, same = rng.multinomial(2731, [0.09, 0.04, 0.87])
        losses = np.repeat([UNIT, -UNIT, 0], [more, less, same]).astype(np.int16)[:, None]
        p = Difference().p_effect([Look(weight=1.0, tally=Difference().tally(losses))], MARGIN).worse
        return p, float(binomial_fail(more, more + less, 0.5))
    k, n = rng.binomial([500, 500], [0.3, 0.02]), 500
    block = np.full((1000, 2), NOT_COUNTED, dtype=np.int16)
    block[:n, 0], block[n:, 1] = np.where(np.arange(n) < k[0], UNIT, 0), np.where(np.arange(n) < k[1], UNIT, 0)
    return Advantage().p([Look(weight=1.0, tally=Advantage().tally(block))], 0.1).fail, float(binomial_fail(int(k[0]), n, 0.12))


def _one_sided(lost: NDArray[np.bool_], inside: NDArray[np.bool_], outside: NDArray[np.bool_]) -> float:
    return over_samples(int(lost[inside].sum()), int(lost[outside].sum()), (int(inside.sum()), int(outside.sum())), 0.0).p(0.0)


FAULTS = (
    "slice of 150 rows, 30 points worse",
    "TPR gap of 25 points, limit 10 (400 and 310)",
    "labels flipped: 5 points more errors, paired",
    "memorised rows: advantage 28 points, limit 10",
)


def batteries(runs: int) -> list[bool]:
    """Print the share of wrong claims; say which bars are met."""
    rows: list[list[object]] = []
    bars: list[tuple[str, float, float]] = []
    for name, true in (("null", 0.0), ("mixed, half of the cells off", 0.5), ("mixed, a tenth off", 0.1)):
        counts = [run(seed, true) for seed in range(runs if true == 0 else ceil(runs / 2))]
        for family in ("verdicts", "effects", "alone"):
            found = np.array([getattr(count, family) for count in counts])
            share = float((found[:, 0] / np.maximum(found[:, 1], 1)).mean())
            rows.append([name, family, len(counts), int((found[:, 0] > 0).sum()), share, float(found[:, 1].mean())])
            if family != "alone" and true:
                bars.append((f"{name}, {family}: mean false share", share, ALPHA))
        if not true:
            wrong = sum(count.verdicts[0] + count.effects[0] > 0 for count in counts)
            bars.append((f"null runs with a wrong claim in either family, of {runs}", wrong, 10 * runs / 200))
    show("Wrong claims; «alone» is each cell by itself at 5 %", ["battery", "family", "runs", "with a wrong claim", "mean false share", "claims a run"], rows)
    return [verdict(*bar) for bar in bars]


def peeks(runs: int) -> list[bool]:
    """Print what hostile rules reach; say whether the bar is met."""
    rows = [[rule, sum(peeked(seed, rule) for seed in range(runs))] for rule in range(3)]
    show(f"Sequential design in lockstep, hostile rule, {runs} null runs", ["rule", "runs in which a wrong claim ever stood"], rows)
    return [verdict("worst rule", max(count for _, count in rows), 10 * runs / 200)]


def faults(times: int) -> list[bool]:
    """Print which planted faults are found; say which bars are met."""
    rows: list[list[object]] = []
    short = []
    for index, name in enumerate(FAULTS):
        p = np.array([planted(name, np.random.default_rng([555, index, seed])) for seed in range(times)])
        for where, level in (("half of 80 stand", graded_level(40, 80, ALPHA)), ("first claim of 80", graded_level(1, 80, ALPHA))):
            found, told = (100 * (p <= level).mean(axis=0)).tolist()
            rows.append([name, where, level, found, told])
            short.append(min(90 - found, told - found - 5))
    show(f"Planted faults found, {times} runs each, %", ["fault", "family", "level", "found", "exact test that was told"], rows)
    return [verdict("worst fault: short of 90 % and of the told test less 5 points", max(0.0, *short), 0, unit=" points")]


def main() -> int:
    """Print the tables."""
    runs, times = (20, 20) if "--fast" in sys.argv else (200, 100)
    return 0 if all([*batteries(runs), *peeks(runs), *faults(times)]) else 1


if __name__ == "__main__":
    sys.exit(main())
