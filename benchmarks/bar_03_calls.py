"""Bar 3: calls to one verdict in the sequential design, and the power that five looks cost on a finite set.

Floor: log(1 / error) / KL(rate, limit), which no test that looks after every trial can beat on average. Peers: a fixed number of trials by somebody who was
told the rate, and the bounds of Hoeffding and of empirical Bernstein kept valid at all times (Howard et al. 2021; Waudby-Smith and Ramdas 2024). Ours and
the peers but one are exact, by recursion over the number of losses; empirical Bernstein depends on the order of losses and is simulated.
Oracle: online-fdr, whose e-BH and e-processes must claim the same (`oracle_online_fdr.py`).
"""

from __future__ import annotations

import sys
from math import ceil, inf, log, nan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from printing import show, verdict

from keepstone.stats.allocation import divergence
from keepstone.stats.betting import Bets, rate_stakes
from keepstone.stats.exact import binomial_fail, binomial_pass
from keepstone.stats.tally import looks

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ALPHA = 0.05
LIMITS = (0.01, 0.05, 0.1)
RATES = (0.0, 0.2, 0.5, 1.5, 2.0, 3.0)  # multiples of the limit
FAR = 0.5  # a rate
SETS = (2731, 1400, 1000, 710, 150, 79)
LEVELS = (0.05, 0.0069, 0.00075)


class Edges(NamedTuple):
    """After each trial: PASS with at most this many losses, FAIL with at least this many."""

    most: Floats
    least: Floats


class Run(NamedTuple):
    """How a run ends."""

    trials: float
    passed: float
    failed: float


def edges(passes: Callable[[int, int], bool], fails: Callable[[int, int], bool], trials: int) -> Edges:
    """Follow both edges trial by trial; each moves by at most a few losses at a time."""
    most, least = np.full(trials + 1, -1.0), np.full(trials + 1, inf)
    low, high = -1, 1
    for n in range(1, trials + 1):
        while low + 1 <= n and passes(low + 1, n):
            low += 1
        while low >= 0 and not passes(low, n):
            low -= 1
        while not fails(high, n) and high <= n:
            high += 1
        while high > 0 and fails(high - 1, n):
            high -= 1
        most[n], least[n] = low, high if high <= n else inf
    return Edges(most, least)


def ours(limit: float, trials: int) -> Edges:
    """Return the edges of the betting e-process."""
    below, above = rate_stakes(limit)
    mark = log(1 / ALPHA)
    return edges(_reaches(below, limit, mark), _reaches(above, limit, mark), trials)


def _reaches(bets: Bets, limit: float, mark: float) -> Callable[[int, int], bool]:
    sign = 1.0 if bets.over else -1.0
    lost, kept = np.log1p(np.array(bets.stakes) * sign * (1 - limit)), np.log1p(-np.array(bets.stakes) * sign * limit)
    lost = np.maximum(lost, -1e3)  # a bet of everything: one loss ends it
    weights = np.log(bets.weights)

    def reaches(k: int, n: int) -> bool:
        logs = weights + k * lost + (n - k) * kept
        top = logs.max()
        return bool(top + log(np.exp(logs - top).sum()) >= mark)

    return reaches


def hoeffding(limit: float, trials: int, aimed: float) -> Edges:
    """Return the edges of the normal mixture for sums of trials in [0, 1], tuned to be tightest at `aimed` trials."""
    rho = aimed / 4 / (2 * log(1 / ALPHA) + log(1 + 2 * log(1 / ALPHA)))
    n = np.arange(trials + 1)
    v = n / 4 + rho
    reach = np.sqrt(v * (2 * log(1 / ALPHA) + np.log(v / rho)))
    low, high = np.floor(n * limit - reach), np.ceil(n * limit + reach)
    return Edges(np.where(low >= 0, low, -1), np.where(high <= n, high, inf))


def follow(edge: Edges, rate: float) -> Run:
    """Return the mean number of trials and the chance of each end, exactly, within the trials that the edges cover."""
    alive, offset = np.array([1.0]), 0  # alive[i]: the chance of offset + i losses and no claim
    mean = passed = failed = 0.0
    for n in range(1, edge.most.size):
        mean += float(alive.sum())
        grown = np.zeros(alive.size + 1)
        grown[:-1] += alive * (1 - rate)
        grown[1:] += alive * rate
        k = offset + np.arange(grown.size)
        good, bad = k <= edge.most[n], k >= edge.least[n]
        passed, failed = passed + float(grown[good].sum()), failed + float(grown[bad].sum())
        grown[good | bad] = 0.0
        live = np.flatnonzero(grown > 1e-16)
        if not live.size or grown.sum() < 1e-10:
            return Run(mean, passed, failed)
        alive, offset = grown[live[0] : live[-1] + 1], offset + int(live[0])
    return Run(mean, passed, failed)


def fixed(rate: float, limit: float, power: float = 0.95) -> int:
    """Return the fewest trials, fixed by somebody who was told the rate, that give the verdict with this power."""
    n = 1
    while True:
        k = np.arange(n + 1)
        if rate < limit:
            ok = np.flatnonzero(binomial_pass(k, n, limit) <= ALPHA)
            chance = float(binomial_pass(ok[-1], n, rate)) if ok.size else 0.0
        else:
            ok = np.flatnonzero(binomial_fail(k, n, limit) <= ALPHA)
            chance = float(binomial_fail(ok[0], n, rate)) if ok.size else 0.0
        if chance >= power:
            return n
        n += max(1, n // 200)


def bernstein(rate: float, limit: float, trials: int, runs: int) -> float:
    """Return the mean trials of the predictable plug-in empirical Bernstein bounds (Waudby-Smith and Ramdas 2024, theorem 2), simulated."""
    rng = np.random.default_rng(3)
    x = (rng.random((runs, trials)) < rate).astype(np.float64)
    t = np.arange(1, trials + 1)
    mean = (0.5 + np.cumsum(x, axis=1)) / (t + 1)
    spread = (0.25 + np.cumsum((x - mean) ** 2, axis=1)) / (t + 1)
    before = np.hstack([np.full((runs, 1), 0.25), spread[:, :-1]])
    centre = np.hstack([np.full((runs, 1), 0.5), mean[:, :-1]])
    stake = np.minimum(np.sqrt(2 * log(1 / ALPHA) / (before * t * np.log1p(t))), 0.5)
    drift = np.cumsum(4 * (x - centre) ** 2 * (-np.log1p(-stake) - stake) / 4, axis=1)
    total = np.cumsum(stake, axis=1)
    middle, half = np.cumsum(stake * x, axis=1) / total, (log(1 / ALPHA) + drift) / total
    stops = (middle + half <= limit) | (middle - half >= limit)
    first = np.where(stops.any(axis=1), stops.argmax(axis=1) + 1, trials)
    return float(first.mean())


def calls(limit: float, *, fast: bool) -> tuple[list[list[object]], float, float, tuple[float, float]]:
    """Return the rows of the table, the worst ratio, the ratio at the far rate, and the exact chances of a wrong PASS and FAIL at the limit."""
    edge = ours(limit, ceil(400 / limit))
    rows: list[list[object]] = []
    ratios = []
    for rate in (*(multiple * limit for multiple in RATES), FAR):
        floor = log(1 / ALPHA) / divergence(rate, limit)
        got = follow(edge, rate)
        cap = ceil(30 * floor) + 200
        peer = follow(hoeffding(limit, ceil(200 * floor) + 20_000, 10 * floor), rate).trials if not fast else nan
        simulated = bernstein(rate, limit, min(cap, 40_000), 20 if cap > 5000 else 100) if not fast else nan
        ratios.append(got.trials / floor)
        rows.append([f"{rate:.3g}", floor, got.trials, ratios[-1], fixed(rate, limit) / floor, peer / floor, simulated / floor])
    null = follow(edge, limit)
    return rows, max(ratios[:-1]), ratios[-1], (null.passed, null.failed)


def cost_of_looks(n: int, limit: float, level: float) -> tuple[float, float]:
    """Return the most power that five looks lose against one, over all rates, for PASS and for FAIL; exact."""
    plan = looks(n)
    rates = np.concatenate([np.linspace(0, 2.5 * limit, 51), np.linspace(2.5 * limit, 1, 26)[1:]])
    ends = [end for end, _ in plan]
    k = np.arange(n + 1)
    lost = []
    for test in (binomial_pass, binomial_fail):
        stops = [test(np.arange(end + 1), end, limit) <= level * weight for end, weight in plan]
        one = test(k, n, limit) <= level
        worst = 0.0
        for rate in rates:
            single = float(_mass(n, rate)[one].sum())
            worst = max(worst, single - _several(ends, stops, float(rate)))
        lost.append(worst)
    return lost[0], lost[1]


def _mass(n: int, rate: float) -> Floats:
    cumulative = np.asarray(binomial_pass(np.arange(n + 1), n, min(max(rate, 1e-12), 1 - 1e-12)), dtype=np.float64)
    return np.diff(cumulative, prepend=0.0)


def _several(ends: list[int], stops: list[NDArray[np.bool_]], rate: float) -> float:
    alive, at, claimed = np.array([1.0]), 0, 0.0
    for end, stop in zip(ends, stops, strict=True):
        alive = np.convolve(alive, _mass(end - at, rate))
        claimed += float(alive[stop].sum())
        alive = np.where(stop, 0.0, alive)
        at = end
    return claimed


def agrees(*, fast: bool) -> bool:
    """Print how far our e-values and claims are from those of online-fdr; say whether they agree."""
    try:
        import oracle_online_fdr
    except ImportError:
        print("not judged  online-fdr is not here (make bench installs it)")
        return True
    return oracle_online_fdr.told(oracle_online_fdr.compared(fast=fast))


def main() -> int:
    """Print the tables."""
    fast = "--fast" in sys.argv
    met = []
    for limit in LIMITS:
        rows, worst, far, wrong = calls(limit, fast=fast)
        columns = ["rate", "floor", "calls", "/ floor", "fixed n, told / floor (power .95)", "Hoeffding / floor", "emp. Bernstein / floor"]
        show(f"Calls to a verdict, looking after every trial, limit {limit:g}, error {ALPHA:g}", columns, rows)
        print(f"exact chance at the limit of a wrong PASS {wrong[0]:.4f}, of a wrong FAIL {wrong[1]:.4f}, within {400 / limit:.0f} trials")
        met += [
            verdict(f"limit {limit:g}: calls / floor, worst of p = 0 to 3 L", worst, 1.5, unit=" x"),
            verdict(f"limit {limit:g}: calls / floor at p = .5", far, 1.8, unit=" x"),
            verdict(f"limit {limit:g}: wrong PASS", wrong[0], ALPHA),
            verdict(f"limit {limit:g}: wrong FAIL", wrong[1], ALPHA),
        ]
    rows = []
    sets = SETS[2:] if fast else SETS
    for n in sets:
        for limit in (0.05, 0.1, 0.2):
            rows.append([n, limit, *(100 * max(cost_of_looks(n, limit, level)) for level in LEVELS)])
    show("Power that looks cost against the exact one-look test, worst rate, points", ["items", "limit", *(f"level {level:g}" for level in LEVELS)], rows)
    met.append(verdict("power lost by five looks", max(float(str(cost)) for row in rows for cost in row[2:]), 8.0, unit=" points"))
    met.append(agrees(fast=fast))
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
