"""The three sentences that matter most. Each rests on a named, paired effect that was shown; where none was, none is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from keepstone.core.cell import Role
from keepstone.govern.document import Sentence

if TYPE_CHECKING:
    from keepstone.core.result import Effect, Measured, Row


def sentences(measured: Measured, mitigations: Sequence[Row]) -> tuple[Sentence, ...]:
    """Say what intent adds, which flaw opens a door, and what the most telling mitigation buys and costs."""
    found = [_intent(measured.effects), _door(measured.effects), _fix(mitigations)]
    if found[1] is None:
        found[1] = _harm(measured.effects)
    return tuple(one for one in found if one is not None)


def _largest(effects: Sequence[Effect], role: Role, *, tries: str = "") -> Effect | None:
    shown = [
        effect
        for effect in effects
        if effect.pair.role is role and effect.direction == "worse" and effect.estimate and (not tries or effect.pair.about["tries"] != "1")
    ]
    return max(shown, key=lambda effect: effect.estimate.lower if effect.estimate else 0.0, default=None)


def _intent(effects: Sequence[Effect]) -> Sentence | None:
    effect = _largest(effects, Role.INTENT, tries="many") or _largest(effects, Role.INTENT)
    if effect is None or effect.estimate is None or effect.pair.against is None:
        return None
    tries = effect.pair.about["tries"]
    often = "at one try" if tries == "1" else f"at as many tries ({tries})"
    text = (
        f"On purpose beats by chance: {effect.pair.of.arm.condition.title} causes at least {100 * effect.estimate.lower:.0f} more "
        f"{effect.pair.of.metric.title} in 100 than {effect.pair.against.arm.condition.title} {often} "
        f"({100 * effect.of_mean:.0f} against {100 * effect.against_mean:.0f})."
    )
    return Sentence(text=text, rests_on=effect.pair.id)


def _door(effects: Sequence[Effect]) -> Sentence | None:
    effect = _largest(effects, Role.EXPOSED_BY_FLAW)
    if effect is None or effect.estimate is None:
        return None
    text = (
        f"A safety flaw is an open door: with {effect.pair.about['title']}, {effect.pair.of.arm.condition.title} succeeds "
        f"on {100 * effect.of_mean:.0f} in 100, without it on {100 * effect.against_mean:.0f} (difference {_interval(effect)})."
    )
    return Sentence(text=text, rests_on=effect.pair.id)


def _harm(effects: Sequence[Effect]) -> Sentence | None:
    effect = _largest(effects, Role.ATTACK_HARM)
    if effect is None or effect.estimate is None:
        return None
    text = (
        f"A breach becomes harm: {effect.pair.of.arm.condition.title} takes {effect.pair.of.metric.title} from {100 * effect.against_mean:.0f} "
        f"to {100 * effect.of_mean:.0f} in 100 (difference {_interval(effect)})."
    )
    return Sentence(text=text, rests_on=effect.pair.id)


def _fix(mitigations: Sequence[Row]) -> Sentence | None:
    """The mitigation with the largest shown gain, and the largest thing it was shown to cost."""
    best: tuple[float, Row, Effect] | None = None
    for row in mitigations:
        for effect in row.better:
            gain = -effect.estimate.upper if effect.estimate else 0.0
            if effect.pair.about["block"] != "usefulness" and (best is None or gain > best[0]):
                best = (gain, row, effect)
    if best is None:
        return None
    _gain, row, effect = best
    fix = effect.pair.of.arm.mitigation.title
    where = f"{effect.pair.of.metric.title}, {effect.pair.of.arm.condition.title}"
    text = f"{fix[:1].upper()}{fix[1:]} ({row.kind}) changes {where}, by {_interval(effect)} in 100"
    cost = max(row.worse, key=lambda one: one.estimate.lower if one.estimate else 0.0, default=None)
    if cost is not None and cost.estimate is not None:
        text += f", and costs: {cost.pair.of.metric.title}, {cost.pair.of.arm.condition.title}, {_interval(cost)}"
    return Sentence(text=f"{text}.", rests_on=effect.pair.id)


def _interval(effect: Effect) -> str:
    if effect.estimate is None:
        return "not measured"
    estimate = effect.estimate
    return f"{100 * estimate.mean:+.1f} [{100 * estimate.lower:+.1f}, {100 * estimate.upper:+.1f}]"
