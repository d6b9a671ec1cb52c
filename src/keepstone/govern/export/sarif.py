"""SARIF 2.1.0 (OASIS): alerts in code scanning and in editors.

A criterion is a rule, a verdict its result: `fail` as it is, inconclusive, broken and not measured as `open` or `review`, never as a pass.
GitHub shows a result of any kind as an alert, so what is met is left out unless the whole is asked for; what it cuts off is cut here,
worst first, and said.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import quote

from keepstone.govern.export.source import TOOL, Source, gap, said, text, who
from keepstone.govern.report.markdown import escape
from keepstone.govern.report.view import area_name
from keepstone.intake.slug import slug
from keepstone.ledger.canonical import encode

if TYPE_CHECKING:
    from keepstone.govern.document import AreaLine, Unmeasured
    from keepstone.govern.report.view import FindingView
    from keepstone.govern.rows import Verdict

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST = 5_000  # results that GitHub shows of a run
TAGS = 10  # that GitHub shows of a rule
LONGEST_ID = 255
LONGEST = 1_000
KINDS: dict[Verdict, str] = {"pass": "pass", "fail": "fail", "inconclusive": "open", "not_measured": "open", "error": "review"}
SEVERITY = {1: "2.0", 2: "3.9", 3: "6.0", 4: "8.0", 5: "9.5"}  # into the five bands that GitHub reads: 9.0 and over is critical, 7.0 high, 4.0 medium


def render(source: Source) -> bytes:
    """Write a result as SARIF.

    Args:
        source: What was found; of a `whole` source also what raises no alert.
    """
    findings = [one for one in source.view.findings if source.whole or one.row.verdict != "pass"]
    gaps = source.result.unmeasured
    results = [*(_result(one, source) for one in findings), *(_gap(one, source) for one in gaps), *_excluded(source)]
    rules = {rule_id(one.row.id): _rule(one) for one in source.view.findings} | {rule_id(one.id): _gap_rule(one) for one in gaps}
    rules |= {rule_id(line.area): _area_rule(line) for line in source.result.areas if line.state == "excluded"}
    shown = results[:MOST]
    kept = list(dict.fromkeys([*(str(one["ruleId"]) for one in shown), *rules]))[:MOST]
    driver = {"name": TOOL, "version": source.version, "semanticVersion": source.version, "rules": [rules[name] for name in kept]}
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"keepstone/{slug(source.name)[:100]}/", "guid": source.uuid("sarif")},
        "invocations": [_invocation(source, cut=len(results) - len(shown))],
        "columnKind": "unicodeCodePoints",
        "results": shown,
        "properties": {"verdict": dict(source.verdicts()) | {"overall": source.result.verdict.overall}, "result": source.digest},
    }
    return encode({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def rule_id(name: str) -> str:
    """An id that GitHub takes: short and plain; one that had to change carries a digest, so that no two become one.

    >>> rule_id("robustness.nominal.missed")
    'robustness.nominal.missed'
    """
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in name)
    if plain == name and 0 < len(name) <= LONGEST_ID:
        return name
    return f"{plain[:200]}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:12]}"


def message(words: str, longest: int = LONGEST) -> dict[str, object]:
    r"""A message of SARIF: brackets would make a link of it, braces a placeholder.

    >>> message("[a](b) {0}")
    {'text': '\\[a\\](b) {{0}}'}
    """
    inert = text(words, longest).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return {"text": inert.replace("{", "{{").replace("}", "}}")}


def _bare(words: str, longest: int = LONGEST) -> dict[str, object]:
    """A description of a rule, which GitHub shows as it stands."""
    return {"text": text(words, longest) or "not described"}


def _rule(one: FindingView) -> dict[str, object]:
    row = one.row
    help_ = [
        f"{text(row.title, 300)}.",
        f"What could happen: {text(row.harm, 300)}." if row.harm else "",
        who(one),
        f"What to do: {text(row.advice, 500)}" if row.advice else "",
        f"References: {', '.join(text(name, 80) for name in row.references)}." if row.references else "",
        f"The arithmetic: keepstone explain {rule_id(row.id)}",
    ]
    lines = [part for part in help_ if part]
    tags = [row.side, row.area, *(text(name, 60) for name in row.references)]
    about: dict[str, object] = {"tags": list(dict.fromkeys(tags))[:TAGS], "precision": "very-high" if row.kind in {"measured", "proved"} else "medium"}
    about |= {"security-severity": SEVERITY[row.severity]} if row.side == "security" and row.severity in SEVERITY else {}
    about |= {"problem.severity": _level(one)} if row.side == "safety" else {}
    return {
        "id": rule_id(row.id),
        "name": rule_id(row.id),
        "shortDescription": _bare(one.headline, 300),
        "fullDescription": _bare(f"{row.title}; {row.harm}" if row.harm else row.title),
        "help": {"text": "\n\n".join(lines), "markdown": "\n\n".join(escape(line, longest=700) for line in lines)},
        "defaultConfiguration": {"level": _level(one)},
        "properties": about,
    }


def _level(one: FindingView) -> str:
    grave = one.row.critical or one.row.severity is None or one.row.severity >= 4
    return "error" if grave else "warning"


def _result(one: FindingView, source: Source) -> dict[str, object]:
    kind = KINDS[one.row.verdict]
    return {
        "ruleId": rule_id(one.row.id),
        "kind": kind,
        "level": _level(one) if kind == "fail" else "none",
        "message": message(said(one)),
        **_where(one.row.id, source),
        "properties": {"verdict": one.row.verdict, "provisional": bool(one.row.provisional), "adopted": one.row.adopted},
    }


def _where(name: str, source: Source) -> dict[str, object]:
    """Where an alert is shown, and what it is known by again: the criterion, whatever its numbers are."""
    known = hashlib.sha256(f"{source.result.system.name}\n{name}".encode("utf-8", "replace")).hexdigest()
    physical = {"artifactLocation": {"uri": quote(source.place, safe="/.-_~"), "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 1}}
    logical = {"name": rule_id(name), "fullyQualifiedName": rule_id(name), "kind": "criterion"}
    return {
        "locations": [{"physicalLocation": physical, "logicalLocations": [logical]}],
        "partialFingerprints": {"keepstone/criterion/v1": known, "primaryLocationLineHash": f"{known[:16]}:1"},
    }


def _gap_rule(one: Unmeasured) -> dict[str, object]:
    why = gap(one)
    return {
        "id": rule_id(one.id),
        "name": rule_id(one.id),
        "shortDescription": _bare(one.title or one.what, 300),
        "fullDescription": _bare(why),
        "help": {"text": why, "markdown": escape(why, longest=700)},
        "defaultConfiguration": {"level": "note"},
        "properties": {"tags": [one.side, text(one.area, 40)]},
    }


def _gap(one: Unmeasured, source: Source) -> dict[str, object]:
    return {"ruleId": rule_id(one.id), "kind": "open", "level": "none", "message": message(gap(one)), **_where(one.id, source)}


def _area_rule(line: AreaLine) -> dict[str, object]:
    about = f"The area {area_name(line.area)} of {line.side}."
    return {
        "id": rule_id(line.area),
        "name": rule_id(line.area),
        "shortDescription": _bare(area_name(line.area)),
        "fullDescription": _bare(about),
        "help": {"text": about, "markdown": escape(about)},
        "properties": {"tags": [line.side]},
    }


def _excluded(source: Source) -> list[dict[str, object]]:
    """The areas that somebody left out, in the whole: not applicable, by whose word and why."""
    left = [line for line in source.result.areas if source.whole and line.state == "excluded"]
    return [
        {
            "ruleId": rule_id(line.area),
            "kind": "notApplicable",
            "level": "none",
            "message": message(f"Left out by {line.excluded_by or 'somebody unnamed'}: {line.why or 'no reason is given'}."),
            **_where(line.area, source),
        }
        for line in left
    ]


def _invocation(source: Source, *, cut: int) -> dict[str, object]:
    """That the run took place; what broke in it and what is not shown stand as its notifications."""
    broken = [one for one in source.view.findings if one.row.verdict == "error"]
    told: list[dict[str, object]] = [{"level": "error", "message": message(said(one)), "associatedRule": {"id": rule_id(one.row.id)}} for one in broken[:100]]
    told += [{"level": "warning", "message": message(f"{cut} more are not shown: a reader takes at most {MOST}.")}] if cut else []
    times = {name: when for name, when in (("startTimeUtc", source.start), ("endTimeUtc", source.end)) if when}
    return {"executionSuccessful": not broken, "toolExecutionNotifications": told, **times}
