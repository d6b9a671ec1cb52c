"""From looks to claims: which criteria stand as PASS or FAIL, which effects stand, and at which level intervals are shown.

Two families, each at its alpha: the verdicts (K = the number of cells, since exactly one of "under the limit" and "at or over
it" is true in each) and the effects (K = two nulls an effect). STATISTICS of the house: docs/statistics.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from keepstone.core.cell import Design, Held, Pair, Plan
from keepstone.core.claim import Bounds, Look, Sides
from keepstone.stats import discovery

if TYPE_CHECKING:
    from keepstone.core.claim import Claim

NULLS = 2  # most nulls of one effect that are true together: of worse, better and no worse by the margin


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """The evidence for one criterion: e-values, and p-values in the design "all items"."""

    e_pass: float
    e_fail: float


@dataclass(frozen=True)
class Standing:
    """Which claims of the verdict family stand.

    Attributes:
        weighed: Per finding, its e-values as they entered e-BH.
        passed: Findings whose PASS stands.
        failed: Findings whose FAIL stands.
        level: The p-value level (all items) or e-value threshold (sequential) at which intervals are shown.
    """

    weighed: Mapping[str, Weighed] = field(default_factory=dict)
    passed: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    level: float = 0.0

    def decided(self, finding: str) -> bool:
        """Whether a claim stands for it."""
        return finding in self.passed or finding in self.failed


@dataclass(frozen=True, kw_only=True)
class Family:
    """The verdict family of a plan."""

    held: tuple[Held, ...]
    alpha: float
    design: Design
    _known: dict[tuple[str, int], Weighed] = field(default_factory=dict, compare=False, repr=False)

    @property
    def size(self) -> int:
        """Number of cells."""
        return max(1, len(self.held))

    @property
    def critical_level(self) -> float:
        """Family-wise level of a critical criterion: alpha shared by all of them."""
        return self.alpha / max(1, sum(held.critical for held in self.held))

    def judge(self, looks: Mapping[str, Sequence[Look]], lost: frozenset[str]) -> Standing:
        """Weigh every cell that is not lost to an error, let floors and critical limits bite, and let e-BH decide."""
        raw = {held.id: self._weigh(held, looks.get(held.cell.id, ()), lost) for held in self.held}
        weighed = {held.id: self._floored(held, raw) for held in self.held}
        values = np.array([[weighed[held.id].e_pass, weighed[held.id].e_fail] for held in self.held], dtype=np.float64).reshape(-1, 2)
        stands = np.asarray(discovery.e_bh(values.ravel(), self.size, self.alpha)).reshape(-1, 2)
        claimed = int(stands.sum())
        passed = frozenset(held.id for held, row in zip(self.held, stands, strict=True) if row[0])
        failed = frozenset(held.id for held, row in zip(self.held, stands, strict=True) if row[1])
        return Standing(weighed, passed, failed, shown_level(self.design, claimed, self.size, self.alpha))

    def _weigh(self, held: Held, looks: Sequence[Look], lost: frozenset[str]) -> Weighed:
        if not looks or held.cell.id in lost:
            return Weighed(e_pass=0.0, e_fail=0.0)
        key = (held.id, len(looks))  # looks are only ever added
        if key not in self._known:
            self._known[key] = self._evidence(held, looks)
        return self._known[key]

    def _evidence(self, held: Held, looks: Sequence[Look]) -> Weighed:
        claim = held.cell.claim
        if self.design is Design.ALL_ITEMS:
            p = _both(looks, lambda seen: claim.p(seen, held.limit))
            e_pass, e_fail = (discovery.graded_e(value, self.size, self.alpha) for value in (p.pass_, p.fail))
            if held.critical:
                e_pass, e_fail = (discovery.critical_cap(*one, self.critical_level) for one in ((e_pass, p.pass_), (e_fail, p.fail)))
        else:
            e_pass, e_fail = _both(looks, lambda seen: claim.e(seen[-1].tally, held.limit))
            if held.critical:
                e_pass, e_fail = (discovery.critical_cap(one, 1 / max(one, 1e-300), self.critical_level) for one in (e_pass, e_fail))
        return Weighed(e_pass=0.0 if held.provisional else e_pass, e_fail=e_fail)

    def _floored(self, held: Held, raw: Mapping[str, Weighed]) -> Weighed:
        """A criterion with a floor of usefulness passes only with it: the least e-value of both; never where the floor itself can't be decided."""
        own = raw[held.id]
        if not held.floor:
            return own
        floor = raw[held.floor].e_pass if held.floor in raw else 0.0
        return Weighed(e_pass=min(own.e_pass, floor), e_fail=own.e_fail)

    def bounds(self, held: Held, looks: Sequence[Look], standing: Standing) -> Bounds:
        """The interval of a cell, from the same evidence and at the same level as its verdict."""
        level = standing.level
        if held.critical:
            level = min(level, self.critical_level) if self.design is Design.ALL_ITEMS else max(level, 1 / self.critical_level)
        return _bounds(held.cell.claim, looks, self.design, held.limit, level)


def verdict_family(plan: Plan, failed_controls: frozenset[str] = frozenset()) -> Family:
    """The criteria that can be decided and whose probe works."""
    held = tuple(one for one in plan.held if one.decidable and one.probe.id not in failed_controls)
    return Family(held=held, alpha=plan.alpha, design=plan.design)


def spared(looks: Sequence[Look]) -> Sequence[Look]:
    """The looks with trials that broke counted the best way, where they only widen the bounds: what FAIL and "worse" must stand on."""
    if not looks or looks[-1].spared is None:
        return looks
    return [Look(weight=one.weight, tally=one.tally if one.spared is None else one.spared) for one in looks]


def _both(looks: Sequence[Look], read: Callable[[Sequence[Look]], Sides]) -> Sides:
    """PASS with trials that broke counted the worst way, FAIL with them counted the best way."""
    worst, best = read(looks), spared(looks)
    return worst if best is looks else Sides(worst.pass_, read(best).fail)


def _bounds(claim: Claim, looks: Sequence[Look], design: Design, limit: float, level: float) -> Bounds:
    """The upper bound with trials that broke counted the worst way, the lower one with them counted the best way."""

    def read(seen: Sequence[Look]) -> Bounds:
        return claim.bounds(seen, limit, level) if design is Design.ALL_ITEMS else claim.e_bounds(seen[-1].tally, limit, level)

    best = spared(looks)
    return read(looks) if best is looks else Bounds(read(best).lower, read(looks).upper)


def shown_level(design: Design, claimed: int, family: int, alpha: float) -> float:
    """The level of all intervals of a family with so many claims standing."""
    if design is Design.ALL_ITEMS:
        return discovery.level(claimed, family, alpha)
    return family / (alpha * max(claimed, 1))


@dataclass(frozen=True, kw_only=True)
class EffectStanding:
    """Which claims of the effect family stand: per pair "worse", "better", "no_worse" or "inconclusive"."""

    direction: Mapping[str, str]
    weighed: Mapping[str, Weighed]
    claimed: int
    level: float


Three: TypeAlias = "tuple[float, float, float]"
"""E-values of worse, better, no worse."""


def judge_effects(
    pairs: Sequence[Pair], looks: Mapping[str, Sequence[Look]], design: Design, alpha: float, known: MutableMapping[tuple[str, int], Three] | None = None
) -> EffectStanding:
    """Weigh three claims for each effect: worse, better, no worse by the margin; e-BH over all of them, K counted over all pairs of the plan.

    What is in `known`, by pair and number of looks, is not weighed again: looks are only ever added.
    """
    seen = [pair for pair in pairs if looks.get(pair.id)]
    family = NULLS * len(pairs)
    if not seen:
        return EffectStanding(direction={}, weighed={}, claimed=0, level=0.0)
    known = {} if known is None else known
    for pair in seen:
        key = (pair.id, len(looks[pair.id]))
        if key not in known:
            known[key] = _three(pair, looks[pair.id], design, family, alpha)
    values = np.array([known[pair.id, len(looks[pair.id])] for pair in seen])
    stands = np.asarray(discovery.e_bh(values.ravel(), family, alpha)).reshape(-1, 3)
    direction = {pair.id: _direction(row) for pair, row in zip(seen, stands, strict=True)}
    weighed = {pair.id: Weighed(e_pass=float(row[2]), e_fail=float(row[0])) for pair, row in zip(seen, values, strict=True)}
    claimed = int(stands.sum())
    return EffectStanding(direction=direction, weighed=weighed, claimed=claimed, level=shown_level(design, claimed, family, alpha))


def _three(pair: Pair, looks: Sequence[Look], design: Design, family: int, alpha: float) -> Three:
    best = spared(looks)
    if design is Design.ALL_ITEMS:
        p = pair.claim.p_effect((looks[-1],), pair.margin)  # effects are looked at once, over all items
        worse = p.worse if best is looks else pair.claim.p_effect((best[-1],), pair.margin).worse
        return discovery.graded_e(worse, family, alpha), discovery.graded_e(p.better, family, alpha), discovery.graded_e(p.no_worse, family, alpha)
    e = pair.claim.e_effect(looks[-1].tally, pair.margin)
    return e.worse if best is looks else pair.claim.e_effect(best[-1].tally, pair.margin).worse, e.better, e.no_worse


def _direction(row: np.ndarray) -> str:
    if row[0]:
        return "worse"
    return "better" if row[1] else "no_worse" if row[2] else "inconclusive"


def effect_bounds(pair: Pair, looks: Sequence[Look], design: Design, level: float) -> Bounds:
    """The interval of an effect, at the family's level."""
    return _bounds(pair.claim, looks[-1:], design, pair.margin, level)
