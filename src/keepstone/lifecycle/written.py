"""The plan as it is written down and signed before the first trial: all that a verifier needs to recompute every verdict."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from keepstone.core.artefact import recipe
from keepstone.core.cell import Design, Role
from keepstone.govern.wording import brief, in_brief
from keepstone.measure.families import NULLS
from keepstone.measure.state import schedule
from keepstone.stats.discovery import graded_level, ranks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keepstone.core.cell import Arm, Held, Pair, Plan
    from keepstone.core.claim import Claim

SCHEMA = "keepstone/plan/1"


def plan_document(plan: Plan, failed_controls: frozenset[str], *, names: Mapping[str, str] | None = None) -> dict[str, object]:
    """Spell out a plan in plain values.

    Args:
        plan: What will be run.
        failed_controls: Probes whose controls came out wrong before the run: they claim nothing.
        names: The system's own names of mitigations, by id.
    """
    family = sum(held.decidable and held.probe.id not in failed_controls for held in plan.held)
    return {
        "schema": SCHEMA,
        "seed": plan.seed,
        "alpha": plan.alpha,
        "design": plan.design.value,
        "profile": plan.profile,
        "budget": plan.budget if plan.budget != float("inf") else None,
        "broken": "bounded" if plan.bounded else "error",
        "digests": dict(plan.digests),
        "families": {
            "verdicts": {"cells": family, "levels": _levels(plan, max(1, family))},
            "effects": {"pairs": len(plan.pairs), "nulls": NULLS * len(plan.pairs)},
        },
        "names": dict(names or {}),
        "arms": [_arm(arm, plan) for arm in plan.arms],
        "criteria": [_held(held, held.probe.id in failed_controls) for held in plan.held],
        "pairs": [_pair(pair) for pair in plan.pairs],
        "not_asked": [{"id": one.id, "why": one.why} for one in plan.unasked],
    }


def _levels(plan: Plan, family: int) -> list[list[float]]:
    """The rungs of the graded e-values, (rank, level), for whoever checks by hand."""
    if plan.design is Design.SEQUENTIAL:
        return []
    return [[float(rank), graded_level(rank, family, plan.alpha)] for rank, _weight in ranks(family)]


def _arm(arm: Arm, plan: Plan) -> dict[str, object]:
    return {
        "id": arm.id,
        "condition": arm.condition.title,
        "mitigation": arm.mitigation.title,
        "stream": arm.condition.stream,
        "unit": arm.unit,
        "recipe": f"{recipe(arm.condition)} {recipe(arm.mitigation)}",
        "rounds": [[stop, weight] for stop, weight in schedule(arm, plan)],
    }


def _held(held: Held, failed: bool) -> dict[str, object]:  # noqa: FBT001  a fact about it
    return {
        "id": held.id,
        "arm": held.cell.arm.id,
        "metric": held.cell.metric.id,
        "parts": list(held.cell.metric.parts),
        "claim": claim_document(held.cell.claim),
        "limit": held.limit,
        "adopted": dict(held.adopted),
        "critical": held.critical,
        "floor": held.floor,
        "provisional": list(held.provisional),
        "control": "failed" if failed else "ok",
        "in_family": held.decidable and not failed,
        "shown": _shown(held),
    }


def _pair(pair: Pair) -> dict[str, object]:
    against = None if pair.against is None else {"arm": pair.against.arm.id, "metric": pair.against.metric.id}
    return {
        "id": pair.id,
        "role": pair.role.value,
        "of": {"arm": pair.of.arm.id, "metric": pair.of.metric.id},
        "against": against,
        "margin": pair.margin,
        "claim": claim_document(pair.claim),
        "about": dict(pair.about),
        "shown": _compared(pair),
    }


def _shown(held: Held) -> dict[str, object]:
    """What a finding says of its criterion in words, as the result's row has it."""
    risk, cell = held.probe.risk, held.cell
    return {
        "title": risk.title,
        "harm": risk.harm.title,
        "severity": risk.harm.severity,
        "condition_title": cell.arm.condition.title,
        "metric_title": cell.metric.title,
    }


def _compared(pair: Pair) -> dict[str, str]:
    """What an effect says of its cells in words, as the result's row has it; each table has some of these columns."""
    of, against = pair.of, pair.against
    title, metric = of.arm.condition.title, of.metric.title
    shown = {"column": in_brief(of), "metric_title": metric, "title": title, "threat_title": title}
    shown["counterpart_title"] = title if against is None else against.arm.condition.title
    if pair.role is Role.EXPOSED_BY_FLAW:
        shown |= {"metric_title": f"{metric}, {brief(of.arm.condition)}", "title": pair.about["title"]}
        shown["repaired"] = "" if against is None else against.arm.mitigation.title
    return shown


def claim_document(claim: Claim) -> dict[str, object]:
    """Name a claim and its parameters.

    >>> from keepstone.stats.claims import Mean
    >>> claim_document(Mean())
    {'kind': 'mean', 'real': False}
    """
    out: dict[str, object] = {"kind": type(claim).__name__.lower()}
    if is_dataclass(claim):
        out |= {field.name: getattr(claim, field.name) for field in fields(claim) if not field.name.startswith("_")}
    return out
