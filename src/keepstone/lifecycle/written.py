"""The plan as it is written down and signed before the first trial: all that a verifier needs to recompute every verdict."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from keepstone.core.artefact import recipe
from keepstone.core.cell import Design
from keepstone.measure.families import NULLS
from keepstone.measure.state import schedule
from keepstone.stats.discovery import graded_level, ranks

if TYPE_CHECKING:
    from keepstone.core.cell import Arm, Held, Pair, Plan
    from keepstone.core.claim import Claim

SCHEMA = "keepstone/plan/1"


def plan_document(plan: Plan, failed_controls: frozenset[str]) -> dict[str, object]:
    """Spell out a plan in plain values.

    Args:
        plan: What will be run.
        failed_controls: Probes whose controls came out wrong before the run: they claim nothing.
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
    }


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
