"""Does a verdict keep its error rate, on this machine, with this code? Systems whose rates are known go through the real engine many times.

*Null* runs hold every criterion where one of its two verdicts would be wrong and is as easy to get wrong as can be: PASS exactly at the limit, FAIL a
hair below it. At most alpha of these runs may hold any wrong verdict. *Mixed* runs hold planted criteria as well, clearly under or over their limits: the
mean share of wrong claims is at most alpha, among verdicts and among comparisons, and what was planted is found.

The battery has what real ones have: single rates, graded losses, the largest gap of groups, a weak ward searched on other rows, rows that belong to
one person, criteria that share items, paired comparisons (docs/statistics.md; Wang and Ramdas 2022 on e-BH).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv

from keepstone.core.cell import Arm, Cell, Design, Held, Pair, Plan, Role
from keepstone.core.origin import Area
from keepstone.core.probe import Probe
from keepstone.core.result import Verdict
from keepstone.core.risk import Risk
from keepstone.core.system import Affected, Harm, HarmKind, Property
from keepstone.core.trial import Trials
from keepstone.lifecycle import inventory
from keepstone.lifecycle.simulated import SURE, WARDS, Rates, Simulated
from keepstone.measure.executors.local import InProcess
from keepstone.measure.judge import judge
from keepstone.measure.play import play
from keepstone.measure.run import run
from keepstone.measure.shelf import KeptShelf
from keepstone.stats.chance import seed_of
from keepstone.stats.claims import Difference

if TYPE_CHECKING:
    from keepstone.core.part import Metric
    from keepstone.core.result import Measured

SCHEMA = "keepstone/selfcheck/1"
ALPHA, LIMIT, GAP, MARGIN = 0.05, 0.2, 0.15, 0.1
HAIR = 1e-9
TRIALS = 360
LOUD = 0.35  # a planted gap
LEVEL = 0.05  # of each side of a shown interval
FOUND = 0.9
HARM = Harm(name="none", title="none: the system is simulated", to=Affected.PEOPLE, kind=HarmKind.PHYSICAL, severity=1)


@dataclass(frozen=True, kw_only=True)
class Truth:
    """A criterion or a comparison whose truth is known.

    Attributes:
        kind: What kind it is: "rate", "graded", "gap", "searched", "clustered", "paired".
        wrong: Claims that would be wrong.
        planted: The claim that should be found, or "".
    """

    kind: str
    wrong: frozenset[str]
    planted: str = ""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What one battery claimed.

    Attributes:
        verdicts: How many verdicts were claimed, and the kinds of those that were wrong.
        effects: The same of comparisons.
        planted: Per kind, how many were planted and how many found.
    """

    verdicts: tuple[int, tuple[str, ...]]
    effects: tuple[int, tuple[str, ...]]
    planted: Mapping[str, tuple[int, int]]


@dataclass
class Counted:
    """What came out of many runs.

    Attributes:
        runs: How many.
        bad: Runs with any wrong verdict.
        shares: Of each run, the share of wrong claims among its verdicts.
        effects: The same among its comparisons.
        planted: Per kind, how many were planted and how many found.
        wrong: Per kind, how many claims were wrong.
    """

    runs: int = 0
    bad: int = 0
    shares: list[float] = field(default_factory=list)
    effects: list[float] = field(default_factory=list)
    planted: dict[str, tuple[int, int]] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)

    def add(self, said: Said) -> None:
        """Add a run."""
        self.runs += 1
        self.bad += bool(said.verdicts[1])
        for shares, (claims, wrong) in ((self.shares, said.verdicts), (self.effects, said.effects)):
            shares.append(len(wrong) / max(1, claims))
            for kind in wrong:
                self.wrong[kind] = self.wrong.get(kind, 0) + 1
        for kind, (planted, found) in said.planted.items():
            before = self.planted.get(kind, (0, 0))
            self.planted[kind] = (before[0] + planted, before[1] + found)


def selfcheck(runs: int, *, seed: int = 7, workers: int = 1, on_run: Callable[[int], None] | None = None) -> dict[str, object]:
    """Run null and mixed batteries and count wrong claims.

    Args:
        runs: How many of each.
        seed: Of all randomness.
        workers: Processes; they change the time and nothing else.
        on_run: Called after every run with the number of runs done, of twice `runs`.

    Returns:
        Plain values: what was run, the share of runs with a wrong claim and of wrong claims with an interval, what was found, and whether it holds.
    """
    null, mixed = Counted(), Counted()
    wanted = [(seed, at, planted) for at in range(runs) for planted in (False, True)]
    for done, ((_seed, _at, planted), said) in enumerate(zip(wanted, _made(wanted, workers), strict=True), 1):
        (mixed if planted else null).add(said)
        if on_run is not None:
            on_run(done)
    return _document(runs, seed, null, mixed)


def _made(wanted: list[tuple[int, int, bool]], workers: int) -> Iterator[Said]:
    """Play batteries, in the order asked."""
    if workers < 2:
        yield from map(_battery, wanted)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_battery, wanted, chunksize=1)


# ---- one battery ----


def _battery(address: tuple[int, int, bool]) -> Said:
    """Play one battery: one in four gathers its evidence sequentially."""
    seed, at, planted = address
    own = seed_of(seed, "selfcheck", at, planted)
    criteria, pairs = list(_criteria(own, planted=planted)), list(_pairs(planted=planted))
    design = Design.SEQUENTIAL if at % 4 == 3 else Design.ALL_ITEMS
    plan = Plan(seed=own, alpha=ALPHA, design=design, held=tuple(one for one, _ in criteria), pairs=tuple(pair for pair, _ in pairs))
    truths = {one.id: truth for one, truth in criteria} | {pair.id: truth for pair, truth in pairs}
    return _said(truths, judge(run(plan, InProcess(KeptShelf())), {}))


def _criteria(seed: int, *, planted: bool) -> Iterator[tuple[Held, Truth]]:
    """Ten criteria that no claim should be made of on one side; eight more that one should be made of, where some are planted."""
    parts = _Parts()
    for side, rate in (("pass", LIMIT), ("fail", LIMIT - HAIR)):
        wrong = frozenset({side})
        luck = 0 if side == "pass" else 1
        yield _held(side, Rates(a=rate, b=rate, luck=luck), parts.error, LIMIT), Truth(kind="rate", wrong=wrong)
        yield _held(side, Rates(a=rate, b=rate, luck=luck), parts.brier, _graded(LIMIT)), Truth(kind="graded", wrong=wrong)
        gap = GAP if side == "pass" else GAP - HAIR
        yield _held(side, Rates(a=LIMIT + gap, b=LIMIT, luck=2 + luck), parts.gap, GAP), Truth(kind="gap", wrong=wrong)
        yield (
            _held(side, Rates(a=rate, b=rate, luck=4 + luck), parts.within(_worst(seed, Rates(a=rate, b=rate, luck=4 + luck))), LIMIT),
            Truth(kind="searched", wrong=wrong),
        )
        yield _held(side, Rates(a=rate, b=rate, luck=6 + luck), parts.error, LIMIT, target=CLUSTERED), Truth(kind="clustered", wrong=wrong)
    if planted:
        yield from _planted(parts)


def _planted(parts: _Parts) -> Iterator[tuple[Held, Truth]]:
    for found, rate in (("pass", 0.4 * LIMIT), ("fail", 2.2 * LIMIT)):
        wrong = frozenset({"fail" if found == "pass" else "pass"})
        rates = Rates(a=rate, b=rate, luck=8)
        yield _held(found, rates, parts.error, LIMIT), Truth(kind="rate", wrong=wrong, planted=found)
        yield _held(found, rates, parts.brier, _graded(LIMIT)), Truth(kind="graded", wrong=wrong, planted=found)
        yield _held(found, rates, parts.error, LIMIT, target=CLUSTERED), Truth(kind="clustered", wrong=wrong, planted=found)
    yield _held("fail", Rates(a=LIMIT + 1.3 * LOUD, b=LIMIT, luck=9), parts.gap, GAP), Truth(kind="gap", wrong=frozenset({"pass"}), planted="fail")


def _pairs(*, planted: bool) -> Iterator[tuple[Pair, Truth]]:
    """Two arms of one rate, by different luck; two that differ by the margin; and, planted, two that differ plainly."""
    yield _pair("same", LIMIT, LIMIT), Truth(kind="paired", wrong=frozenset({"worse", "better"}))
    yield _pair("margin", LIMIT + MARGIN, LIMIT), Truth(kind="paired", wrong=frozenset({"better", "no_worse"}))
    if planted:
        yield _pair("plain", 2.2 * LIMIT, LIMIT), Truth(kind="paired", wrong=frozenset({"better", "no_worse"}), planted="worse")


class _Parts:
    """The real metrics."""

    def __init__(self) -> None:
        self.error: Metric = inventory.part("metric", "error")()
        self.brier: Metric = inventory.part("metric", "brier")()
        self.gap: Metric = inventory.part("metric", "gap")(of="error", attribute="side", groups=("a", "b"))

    def within(self, ward: str) -> Metric:
        """Wrong decisions in one ward."""
        found: Metric = inventory.part("metric", "within")(inner=self.error, label="searched", column="group:ward", value=ward)
        return found


PLAIN, CLUSTERED = Simulated(TRIALS), Simulated(3 * TRIALS, rows_a_unit=3)


def _graded(rate: float) -> float:
    """The mean square error of the score at a rate of wrong answers."""
    return float((1 - rate) * SURE[0] ** 2 + rate * SURE[1] ** 2)


def _worst(seed: int, rates: Rates) -> str:
    """The ward with the most wrong answers on rows that nothing is claimed on."""
    searched = Rates(a=rates.a, b=rates.b, luck=rates.luck, stream="search")
    outcome = play(PLAIN, Arm(PLAIN, searched, inventory.part("mitigation", "none")()), Trials(seed, "search", 0, TRIALS), KeptShelf())
    truth, flagged, ward = (np.asarray(outcome.columns[name]) for name in ("truth", "flagged", "group:ward"))
    wrong = np.asarray(truth != flagged)
    return max((f"w{k}" for k in range(WARDS)), key=lambda name: float(np.mean(wrong[ward == name])))


def _held(word: str, rates: Rates, metric: Metric, limit: float, *, target: Simulated = PLAIN) -> Held:
    risk = Risk(id="robustness.simulated", title="simulated", area=Area.ROBUSTNESS, source=rates.origin, harm=HARM, asset="function", loses=Property.INTEGRITY)
    probe = Probe(risk=risk, condition=rates, metric=metric, limit=limit)
    cell = Cell(_arm(rates, target), metric)
    return Held(id=f"{word}.{target.id}.{cell.id}", cell=cell, probe=probe, limit=limit, adopted={"set_by": "selfcheck"})


def _arm(rates: Rates, target: Simulated) -> Arm:
    return Arm(target, rates, inventory.part("mitigation", "none")(), unit=target.rows_a_unit)  # an arm is named by condition, mitigation and unit


def _pair(word: str, of: float, against: float) -> Pair:
    metric = inventory.part("metric", "error")()
    one, other = (Cell(_arm(Rates(a=rate, b=rate, luck=luck), PLAIN), metric) for rate, luck in ((of, 10), (against, 11)))
    return Pair(id=f"pair.{word}", role=Role.MITIGATION, of=one, against=other, margin=MARGIN, claim=Difference())


# ---- counting ----


def _said(truths: Mapping[str, Truth], measured: Measured) -> Said:
    """Hold what was claimed against what is true."""
    verdicts = {one.held.id: one.verdict.value for one in measured.findings if one.verdict in {Verdict.PASS, Verdict.FAIL}}
    effects = {one.pair.id: one.direction for one in measured.effects if one.direction in {"worse", "better", "no_worse"}}
    planted: dict[str, tuple[int, int]] = {}
    for name, truth in truths.items():
        if truth.planted:
            before = planted.get(truth.kind, (0, 0))
            planted[truth.kind] = (before[0] + 1, before[1] + ({**verdicts, **effects}.get(name) == truth.planted))

    def counted(said: Mapping[str, str]) -> tuple[int, tuple[str, ...]]:
        return len(said), tuple(truths[name].kind for name, claim in said.items() if claim in truths[name].wrong)

    return Said(verdicts=counted(verdicts), effects=counted(effects), planted=planted)


def _document(runs: int, seed: int, null: Counted, mixed: Counted) -> dict[str, object]:
    from keepstone.lifecycle.assess import code_digest

    low, high = interval(null.bad, null.runs)
    planted, found = (sum(both[at] for both in mixed.planted.values()) for at in (0, 1))
    shares = {"verdicts": mixed.shares, "effects": null.effects + mixed.effects}
    kept = all(float(np.mean(one)) <= ALPHA + 2 * _error(one) for one in shares.values())
    kinds = sorted({*null.wrong, *mixed.wrong})
    return {
        "schema": SCHEMA,
        "seed": seed,
        "alpha": ALPHA,
        "runs": runs,
        "code": code_digest(),
        "null": {"runs": null.runs, "wrong_runs": null.bad, "share": null.bad / null.runs, "lower": low, "upper": high},
        "wrong_share": {name: {"runs": len(one), "mean": float(np.mean(one)), "error": _error(one)} for name, one in shares.items()},
        "wrong": {kind: null.wrong.get(kind, 0) + mixed.wrong.get(kind, 0) for kind in kinds},
        "planted": {kind: {"planted": both[0], "found": both[1]} for kind, both in sorted(mixed.planted.items())},
        "found": found / planted,
        "holds": low <= ALPHA and kept and found >= FOUND * planted,
    }


def interval(k: int, n: int, *, level: float = LEVEL) -> tuple[float, float]:
    """The exact interval of a share, each side at `level` (Clopper and Pearson 1934).

    >>> [round(bound, 3) for bound in interval(1, 40)]
    [0.001, 0.113]
    """
    low = float(betaincinv(k, n - k + 1, level)) if k else 0.0
    high = float(betaincinv(k + 1, n - k, 1 - level)) if k < n else 1.0
    return low, high


def _error(shares: list[float]) -> float:
    """Standard error of a mean."""
    return float(np.std(shares) / np.sqrt(len(shares)))
