"""What the gate says of files, as SARIF 2.1.0: the form that code hosts show beside the lines of a change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from keepstone.intake.gate.outcome import RULES, Outcome

if TYPE_CHECKING:
    from keepstone.intake.gate.outcome import Reason, Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Outcome.HOSTILE: "error", Outcome.UNKNOWN: "warning"}


def sarif(reports: Sequence[Report], *, version: str) -> dict[str, object]:
    """Make one document of reports.

    Args:
        reports: What the gate said, a file each.
        version: Of Keepstone.

    >>> sarif([], version="1")["version"]
    '2.1.0'
    """
    used = sorted({reason.rule for report in reports for reason in report.reasons})
    driver = {"name": "keepstone scan", "version": version, "rules": [{"id": rule, "shortDescription": {"text": RULES[rule]}} for rule in used]}
    results = [_result(report, reason, used.index(reason.rule)) for report in reports for reason in report.reasons]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}]}


def _result(report: Report, reason: Reason, index: int) -> dict[str, object]:
    place = {"physicalLocation": {"artifactLocation": {"uri": quote(report.path)}}}
    where = f" (in {reason.where})" if reason.where else ""
    found: dict[str, object] = {
        "ruleId": reason.rule,
        "ruleIndex": index,
        "level": LEVELS[reason.outcome],
        "message": {"text": f"{reason.outcome.value}: {reason.what}{where}"},
        "locations": [place],
        "partialFingerprints": {"sha256": report.sha256},
    }
    if report.pinned:
        found["suppressions"] = [{"kind": "external", "justification": report.pinned}]
    return found
