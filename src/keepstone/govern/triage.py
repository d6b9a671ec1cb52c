"""A triage in words, as plain values, as Markdown and as an AVID report; and the decision table as a text."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from keepstone.core.incident import UNKNOWN, Triage, Value
from keepstone.intake.fields import inert

if TYPE_CHECKING:
    from keepstone.catalog.intent import Decision

WIDTH = 96
DOMAINS = {"safety": ["Ethics", "Performance"], "security": ["Security"], "both": ["Security", "Ethics", "Performance"], "undetermined": []}
_MARKS = frozenset("\\`*_{}[]<>#|~&!")


def plain(told: Triage) -> dict[str, object]:
    """A triage as plain values."""
    outcome, incident = told.outcome, told.incident
    return {
        "case": incident.case,
        "title": incident.title,
        "kind": incident.kind,
        "class": outcome.class_,
        "directions": list(outcome.directions),
        "potential_directions": list(outcome.potential),
        "flags": list(outcome.flags),
        "because": list(outcome.says),
        "rule": outcome.rule,
        "decided_by": list(outcome.decided),
        "missing": outcome.missing,
        "flips": {name: dict(others) for name, others in told.flips.items()},
        "next_question": told.question,
        "homes": [
            {"area": home.area, "half": home.side, "owner": home.owner, "references": list(home.references), "mit": home.mit, "proposed": True}
            for home in told.homes
        ],
        "facts": {name: list(value) if isinstance(value, tuple) else value for name, value in incident.facts.items()},
        "evidence": dict(incident.evidence),
        "proposed": {name: round(value, 4) for name, value in told.proposed.items()},
    }


def sentences(told: Triage, decision: Decision) -> list[tuple[str, str]]:
    """A triage in words: label and text, a line each."""
    outcome = told.outcome
    rows = [("Class", outcome.class_ + (f" ({', '.join(outcome.directions)})" if outcome.directions else ""))]
    rows += [("Because", " ".join(outcome.says)), ("Decided by", ", ".join(_fact(told, name) for name in outcome.decided))]
    rows += [("Possible", ", ".join(outcome.potential))] if outcome.potential else []
    rows += [("Flags", ", ".join(outcome.flags))] if outcome.flags else []
    rows += [("Missing", outcome.missing)] if outcome.missing else []
    rows += [("Owner", f"{home.owner}: {home.area} ({home.side}); {', '.join(home.references)}, MIT {home.mit}") for home in told.homes]
    rows += _flips(told)
    if told.question:
        fact = decision.facts[told.question]
        rows.append(("Ask next", f"{fact.asks} («{fact.name}»: {', '.join(fact.values)}; paper, section {fact.section})"))
    return rows


def _flips(told: Triage) -> list[tuple[str, str]]:
    """What another value of each fact would make of the class."""
    rows = []
    for name, others in told.flips.items():
        by = {one: [value for value, other in others.items() if other == one] for one in others.values()}
        if by:
            rows.append(("Flips", f"{name}: " + "; ".join(f"{one} if {', '.join(values)}" for one, values in by.items())))
    steady = [name for name, others in told.flips.items() if not others]
    return [*rows, ("No flip", ", ".join(steady))] if steady else rows


def _fact(told: Triage, name: str) -> str:
    value = _shown(told.incident.fact(name))
    share = f", proposed with {told.proposed[name]:.0%}" if name in told.proposed else ""
    return f"{name} = {value}{share}"


def _shown(value: Value) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def markdown(told: Triage, decision: Decision) -> str:
    """A triage as a page of Markdown."""
    title = told.incident.title or told.incident.case or "Triage"
    lines = [f"# {_quiet(title)}", "", "| | |", "| --- | --- |"]
    lines += [f"| {label} | {_quiet(text)} |" for label, text in sentences(told, decision)]
    lines += ["", "## Facts", "", "| fact | value | evidence |", "| --- | --- | --- |"]
    for fact in decision.fact:
        share = f"proposed from the text with {told.proposed[fact.name]:.0%}" if fact.name in told.proposed else ""
        evidence = told.incident.evidence.get(fact.name, share)
        lines.append(f"| {fact.asks} | {_quiet(_shown(told.incident.fact(fact.name)))} | {_quiet(evidence)} |")
    return "\n".join(lines) + "\n"


def _quiet(text: str) -> str:
    """Foreign text that can format nothing: no marks, no line ends, no control characters."""
    line = inert(" ".join(text.split()))
    return "".join(f"\\{letter}" if letter in _MARKS else letter for letter in line)


def template(decision: Decision) -> str:
    """A template for an issue, in Markdown: every fact with its values, to be ticked."""
    lines = ["# Is it safety or security?", "", "Title:", "", "Kind: incident / risk / misuse", ""]
    for fact in decision.fact:
        lines += [f"## {fact.asks}", "", f"`{fact.name}`, paper, section {fact.section}", ""]
        lines += [f"- [ ] `{value}`: {says}" for value, says in fact.values.items()] or ["Answer:"]
        lines += [] if fact.free else [f"- [ ] `{UNKNOWN}`"]
        lines += ["", "Evidence:", ""]
    return "\n".join(lines)


def avid(told: Triage, *, date: dt.date) -> dict[str, object]:
    """A triage as a report of the AI Vulnerability Database; what is not known stays empty.

    Args:
        told: The triage.
        date: When it is reported.
    """
    incident, outcome = told.incident, told.outcome
    description = incident.title or incident.case
    halves = [f"{home.area}: {', '.join(home.references)}" for home in told.homes]
    domains: Iterable[str] = DOMAINS[outcome.class_]
    return {
        "data_type": "AVID",
        "data_version": "0.2",
        "metadata": {"report_id": incident.case},
        "affects": {"developer": [], "deployer": [], "artifacts": []},
        "problemtype": {"classof": "Undefined", "type": "Issue", "description": {"lang": "eng", "value": description}},
        "metrics": [],
        "references": [],
        "description": {"lang": "eng", "value": f"{description}. {' '.join(outcome.says)} {'; '.join(halves)}".strip()},
        "impact": {"avid": {"risk_domain": list(domains), "sep_view": [], "lifecycle_view": [], "taxonomy_version": "0.2"}},
        "credit": [],
        "reported_date": date.isoformat(),
    }


def table(decision: Decision) -> str:
    """The decision table as a text of at most 96 columns."""
    lines = ["triage: is it safety, security or both?", "", "Facts (a star: the class or a direction can hang on it)"]
    for fact in decision.fact:
        values = ", ".join((*fact.values, UNKNOWN)) if not fact.free else "your words"
        lines += _indented(f"{'*' if fact.decides else ' '} {fact.name}", f"{fact.asks} (section {fact.section}) {values}")
    lines += ["", "Rules: the first that fits gives the class"]
    for number, rule in enumerate(decision.rule, 1):
        more = "".join([f"; {', '.join(rule.flags)}" if rule.flags else "", f"; ask for {rule.names}" if rule.names else ""])
        lines += _indented(f"{number:>2} {rule.class_}", f"{_when(rule.when)}{more}. {rule.says}")
    lines += ["", "Directions: each that fits is added; one that is real makes the class both"]
    for one in decision.direction:
        lines += _indented(f"   {one.name}", f"{' or '.join(one.of)}, {_when(one.when)}{' (possible)' if one.potential else ''}. {one.says}")
    lines += ["", "Flags"]
    lines += [line for flag in decision.flag for line in _indented(f"   {flag.name}", f"{' or '.join(flag.of)}, {_when(flag.when)}")]
    lines += ["", "Facts that can't stand together"]
    lines += [line for one in decision.contradiction for line in _indented("   refused", f"{_when(one.when)}: {one.says}")]
    lines += ["", "Areas: of each half that the class holds the first that fits, with its usual owner"]
    for area in decision.area:
        lines += _indented(f"   {area.name}", f"{_when(area.when)}; {decision.owner[area.name]}; {', '.join(area.references)}, MIT {area.mit}")
    return "\n".join(lines) + "\n"


def _when(when: Mapping[str, tuple[str, ...]]) -> str:
    return " and ".join(f"{name} is {' or '.join(values)}" for name, values in when.items()) or "anything else"


def _indented(label: str, text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=label.ljust(26) + " ", subsequent_indent=" " * 27, break_on_hyphens=False)
