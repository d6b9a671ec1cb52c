"""The three sentences that matter most. Each rests on a named, paired effect that was shown; where none was, none is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from keepstone.core.cell import Role
from keepstone.govern.document import Sentence
from keepstone.govern.wording import brief

if TYPE_CHECKING:
    from keepstone.core.result import Effect, Measured, Row


def sentences(measured: Measured, mitigations: Sequence[Row], names: Mapping[str, str]) -> tuple[Sentence, ...]:
    """Say what intent adds, which flaw opens a door, and what the most telling mitigation buys and costs."""
    found = [_intent(measured.effects), _door(measured.effects), _fix(mitigations, names)]
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
    chance = brief(effect.pair.against.arm.condition).removesuffix(", retried") + ("" if tries == "1" else f", the worst of {tries} blind tries")
    text = (
        f"Intent adds to chance: {_of(effect)}, {_percent(effect.of_mean)} {brief(effect.pair.of.metric)}; by chance ({chance}), "
        f"{_percent(effect.against_mean)}. At least {_per_thousand(effect.estimate.lower)} in 1\u00a0000 more."
    )
    return Sentence(text=text, rests_on=effect.pair.id)


def _door(effects: Sequence[Effect]) -> Sentence | None:
    effect = _largest([one for one in effects if one.pair.about.get("telling")], Role.EXPOSED_BY_FLAW)
    if effect is None or effect.estimate is None:
        return None
    text = (
        f"A safety flaw is an open door: with {effect.pair.about['title']}, {_of(effect)} succeeds on {_percent(effect.of_mean)}, "
        f"without it on {_percent(effect.against_mean)}. At least {_per_thousand(effect.estimate.lower)} in 1\u00a0000 more."
    )
    return Sentence(text=text, rests_on=effect.pair.id)


def _harm(effects: Sequence[Effect]) -> Sentence | None:
    effect = _largest([one for one in effects if one.pair.against is not None], Role.ATTACK_HARM)
    if effect is None or effect.estimate is None:
        return None
    text = (
        f"A breach becomes harm: {_of(effect)} takes {brief(effect.pair.of.metric)} from {_percent(effect.against_mean)} to {_percent(effect.of_mean)}. "
        f"At least {_per_thousand(effect.estimate.lower)} in 1\u00a0000 more."
    )
    return Sentence(text=text, rests_on=effect.pair.id)


def _fix(mitigations: Sequence[Row], names: Mapping[str, str]) -> Sentence | None:
    """The mitigation with the largest shown gain on a guard cell, and the largest thing it was shown to cost."""
    halves = [(_gain(effect), row, effect) for row in mitigations for effect in row.better if effect.pair.about["block"] != "usefulness"]
    gains = [one for one in halves if one[2].pair.about["guard"]] or halves
    if not gains:
        return None
    gain, row, effect = max(gains, key=lambda one: one[0])
    name = names.get(row.mitigation, effect.pair.of.arm.mitigation.title)
    text = f"{name[:1].upper()}{name[1:]} ({row.kind}): at least {_per_thousand(gain)} in 1\u00a0000 fewer {_cell(effect)}"
    cost = max(row.worse, key=lambda one: one.estimate.lower if one.estimate else 0.0, default=None)
    if cost is not None and cost.estimate is not None:
        text += f"; at least {_per_thousand(cost.estimate.lower)} in 1\u00a0000 more {_cell(cost)}"
    return Sentence(text=f"{text}.", rests_on=effect.pair.id)


def _gain(effect: Effect) -> float:
    return -effect.estimate.upper if effect.estimate else 0.0


def _of(effect: Effect) -> str:
    return brief(effect.pair.of.arm.condition)


def _cell(effect: Effect) -> str:
    return f"{brief(effect.pair.of.metric)} ({brief(effect.pair.of.arm.condition)})"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _per_thousand(share: float) -> str:
    """People per 1 000, never more than what was shown."""
    return f"{int(1000 * share):d}"
