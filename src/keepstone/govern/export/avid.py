"""AVID reports (AI Vulnerability Database), one JSON line for each criterion that is not met.

AVID keeps failures that were shown. What is inconclusive or not measured is none, so a result without failures gives no line. The place in
AVID's taxonomy is that of the area.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.catalog.load import load
from keepstone.govern.export.source import TOOL, Source, said, text
from keepstone.ledger.canonical import encode

if TYPE_CHECKING:
    from keepstone.govern.report.view import FindingView

TAXONOMY = "0.2"
VIEWS = {
    "alignment": "P0200: Model issues",
    "robustness": "P0201: Resilience/ Stability",
    "transparency": "E0200: Explainability",
    "fairness": "E0101: Group fairness",
    "control": "P0400: Safety",
    "longterm": "P0105: Feedback loops",
    "adversarial": "S0403: Adversarial Example",
    "integrity": "S0600: Data Poisoning",
    "protection": "S0500: Exfiltration",
    "access": "S0300: Over-permissive API",
    "supply_chain": "S0200: Supply Chain Compromise",
    "resilience": "S0302: Excessive Queries",
}
DOMAINS = {"S": "Security", "E": "Ethics", "P": "Performance"}
DEPLOYED = {"operation", "change", "retirement"}


def render(source: Source) -> bytes:
    """Write what failed as AVID reports, worst first."""
    return b"".join(encode(_report(one, source)) + b"\n" for one in source.view.findings if one.row.verdict == "fail")


def _report(one: FindingView, source: Source) -> dict[str, object]:
    row, system = one.row, source.result.system
    view = VIEWS.get(row.area, "P0400: Safety")
    owner = [text(system.owner, 200)] if system.owner else []
    stage = "L06: Deployment" if system.stage in DEPLOYED else "L05: Evaluation"
    report: dict[str, object] = {
        "data_type": "AVID",
        "data_version": TAXONOMY,
        "metadata": {"report_id": f"keepstone-{source.uuid('avid', row.id)}"},
        "affects": {"developer": [], "deployer": owner, "artifacts": [{"type": "System", "name": source.name}]},
        "problemtype": {"classof": "Undefined", "type": "Measurement", "description": _english(f"{one.headline}: {row.title}")},
        "metrics": [_metric(one)],
        "references": [{"type": "misc", "label": text(name, 120), "url": _address(name)} for name in row.references],
        "description": _english(said(one) + (f" What could happen: {text(row.harm, 300)}." if row.harm else "")),
        "impact": {"avid": {"vuln_id": "", "risk_domain": [DOMAINS[view[0]]], "sep_view": [view], "lifecycle_view": [stage], "taxonomy_version": TAXONOMY}},
        "credit": [_english(f"{TOOL} {source.version}")],
    }
    return report | ({"reported_date": source.end[:10]} if source.end else {})


def _metric(one: FindingView) -> dict[str, object]:
    row = one.row
    shown = {"mean": row.mean, "lower": row.lower, "upper": row.upper, "trials": row.trials} if one.shown else {}
    held = {"limit": row.limit, "level": None, **shown}
    results = {name: value for name, value in held.items() if value is not None}
    return {"name": text(row.metric or row.id, 200), "detection_method": {"type": "Significance Test", "name": "e-value against the limit"}, "results": results}


def _address(reference: str) -> str:
    """Where the framework of a reference is published; "" where the catalogue knows none."""
    frameworks = load().frameworks.values()
    return next((one.address for one in frameworks if any(reference == name or reference.endswith(f" {name}") for name in one.ids)), "")


def _english(words: str) -> dict[str, object]:
    return {"lang": "eng", "value": text(words)}
