"""What each mitigation is, read off its row of the matrix: a function of claims that stand, never of numbers alone.

Absence of evidence is never "no loss": a mitigation is a gain only where its guard cells are shown no worse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from keepstone.core.cell import Role
from keepstone.core.result import Effect, Row

KINDS = ("trade-off", "harmful", "synergy", "one-sided gain", "no effect", "inconclusive")
HALVES = ("safety", "security")


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
    kind, side, why = _kind([effect for effect in effects if effect.pair.about["block"] in HALVES])
    return Row(mitigation=name, kind=kind, side=side, better=better, worse=worse, dominated=dominated, why=why)


def _kind(effects: Sequence[Effect]) -> tuple[str, str, str]:
    """Kind, helped half and reason, from the effects on both halves. Usefulness is shown beside them and decides nothing."""
    helped = {effect.pair.about["block"] for effect in effects if effect.direction == "better"}
    if any(effect.direction == "worse" for effect in effects):
        return ("trade-off", "", "Better in some cells and worse in others.") if helped else ("harmful", "", "Worse somewhere, better nowhere.")
    if helped:
        return _gain(helped, effects)
    if effects and all(effect.direction == "no_worse" for effect in effects):
        return "no effect", "", "Shown no worse by the margin in every cell, and better in none."
    return "inconclusive", "", _open([effect for effect in effects if effect.direction not in ("better", "no_worse")])


def _gain(helped: set[str], effects: Sequence[Effect]) -> tuple[str, str, str]:
    """A gain, if the guard cells are shown no worse: all of them for a synergy, those of the other half for a one-sided gain."""
    side = "" if len(helped) == len(HALVES) else next(iter(helped))
    guards = [effect for effect in effects if effect.pair.about["guard"] and effect.pair.about["block"] != side]
    unshown = [effect for effect in guards if effect.direction not in ("better", "no_worse")]
    if unshown:
        return "inconclusive", "", _open(unshown)
    if not side:
        return "synergy", "", "Better on both halves, and shown no worse on every guard cell."
    return "one-sided gain", side, f"Better on {side}, and shown no worse on every guard cell of the other half."


def _open(effects: Sequence[Effect]) -> str:
    names = sorted({effect.pair.about["column"] for effect in effects})
    return f"Not shown no worse on {len(names)} cell(s): {', '.join(names[:3])}{' …' if len(names) > 3 else ''}." if names else "Nothing was measured."


def _dominated(name: str, losses: Mapping[str, Mapping[str, float]]) -> bool:
    """Whether another mitigation, or none at all (an effect of 0 everywhere), is at least as good everywhere and better somewhere."""
    mine = losses[name]
    if not mine:
        return False
    others = [other for key, other in losses.items() if key != name and other.keys() >= mine.keys()] + [dict.fromkeys(mine, 0.0)]
    return any(all(other[column] <= mine[column] for column in mine) and any(other[column] < mine[column] for column in mine) for other in others)
