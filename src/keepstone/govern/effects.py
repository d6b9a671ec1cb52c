"""The interplay in the result document: intent, attack harm, exposed flaws and the mitigation matrix."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypedDict, cast

from keepstone.core.cell import Role
from keepstone.core.origin import Side, side_of
from keepstone.govern import rows
from keepstone.govern.numbers import few, number
from keepstone.govern.wording import brief, in_brief

if TYPE_CHECKING:
    from keepstone.core.cell import Plan
    from keepstone.core.part import Threat
    from keepstone.core.result import Effect, Estimate, Row

PER = 1000
ROUND = 1e-6  # what is only the error of a float
NAMED = 3  # effects named in a sentence of what a mitigation buys or costs


class Held(TypedDict):
    """What the rows of all effects share."""

    id: str
    lower: float | None
    upper: float | None
    direction: rows.Direction
    why: str


class Paired(Held):
    """What the rows of effects with a margin share."""

    effect: float | None
    margin: float | None
    of: float | None
    against: float | None


def _of_role(effects: Sequence[Effect], role: Role) -> Iterator[Effect]:
    return (effect for effect in effects if effect.pair.role is role)


def _held(effect: Effect) -> Held:
    estimate = None if _hidden(effect) else effect.estimate
    return Held(
        id=effect.pair.id,
        lower=None if estimate is None else number(estimate.lower),
        upper=None if estimate is None else number(estimate.upper),
        direction=cast("rows.Direction", effect.direction),
        why=effect.why,
    )


def _hidden(effect: Effect) -> bool:
    """Whether either side speaks of too few people to be written down."""
    if effect.estimate is None:
        return False
    parts = [trials for _, trials, _ in effect.estimate.parts] if effect.pair.against is None else []
    return any(few(trials) for trials in (effect.estimate.trials, *parts))


def _paired(effect: Effect) -> Paired:
    hidden = _hidden(effect)
    return Paired(
        **_held(effect),
        effect=_mean(effect),
        margin=number(effect.pair.margin),
        of=None if hidden else number(effect.of_mean),
        against=None if hidden else number(effect.against_mean),
    )


def _mean(effect: Effect) -> float | None:
    return None if effect.estimate is None or _hidden(effect) else number(effect.estimate.mean)


def _trials(effect: Effect) -> int | None:
    return None if effect.estimate is None else effect.estimate.trials


def interplay(effects: Sequence[Effect]) -> tuple[rows.Interplay, ...]:
    """The marks of the matrix."""
    return tuple(
        rows.Interplay(
            mitigation=effect.pair.about["mitigation"],
            column=in_brief(effect.pair.of),
            condition=effect.pair.of.arm.condition.id,
            metric=effect.pair.of.metric.id,
            block=cast("rows.Block", effect.pair.about["block"]),
            aimed=str(getattr(effect.pair.of.arm.mitigation, "aimed", "")),
            affected=effect.pair.about["block"],
            trials=_trials(effect),
            guard=bool(effect.pair.about["guard"]),
            **_paired(effect),
        )
        for effect in _of_role(effects, Role.MITIGATION)
    )


def mitigations(effects: Sequence[Effect], found: Sequence[Row], names: Mapping[str, str]) -> tuple[rows.Mitigation, ...]:
    """What each mitigation is, buys and costs; `names` are those that the system gives them."""
    parts = {effect.pair.about["mitigation"]: effect.pair.of.arm.mitigation for effect in _of_role(effects, Role.MITIGATION)}
    return tuple(
        rows.Mitigation(
            name=row.mitigation,
            title=names.get(row.mitigation, parts[row.mitigation].title),
            how=parts[row.mitigation].title,
            kind=cast("rows.Sort", row.kind),
            side=row.side,
            better=tuple(_column(effect) for effect in row.better),
            worse=tuple(_column(effect) for effect in row.worse),
            dominated=row.dominated,
            buys=_per_thousand(row.better, "fewer"),
            costs=_per_thousand(row.worse, "more"),
            reads=tuple(sorted(channel.name for channel in parts[row.mitigation].channels)),
            why=row.why,
        )
        for row in found
    )


def _column(effect: Effect) -> str:
    return in_brief(effect.pair.of)


def _per_thousand(effects: Sequence[Effect], word: str) -> str:
    """Shown effects in people per 1 000, the largest first: the number, then what it is at least and at most."""
    shown = [(effect, *_sizes(effect.estimate)) for effect in effects if effect.estimate and not _hidden(effect)]
    shown.sort(key=lambda one: -one[1])
    said = [f"{PER * size:.0f} [{_least(low)}, {_most(high)}] {word} {_column(effect)}" for effect, size, low, high in shown[:NAMED]]
    return "; ".join(said) + (f"; and {len(shown) - NAMED} more" if len(shown) > NAMED else "")


def _sizes(estimate: Estimate) -> tuple[float, float, float]:
    """How large an effect is, at least and at most, whichever way it goes."""
    low, high = sorted((abs(estimate.lower), abs(estimate.upper)))
    return abs(estimate.mean), low, high


def _least(share: float) -> str:
    """Per 1 000, never more than what was shown; a little is not nothing."""
    return f"{math.floor(PER * share + ROUND):d}" if PER * share >= 1 else f"{math.floor(10 * PER * share + ROUND) / 10:g}"


def _most(share: float) -> str:
    """Per 1 000, never less than what was left open."""
    return f"{math.ceil(PER * share - ROUND):d}"


def attack_harm(effects: Sequence[Effect]) -> tuple[rows.AttackHarm, ...]:
    """What attacks do to harms."""
    return tuple(
        rows.AttackHarm(
            threat=effect.pair.about["threat"],
            title=effect.pair.of.arm.condition.title,
            metric=effect.pair.of.metric.id,
            metric_title=effect.pair.of.metric.title,
            beside="in ordinary use" if effect.pair.against else f"of {effect.pair.of.metric.parts[1]}",
            trials=_trials(effect),
            **_paired(effect),
        )
        for effect in _of_role(effects, Role.ATTACK_HARM)
    )


def exposed(effects: Sequence[Effect]) -> tuple[rows.Exposed, ...]:
    """Which flaw opens a door."""
    return tuple(_exposed(effect) for effect in _of_role(effects, Role.EXPOSED_BY_FLAW))


def _exposed(effect: Effect) -> rows.Exposed:
    pair, estimate = effect.pair, effect.estimate
    parts = [trials for _name, trials, _mean in estimate.parts] if estimate is not None and pair.against is None else []
    return rows.Exposed(
        flaw=pair.about["flaw"],
        title=pair.about["title"],
        threat=pair.about["threat"],
        threat_title=pair.of.arm.condition.title,
        metric=pair.of.metric.id,
        metric_title=f"{pair.of.metric.title}, {brief(pair.of.arm.condition)}",
        repaired="" if pair.against is None else pair.against.arm.mitigation.title,
        trials=_trials(effect),
        trials_of=parts[0] if parts else None,
        trials_against=parts[1] if len(parts) > 1 else None,
        **_paired(effect),
    )


def intent(effects: Sequence[Effect], plan: Plan, sizes: Mapping[str, float]) -> tuple[rows.Intent, ...]:
    """What intent adds, per threat at one try and at as many tries as the attack had; and threats that can have no counterpart.

    Args:
        effects: All effects.
        plan: Where the threats stand.
        sizes: Mean realised change by arm, where its condition tells it.
    """
    out = [_intent(effect, sizes) for effect in _of_role(effects, Role.INTENT)]
    alone: dict[str, rows.Intent] = {}
    for held in plan.held:
        threat = cast("Threat", held.cell.arm.condition)
        if side_of(held.cell.arm.condition.origin) is Side.SECURITY and isinstance(getattr(threat, "counterpart", None), str):
            alone.setdefault(
                threat.id,
                rows.Intent(
                    channel=", ".join(sorted(channel.name for channel in threat.channels)),
                    threat=threat.id,
                    threat_title=threat.title,
                    direction="not_measured",
                    why=str(threat.counterpart),
                ),
            )
    return (*out, *alone.values())


def _intent(effect: Effect, sizes: Mapping[str, float]) -> rows.Intent:
    pair = effect.pair
    found = [sizes.get(cell.arm.id) for cell in (pair.of, pair.against) if cell is not None]
    size = None
    if None not in found:
        size = f"mean change {found[0]:.2g} by intent, {found[1]:.2g} by chance"
    threat = pair.of.arm.condition
    counterpart = pair.against.arm.condition if pair.against else threat
    return rows.Intent(
        channel=pair.about["channel"],
        threat=threat.id,
        threat_title=threat.title,
        counterpart=counterpart.id,
        counterpart_title=counterpart.title,
        law=str(getattr(counterpart, "law", "")),
        size=size,
        tries=int(pair.about["tries"]),
        metric=pair.of.metric.id,
        metric_title=pair.of.metric.title,
        by_chance=None if _hidden(effect) else number(effect.against_mean),
        by_intent=None if _hidden(effect) else number(effect.of_mean),
        difference=_mean(effect),
        **_held(effect),
    )
