"""The interplay in the result document: intent, attack harm, exposed flaws and the mitigation matrix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from keepstone.core.cell import Role
from keepstone.core.origin import Side, side_of
from keepstone.govern import rows
from keepstone.govern.numbers import number
from keepstone.govern.wording import brief, in_brief

if TYPE_CHECKING:
    from keepstone.core.cell import Plan
    from keepstone.core.part import Threat
    from keepstone.core.result import Effect, Row

PER = 1000
NAMED = 3  # effects named in a sentence of what a mitigation buys or costs


def _of_role(effects: Sequence[Effect], role: Role) -> Iterator[Effect]:
    return (effect for effect in effects if effect.pair.role is role)


def _numbers(effect: Effect, *, difference: str = "effect") -> dict[str, float | None]:
    estimate = effect.estimate
    if estimate is None:
        return {difference: None, "lower": None, "upper": None}
    return {difference: number(estimate.mean), "lower": number(estimate.lower), "upper": number(estimate.upper)}


def _direction(effect: Effect) -> rows.Direction:
    return cast("rows.Direction", effect.direction)


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
            margin=number(effect.pair.margin),
            direction=_direction(effect),
            of=number(effect.of_mean),
            against=number(effect.against_mean),
            trials=effect.estimate.trials if effect.estimate else None,
            guard=bool(effect.pair.about["guard"]),
            why=effect.why,
            **_numbers(effect),
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
    """The largest shown effects, in people per 1 000."""
    largest = sorted((effect for effect in effects if effect.estimate), key=lambda effect: -abs(effect.estimate.mean if effect.estimate else 0.0))
    said = [f"{abs(effect.estimate.mean) * PER:.0f} {word} {_column(effect)}" for effect in largest[:NAMED] if effect.estimate]
    return "; ".join(said) + (f"; and {len(largest) - NAMED} more" if len(largest) > NAMED else "")


def attack_harm(effects: Sequence[Effect]) -> tuple[rows.AttackHarm, ...]:
    """What attacks do to harms."""
    return tuple(
        rows.AttackHarm(
            threat=effect.pair.about["threat"],
            title=effect.pair.of.arm.condition.title,
            metric=effect.pair.of.metric.id,
            metric_title=effect.pair.of.metric.title,
            beside="in ordinary use" if effect.pair.against else f"of {effect.pair.of.metric.parts[1]}",
            margin=number(effect.pair.margin),
            direction=_direction(effect),
            of=number(effect.of_mean),
            against=number(effect.against_mean),
            trials=effect.estimate.trials if effect.estimate else None,
            why=effect.why,
            **_numbers(effect),
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
        metric=pair.of.metric.id,
        metric_title=f"{pair.of.metric.title}, {brief(pair.of.arm.condition)}",
        repaired="" if pair.against is None else pair.against.arm.mitigation.title,
        margin=number(pair.margin),
        direction=_direction(effect),
        of=number(effect.of_mean),
        against=number(effect.against_mean),
        trials=estimate.trials if estimate else None,
        trials_of=parts[0] if parts else None,
        trials_against=parts[1] if len(parts) > 1 else None,
        why=effect.why,
        **_numbers(effect),
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
    size = " against ".join(f"{one:.2g}" for one in found if one is not None) if None not in found else None
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
        by_chance=number(effect.against_mean),
        by_intent=number(effect.of_mean),
        direction=_direction(effect),
        why=effect.why,
        **_numbers(effect, difference="difference"),
    )
