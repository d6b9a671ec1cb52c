"""A system card in Markdown: what the system is for, whom it touches, what was found, what each fix costs, what is not known, and what the evidence is."""

from __future__ import annotations

from keepstone.govern.export.source import Source, gap
from keepstone.govern.export.tables import areas, findings, standing, table
from keepstone.govern.report.markdown import code, escape

HIGHEST = 5  # of a severity


def render(source: Source) -> bytes:
    """Write a result as a system card."""
    parts = [
        f"# System card: {escape(source.name, longest=200)}",
        standing(source),
        "## The system",
        _system(source),
        _part("What matters most", "\n".join(f"{i}. {escape(one.text, longest=600)}" for i, one in enumerate(source.result.sentences, start=1))),
        "## What was found",
        areas(source),
        findings(source),
        _part("Who may be harmed", _harms(source)),
        _part("What each mitigation buys and costs", _mitigations(source)),
        "## What is not known",
        _open(source),
        "## Evidence",
        _evidence(source),
    ]
    return ("\n\n".join(part for part in parts if part) + "\n").encode()


def _part(title: str, body: str) -> str:
    return f"## {title}\n\n{body}" if body else ""


def _system(source: Source) -> str:
    system = source.result.system
    facts = {
        "Purpose": system.purpose,
        "Used in": system.domain,
        "Meant for": system.population,
        "Affected": ", ".join(system.affected),
        "How far it acts by itself": system.autonomy,
        "Stage": system.stage,
        "Who answers for it": system.owner,
        "Model": system.target,
        "Cases stand for": system.data.population,
    }
    return table(("", ""), [(name, escape(value, longest=600) or "not stated") for name, value in facts.items()])


def _harms(source: Source) -> str:
    verdicts = {one.row.id: one.word for one in source.view.findings}
    rows = [
        (
            escape(one.title or one.name, longest=200),
            f"{escape(one.to)}, {escape(one.kind)}",
            "not stated" if one.severity is None else f"{one.severity} of {HIGHEST}",
            escape(_tally([verdicts[name] for name in one.findings if name in verdicts])) or "not measured",
        )
        for one in sorted(source.result.registers.harms, key=lambda one: (-(one.severity or 0), one.name))
    ]
    return table(("Harm", "Falls on", "Severity", "Criteria that measure it"), rows)


def _tally(found: list[str]) -> str:
    return ", ".join(f"{found.count(word)} {word}" for word in dict.fromkeys(found))


def _mitigations(source: Source) -> str:
    rows = [
        tuple(escape(cell, longest=240) or "nothing shown" for cell in (one.title or one.name, one.kind, one.buys, one.costs))
        for one in source.result.mitigations
    ]
    return table(("Mitigation", "Kind", "Buys, people per 1 000", "Costs"), rows)


def _open(source: Source) -> str:
    lines = [
        f"- {escape(one.headline, longest=200)}: {one.word}. {escape(one.row.why, longest=300)}".rstrip()
        for one in source.view.findings
        if _undecided(one.row.verdict)
    ]
    lines += [f"- {escape(gap(one), longest=500)}" for one in source.result.unmeasured]
    left = [one for one in source.result.areas if one.state == "excluded"]
    lines += [f"- {escape(one.area)}: left out by {escape(one.excluded_by) or 'somebody unnamed'}, {escape(one.why, longest=300)}" for one in left]
    return "\n".join(lines) or "Every question was put, and every answer decides."


def _undecided(verdict: str) -> bool:
    return verdict not in {"pass", "fail"}


def _evidence(source: Source) -> str:
    result = source.result
    signed = "the insecure development key, which proves nothing to others" if result.key.insecure else escape(result.key.id) or "nobody"
    rows = [("Signed by", signed), ("Seed", str(result.seed)), ("Profile", escape(result.profile, longest=40)), ("Result", code(source.digest))]
    rows += [(escape(name, longest=40), escape(value)) for name, value in sorted(result.digests.items())]
    rows += [("Measured", f"{source.start} to {source.end}")] if source.start and source.end else []
    rows += [("To repeat", escape(source.run.command, longest=300))] if source.run and source.run.command else []
    return table(("", ""), rows)
