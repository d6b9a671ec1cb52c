"""CycloneDX 1.6 with a model card: what was measured of a model, beside what it is made of.

A digest of the result names what was assessed, which need not be one file's bytes, so it stands as a property; `keepstone bom` hashes the files themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.govern.export.bill import DATA, MODEL, SYSTEM, Material, bill
from keepstone.govern.export.source import Source, gap, said, text

if TYPE_CHECKING:
    from keepstone.govern.report.view import FindingView


def render(source: Source) -> bytes:
    """Write a result as a bill of materials.

    Raises:
        MissingExtra: If the library is not installed.
    """
    result, system = source.result, source.result.system
    digests = {name: result.digests.get(name, "") for name in ("target", "data")}
    verdicts = {f"verdict.{side}": state for side, state in source.verdicts()} | {"verdict.overall": result.verdict.overall}
    whole = Material(
        ref="system",
        kind=SYSTEM,
        name=source.name,
        about=system.purpose,
        facts=verdicts | {"result": source.digest, "plan": result.digests.get("plan", ""), "owner": system.owner, "affected": ", ".join(system.affected)},
        needs=("model",),
    )
    model = Material(
        ref="model",
        kind=MODEL,
        name=system.target or source.name,
        facts={"digest.target": digests["target"]},
        needs=("data",),
        blocks={"modelCard": card(source)},
    )
    data = Material(
        ref="data",
        kind=DATA,
        name="cases and training rows",
        about=system.data.population,
        facts={"digest.data": digests["data"], "rows": _count(system.data.rows), "training rows": _count(system.data.train_rows), "period": system.data.period},
        blocks={"data": [{"type": "dataset", "name": "cases and training rows"}]},
    )
    return bill(whole, (model, data), when=source.end)


def card(source: Source) -> dict[str, object]:
    """The model card of the schema: what was measured, with its bounds, and what to think of before using it."""
    system = source.result.system
    measured = [_metric(one) for one in source.view.findings if one.shown]
    found: dict[str, object] = {"modelParameters": {"datasets": [{"ref": "data"}]}, "considerations": _considerations(source)}
    found |= {"quantitativeAnalysis": {"performanceMetrics": measured}} if measured else {}
    facts = {"keepstone:autonomy": system.autonomy, "keepstone:domain": system.domain}
    properties = [{"name": name, "value": text(value)} for name, value in facts.items() if text(value)]
    return found | ({"properties": properties} if properties else {})


def _metric(one: FindingView) -> dict[str, object]:
    row = one.row
    bounds = {name: f"{value:.10g}" for name, value in (("lowerBound", row.lower), ("upperBound", row.upper)) if value is not None}
    between = {"confidenceInterval": bounds} if bounds else {}
    return {"type": text(row.metric_title or row.metric or row.id, 200), "value": f"{row.mean:.10g}", "slice": text(one.headline, 300), **between}


def _considerations(source: Source) -> dict[str, object]:
    result, shown = source.result, source.view.findings
    bad = [one for one in shown if one.row.verdict != "pass"]
    unequal = [one for one in bad if one.row.area == "fairness"]
    harms = [one for one in bad if one.row.verdict == "fail" and one.row.harm]
    trades = [one for one in result.mitigations if one.kind in {"trade-off", "harmful", "synergy", "one-sided gain"}]
    found = {
        "useCases": [text(result.system.purpose)] if text(result.system.purpose) else [],
        "technicalLimitations": [*(said(one) for one in bad), *(gap(one) for one in result.unmeasured)],
        "performanceTradeoffs": [
            text(f"{one.title or one.name}: {one.kind}; buys {one.buys or 'nothing shown'}; costs {one.costs or 'nothing shown'}") for one in trades
        ],
        "ethicalConsiderations": [
            {"name": text(f"{one.row.harm} ({one.headline})", 300), "mitigationStrategy": text(one.row.advice) or "none is named"} for one in harms
        ],
        "fairnessAssessments": [{"groupAtRisk": text(one.headline, 300), "harms": said(one)} for one in unequal],
    }
    return {name: value for name, value in found.items() if value}


def _count(rows: int | None) -> str:
    return "" if rows is None else str(rows)
