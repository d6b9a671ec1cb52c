"""What each mitigation is, read off its row of the matrix: a function of claims that stand, never of numbers alone.

Absence of evidence is never "no loss": a mitigation is a gain only where its guard cells are shown no worse. Usefulness is such a
guard: who hands every case to a person misses nothing and alarms nobody, and that is no synergy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from keepstone.core.cell import Role
from keepstone.core.result import Effect, Row

KINDS = ("trade-off", "harmful", "synergy", "one-sided gain", "no effect", "inconclusive")
HALVES = ("safety", "security")
BLOCKS = (*HALVES, "usefulness")
NAMED = 3  # cells named in a reason


def rows(effects: Sequence[Effect]) -> tuple[Row, ...]:
    """Read every mitigation's row, in the order of the plan."""
    by_name: dict[str, list[Effect]] = {}
    for effect in effects:
        if effect.pair.role is Role.MITIGATION:
            by_name.setdefault(effect.pair.about["mitigation"], []).append(effect)
    losses = {name: {effect.pair.about["column"]: effect.estimate.mean for effect in mine if effect.estimate} for name, mine in by_name.items()}
    return tuple(_row(name, mine, dominated=_dominated(name, losses)) for name, mine in by_name.items())


def _row(name: str, effects: Sequence[Effect], *, dominated: bool) -> Row:
    marked = [effect for effect in effects if effect.direction in ("better", "worse")]
    better = tuple(effect for effect in marked if effect.direction == "better")
    worse = tuple(effect for effect in marked if effect.direction == "worse")
    kind, side, why = _kind(effects)
    return Row(mitigation=name, kind=kind, side=side, better=better, worse=worse, dominated=dominated, why=why)


def _kind(effects: Sequence[Effect]) -> tuple[str, str, str]:
    """Kind, helped half and reason. Usefulness can't make a gain, and a loss of it is a loss like any other."""
    halves = [effect for effect in effects if effect.pair.about["block"] in HALVES]
    helped = {effect.pair.about["block"] for effect in halves if effect.direction == "better"}
    lost = [effect for effect in effects if effect.direction == "worse"]
    if lost:
        return _loss(helped, lost)
    if helped:
        return _gain(helped, effects)
    if {effect.pair.about["block"] for effect in halves} == set(HALVES) and all(effect.direction == "no_worse" for effect in halves):
        return "no effect", "", "Shown no worse by the margin in every cell of both halves, and better in none."
    return "inconclusive", "", _open([effect for effect in halves if effect.direction not in ("better", "no_worse")] or halves)


def _loss(helped: set[str], lost: Sequence[Effect]) -> tuple[str, str, str]:
    """A trade-off where something was gained, else harm."""
    where = " and ".join(block for block in BLOCKS if any(effect.pair.about["block"] == block for effect in lost))
    if not helped:
        return "harmful", "", f"Worse in {where}, better in neither half."
    gained = " and ".join(half for half in HALVES if half in helped)
    return "trade-off", "", f"Better in {gained}, worse in {where}."


def _gain(helped: set[str], effects: Sequence[Effect]) -> tuple[str, str, str]:
    """A gain, if the guard cells are shown no worse: all of them for a synergy; for a one-sided gain those of the other half and of usefulness."""
    side = "" if len(helped) == len(HALVES) else next(iter(helped))
    guards = [effect for effect in effects if effect.pair.about["guard"] and effect.pair.about["block"] != side]
    missing = [block for block in BLOCKS if block != side and not any(effect.pair.about["block"] == block for effect in guards)]
    unshown = [effect for effect in guards if effect.direction not in ("better", "no_worse")]
    if missing:
        return "inconclusive", "", f"Better on {' and '.join(sorted(helped))}, but no guard cell of {' and '.join(missing)} was asked in this run."
    if unshown:
        return "inconclusive", "", _open(unshown)
    if not side:
        return "synergy", "", "Better on both halves, and shown no worse on every guard cell, usefulness among them."
    return "one-sided gain", side, f"Better on {side}, and shown no worse on every guard cell of the other half and of usefulness."


def _open(effects: Sequence[Effect]) -> str:
    """What keeps it open: the cells in words, at most three."""
    names = list(dict.fromkeys(f"{effect.pair.of.metric.title}, {effect.pair.of.arm.condition.title}" for effect in effects))
    more = f"; and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"Not shown no worse: {'; '.join(names[:NAMED])}{more}." if names else "Nothing was measured."


def _dominated(name: str, losses: Mapping[str, Mapping[str, float]]) -> bool:
    """Whether another mitigation, or none at all (an effect of 0 everywhere), is observed at least as good everywhere and better somewhere.

    It compares numbers, not bounds, so it is a remark about this run and no claim.
    """
    mine = losses[name]
    if not mine:
        return False
    others = [other for key, other in losses.items() if key != name and other.keys() >= mine.keys()] + [dict.fromkeys(mine, 0.0)]
    return any(all(other[column] <= mine[column] for column in mine) and any(other[column] < mine[column] for column in mine) for other in others)
