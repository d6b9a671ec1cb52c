"""OSCAL 1.2 (NIST) assessment results: each criterion is an objective that is satisfied or not.

OSCAL knows no third state, so what is inconclusive, broken or not measured is `not-satisfied`, with the reason `other` and a remark that tells
which. The limit and who set it stand with each finding, what was measured in its observation, the harm in its risk where it failed.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from keepstone.govern.export.source import HALVES, TOOL, Source, gap, numbers, said, text, timed, who
from keepstone.govern.report.markdown import escape
from keepstone.govern.report.view import STATES, VERDICTS, area_name
from keepstone.ledger.canonical import encode

if TYPE_CHECKING:
    from keepstone.govern.document import State, Unmeasured
    from keepstone.govern.report.view import FindingView

VERSION = "1.2.0"
NAMES = "urn:keepstone:oscal:1"
LONGEST = 900
REASONS = {"pass": "pass", "fail": "fail", "met": "pass", "not_met": "fail"}


def render(source: Source) -> bytes:
    """Write a result as OSCAL assessment results.

    Raises:
        InputError: If run.json is missing: OSCAL says when each thing was observed.
    """
    start, end = timed(source, "OSCAL")
    metadata = {
        "title": _prose(f"Safety and security of {source.name}"),
        "last-modified": end,
        "version": source.digest,
        "oscal-version": VERSION,
        "props": [_prop("tool", f"{TOOL} {source.version}"), _prop("seed", str(source.result.seed)), _prop("alpha", f"{source.result.alpha:g}")],
    }
    plan = source.uuid("plan")
    document = {
        "uuid": source.uuid("assessment-results"),
        "metadata": metadata,
        "import-ap": {"href": f"#{plan}"},
        "results": [_found(source, start, end)],
        "back-matter": {"resources": [_file(source, "plan", "plan.json", "plan"), _file(source, "result", "result.json", "")]},
    }
    return encode({"assessment-results": document})


def token(name: str) -> str:
    """A name that OSCAL takes; one that had to change carries a digest, so that no two become one.

    >>> token("fairness.sex"), token("80+")
    ('fairness.sex', '_80_-addb52b6')
    """
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in name)
    plain = plain if plain[:1].isalpha() or plain[:1] == "_" else f"_{plain}"
    return plain if plain == name and len(name) <= 200 else f"{plain[:200]}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"


def _prose(words: str, longest: int = LONGEST) -> str:
    """A text that OSCAL reads as Markdown."""
    return escape(words, longest=longest) or "not described"


def _prop(name: str, value: str) -> dict[str, object]:
    return {"name": name, "ns": NAMES, "value": text(value, 400) or "none"}


def _file(source: Source, about: str, name: str, digest: str) -> dict[str, object]:
    """A file beside the result, with its digest."""
    value = source.result.digests.get(digest, "") if digest else source.digest
    link: dict[str, object] = {"href": name}
    bare = value.removeprefix("sha256:")
    link |= {"hashes": [{"algorithm": "SHA-256", "value": bare}]} if len(bare) == 64 and set(bare) <= set("0123456789abcdef") else {}
    return {"uuid": source.uuid(about), "title": name, "rlinks": [link]}


def _found(source: Source, start: str, end: str) -> dict[str, object]:
    result = source.result
    shown = source.view.findings
    findings = [_half(source, side, state) for side, state in source.verdicts()]
    findings += [_finding(one, source) for one in shown] + [_gap(one, source) for one in result.unmeasured]
    risks = [_risk(one, source) for one in shown if one.row.verdict == "fail"]
    observations = [_observation(one, source, end) for one in shown]
    measured = [line.area for line in result.areas if line.state != "excluded"]
    left = [line for line in result.areas if line.state == "excluded"]
    selection: dict[str, object] = {"description": "The twelve areas of safety and security, without those that somebody left out by name."}
    selection |= {"include-controls": [{"control-id": token(name)} for name in measured]} if measured else {}
    selection |= {"exclude-controls": [{"control-id": token(line.area)} for line in left]} if left else {}
    out = {"remarks": "; ".join(f"{area_name(one.area)}: left out by {_prose(one.excluded_by)}, {_prose(one.why)}" for one in left)} if left else {}
    return {
        "uuid": source.uuid("results"),
        "title": _prose(source.name),
        "description": _prose(result.statement or f"What was found of {source.name}."),
        "start": start,
        "end": end,
        "reviewed-controls": {"control-selections": [selection], **out},
        **({"observations": observations} if observations else {}),
        **({"risks": risks} if risks else {}),
        "findings": findings,
    }


def _target(name: str, verdict: str, remark: str) -> dict[str, object]:
    """An objective and how it stands: satisfied only by a pass."""
    reason = REASONS.get(verdict, "other")
    state = "satisfied" if reason == "pass" else "not-satisfied"
    return {"type": "objective-id", "target-id": token(name), "status": {"state": state, "reason": reason, "remarks": _prose(remark)}}


def _half(source: Source, side: str, state: State) -> dict[str, object]:
    remark = f"The {side} half is {STATES[state]}. Nothing is averaged across the two halves."
    return {
        "uuid": source.uuid("finding", side),
        "title": f"{side.capitalize()}: {STATES[state]}",
        "description": HALVES[side],
        "props": [_prop("state", state)],
        "target": _target(side, state, remark),
    }


def _finding(one: FindingView, source: Source) -> dict[str, object]:
    row = one.row
    failed = {"related-risks": [{"risk-uuid": source.uuid("risk", row.id)}]} if row.verdict == "fail" else {}
    return {
        "uuid": source.uuid("finding", row.id),
        "title": _prose(one.headline, 300),
        "description": _prose(f"{row.title}. {who(one)}"),
        "props": [_prop("id", row.id), _prop("side", row.side), _prop("area", row.area), _prop("verdict", row.verdict), *_limits(one)],
        "target": _target(row.id, row.verdict, said(one)),
        "related-observations": [{"observation-uuid": source.uuid("observation", row.id)}],
        **failed,
    }


def _limits(one: FindingView) -> list[dict[str, object]]:
    row = one.row
    numbers_ = (("limit", row.limit), *((("mean", row.mean), ("lower", row.lower), ("upper", row.upper)) if one.shown else ()))
    return [_prop("adopted", str(row.adopted).lower()), *(_prop(name, f"{value:.10g}") for name, value in numbers_ if value is not None)]


def _observation(one: FindingView, source: Source, end: str) -> dict[str, object]:
    measured = numbers(one) or VERDICTS[one.row.verdict]
    return {
        "uuid": source.uuid("observation", one.row.id),
        "title": _prose(one.headline, 300),
        "description": _prose(measured),
        "methods": ["TEST"],
        "types": ["control-objective"],
        "collected": end,
        "relevant-evidence": [{"href": f"#{source.uuid('result')}", "description": "The result, with the losses of every trial beside it."}],
    }


def _risk(one: FindingView, source: Source) -> dict[str, object]:
    row = one.row
    facets = [] if row.severity is None else [{"name": "severity", "system": NAMES, "value": str(row.severity)}]
    where = {"characterizations": [{"origin": {"actors": [{"type": "tool", "actor-uuid": source.uuid("tool")}]}, "facets": facets}]} if facets else {}
    return {
        "uuid": source.uuid("risk", row.id),
        "title": _prose(row.title, 300),
        "description": _prose(row.harm or row.title),
        "statement": _prose(f"{row.origin}. {row.advice}" if row.advice else row.origin or row.title),
        "status": "open",
        **where,
    }


def _gap(one: Unmeasured, source: Source) -> dict[str, object]:
    return {
        "uuid": source.uuid("gap", one.id),
        "title": _prose(one.title or one.what, 300),
        "description": _prose(gap(one)),
        "props": [_prop("id", one.id), _prop("side", one.side), _prop("area", one.area), _prop("verdict", "not_measured")],
        "target": _target(one.id, "not_measured", gap(one)),
    }
