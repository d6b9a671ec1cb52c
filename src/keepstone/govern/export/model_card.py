"""A model card in Markdown with the metadata that Hugging Face reads: what was measured stands in the head for machines and below for people.

The head is YAML whose every value is written as JSON, which YAML holds, so that no text of anybody's ends a line or opens a block; what a
reader of plain Markdown would act on is written by its number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.govern.export.source import Source, gap, text, who
from keepstone.govern.export.tables import areas, findings, standing
from keepstone.govern.report.markdown import escape
from keepstone.intake.slug import slug
from keepstone.ledger.canonical import encode

if TYPE_CHECKING:
    from keepstone.govern.report.view import FindingView

ACTING = "<>&()@`|!*#$~^="  # never part of JSON but in texts


def render(source: Source) -> bytes:
    """Write a result as a model card."""
    system = source.result.system
    parts = [
        _head(source),
        f"# Model card: {escape(source.name, longest=200)}",
        standing(source),
        "## Intended use",
        _list({"Purpose": system.purpose, "Domain": system.domain, "Meant for": system.population, "Autonomy": system.autonomy, "Stage": system.stage}),
        "## Model and data",
        _list(_made_of(source)),
        "## Evaluation",
        areas(source),
        findings(source),
        "## Limitations",
        _limits(source),
        "## Limits, and who set them",
        "\n".join(f"- {escape(one.headline, longest=200)}: {escape(who(one), longest=600)}" for one in source.view.findings) or "None.",
    ]
    return ("\n\n".join(part for part in parts if part) + "\n").encode()


def _head(source: Source) -> str:
    """The metadata: `model-index` with every number that was measured, and tags."""
    system = source.result.system
    task = "other" if system.data.outcomes is None else "tabular-classification"
    about = {"type": slug(source.name)[:80].lower(), "name": text(system.data.population or source.name, 200)}
    kept = [one for one in source.view.findings if one.shown and one.row.kind in {"measured", "proved"}]
    tags = ["keepstone", *(f"keepstone-{side}-{state.replace('_', '-')}" for side, state in source.verdicts())]
    lines = ["---", f"tags: {_json(tags)}"]
    if kept:
        metrics = ",\n".join(f"      {_json(_metric(one))}" for one in kept)
        lines += ["model-index:", f"- name: {_json(source.name)}", "  results:", f"  - task: {_json({'type': task})}", f"    dataset: {_json(about)}"]
        lines += [f"    metrics: [\n{metrics}]"]
    return "\n".join([*lines, "---"])


def _json(value: object) -> str:
    """A value of the head, inert in YAML and in Markdown."""
    return "".join(f"\\u{ord(letter):04x}" if letter in ACTING else letter for letter in encode(value).decode())


def _metric(one: FindingView) -> dict[str, object]:
    row = one.row
    return {"type": slug(row.metric)[:80], "name": text(one.headline, 200), "value": row.mean}


def _made_of(source: Source) -> dict[str, str]:
    system = source.result.system
    counts = {"Test cases": system.data.rows, "Cases with the outcome": system.data.outcomes, "Training rows": system.data.train_rows}
    told = {"Model": system.target, "Population": system.data.population, "Gathered": system.data.period}
    return told | {name: str(value) for name, value in counts.items() if value is not None}


def _limits(source: Source) -> str:
    """What is not met, open, or not measured."""
    bad = [one for one in source.view.findings if one.row.verdict != "pass"]
    lines = [f"- {escape(one.word)}: {escape(one.headline, longest=200)}. {escape(one.row.advice, longest=300)}".rstrip() for one in bad]
    lines += [f"- {escape(gap(one), longest=500)}" for one in source.result.unmeasured]
    return "\n".join(lines) or "Every criterion is met, and none was left out."


def _list(facts: dict[str, str]) -> str:
    return "\n".join(f"- **{name}**: {escape(value, longest=600)}" for name, value in facts.items() if text(value)) or "- not described"
