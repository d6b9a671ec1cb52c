"""The report as one HTML file: no script, no network, readable light and dark, on paper, at 400 pixels and by ear.

Foreign text is inert three times over: `words.clean` takes out what acts (through the environment's `finalize`, so no
expression of a template escapes it), autoescape covers markup in HTML and SVG alike, and a content security policy allows
nothing but the page's own style sheet, named by its digest. No template marks anything as safe; a test holds it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import jinja2
import msgspec

from keepstone.core.probe import rests
from keepstone.govern.document import Result, Run, Sentence, Unmeasured
from keepstone.govern.explored import Explored
from keepstone.govern.personal import Personal
from keepstone.govern.report import effects, matrix, pictures, spoken, words
from keepstone.govern.report.cost import paid
from keepstone.govern.report.explored import opened, told
from keepstone.govern.report.view import (
    CARDS,
    HARM_KINDS,
    OPEN,
    FindingView,
    ReportView,
    area_name,
    clinical_cells,
    counted,
    gap_name,
    intersections,
    view,
)
from keepstone.govern.rows import ClinicalRow, Mitigation
from keepstone.govern.transcripts import REDACTED, Transcripts
from keepstone.intake.slug import slug

CONTENTS = (
    ("verdict", "Verdict"),
    ("matrix", "Mitigations"),
    ("intent", "Intent"),
    ("across", "Across the halves"),
    ("harms", "Harms"),
    ("findings", "Findings"),
    ("said", "What was said"),
    ("explored", "Ways in"),
    ("clinical", "For the clinician"),
    ("rows", "Rows"),
    ("unmeasured", "Not measured"),
    ("repeat", "Repeat"),
    ("population", "Population"),
)

LONGEST_SETTING = 120
SECTIONS = {"intent": "Added by intent", "across": "From one half to the other", "matrix": "What each fix does to both halves"}
ACROSS = {"Attack harm": "attack_harm", "Open door": "exposed"}
PLACES = {"intent": "intent", "attack_harm": "across", "exposed_by_flaw": "across", "mitigation": "matrix"}


@dataclass(frozen=True)
class SentenceView:
    """One of the three sentences, with the place of the finding it rests on."""

    text: str
    rests_on: str
    anchor: str


@dataclass(frozen=True)
class ClinicalView:
    """One line of the clinician's table."""

    name: str
    n: int
    outcomes: int | None
    cells: tuple[tuple[str, str], ...]
    hidden: bool
    strong: bool
    kind: str


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What stands beside a result, each or None.

    Attributes:
        rows: Rows of the data behind the failed findings, where a person asked for them: the page then holds personal data, and says so.
        said: Conversations behind findings of a chat system.
        explored: What was explored once the verdicts stood.
    """

    rows: Personal | None = None
    said: Transcripts | None = None
    explored: Explored | None = None


def render(result: Result, run: Run | None = None, beside: Beside | None = None) -> bytes:
    """Render the report.

    Args:
        result: What was found.
        run: Clock, host and durations, or None. The page is the same bytes for the same result and run.
        beside: What stands beside the result, or None.

    Returns:
        One HTML file in UTF-8.
    """
    env, beside = environment(), beside or Beside()
    shown = view(result)
    drawn = _pictures(result, run)
    style = env.get_template("report.css").render()
    text = env.get_template("page.html.j2").render(
        result=result,
        view=shown,
        lead=lead(result),
        contents=_contents(result, beside),
        **_beside(beside, shown),
        style_digest=_digest(style),
        run_line=run_line(run),
        command=run.command if run is not None else "",
        sentences=_sentences(result, shown.by_id, drawn),
        **drawn,
        **_tables(result, shown, run),
    )
    return (text + "\n").encode("utf-8")


def render_findings(result: Result, beside: Beside) -> Iterator[tuple[str, bytes]]:
    """Render a page for each finding of which conversations are kept: its name, which is the finding's, and the page."""
    env, shown = environment(), view(result)
    style = env.get_template("report.css").render()
    said = beside.said or Transcripts()
    for finding in said.findings:
        one = shown.by_id.get(finding.finding)
        if one is None or not finding.examples:
            continue
        one = replace(one, floor=None)  # it stands on another page
        mine = Beside(said=msgspec.structs.replace(said, findings=(finding,)), explored=_only(beside.explored, finding.finding))
        text = env.get_template("finding.html.j2").render(result=result, one=one, style_digest=_digest(style), **_beside(mine, shown))
        yield f"{slug(finding.finding)}.html", (text + "\n").encode("utf-8")


def _only(explored: Explored | None, finding: str) -> Explored | None:
    """What was explored of one finding, where something was."""
    found = () if explored is None else tuple(one for one in explored.findings if one.finding == finding)
    return msgspec.structs.replace(explored, findings=found) if explored is not None and found else None


def _digest(style: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def _beside(beside: Beside, shown: ReportView) -> dict[str, Any]:
    """Lay out what stands beside the result."""
    rows, said, explored = beside.rows, beside.said, beside.explored
    return {
        "rows": rows,
        "rows_of": [] if rows is None else [shown.by_id[one.finding].headline for one in rows.findings],
        "said": said is not None,
        "said_of": [] if said is None else spoken.behind(said, shown.by_id),
        "said_notice": "" if said is None else said.notice,
        "said_whole": said is not None and said.notice != REDACTED,
        "explored": explored is not None,
        "explored_of": [] if explored is None else opened(explored, shown.by_id),
        "explored_told": "" if explored is None else f"{told(explored)} {explored.notice}",
    }


def _contents(result: Result, beside: Beside) -> list[tuple[str, str]]:
    """List the sections that have something to show; what was not measured is said in one place."""
    empty = {
        "matrix": not result.interplay,
        "intent": not result.intent,
        "across": not (result.attack_harm or result.exposed_by_flaw),
        "harms": not result.registers.harms,
        "clinical": result.clinical is None,
        "rows": beside.rows is None,
        "said": beside.said is None,
        "explored": beside.explored is None,
    }
    return [(anchor, name) for anchor, name in CONTENTS if not empty.get(anchor, False)]


def environment() -> jinja2.Environment:
    """Make the environment: the package's own templates, autoescape everywhere, and every word cleaned on its way out."""
    env = jinja2.Environment(
        loader=jinja2.PackageLoader("keepstone.govern.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_inert,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(
        clip=lambda text, longest: words.clean(str(text), longest=longest).strip(),
        capital=words.capital,
        counted=counted,
        digits=words.number,
        gap=gap_name,
        limit=words.limit_percent,
        percent=words.percent,
        percents=words.percents,
        permille=words.per_mille,
        permilles=words.per_milles,
        plural=words.plural,
        rests=rests,
        where=_where,
        whole=words.whole,
    )
    return env


def _inert(value: object) -> object:
    """Clean every text that a template prints; what a macro of ours returned is markup already."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return words.clean(value)
    return value


def lead(result: Result) -> str:
    """Say in one line what was assessed."""
    system, data = result.system, result.system.data
    cases = f"{words.whole(data.rows)} test cases" if data.rows else ""
    outcomes = f", {words.whole(data.outcomes)} with the outcome" if data.rows and data.outcomes is not None else ""
    acts = {"none": "acts on nothing", "advises": "advises a person"}.get(system.autonomy, system.autonomy)
    return words.capital(words.joined((system.purpose, acts, system.target, cases + outcomes, data.population)))


def run_line(run: Run | None) -> str:
    """Say when and how long the run took, or nothing."""
    if run is None:
        return ""
    parts = (
        f"{run.start}" if run.start else "",
        f"{words.number(run.seconds, 1)} s" if run.seconds is not None else "",
        f"{words.whole(run.cells)} cells" if run.cells is not None else "",
        words.plural(run.workers, "worker", "workers") if run.workers is not None else "",
        f"Python {run.python}" if run.python else "",
        run.platform,
    )
    said = words.joined(parts)
    return f"The run: {said}." if said else ""


def _where(one: FindingView) -> str:
    """Say where a finding belongs."""
    row = one.row
    return words.joined((row.side, area_name(row.area).lower(), row.title if row.title != one.headline else ""))


def _pictures(result: Result, run: Run | None) -> dict[str, Any]:
    """Lay out the pictures."""
    latency = run.latency if run is not None else {}
    drawn = matrix.matrix(result, latency)
    margins = sorted({one.margin for one in result.interplay if one.margin is not None})
    return {
        "matrix": drawn,
        "margins": f"({' or '.join(words.limit_percent(margin) for margin in margins)})" if 0 < len(margins) <= 3 else "",
        "guards": drawn is not None and any(column.guard for column in drawn.columns),
        "latency": {name: latency[name] for name in latency if any(one.name == name for one in result.mitigations)},
        "intent": effects.intent(result),
        "intent_words": effects.INTENT_WORDS,
        "attack_harm": effects.attack_harm(result),
        "exposed": effects.exposed(result),
        "calibration": pictures.calibration(result.clinical) if result.clinical else None,
    }


def _tables(result: Result, shown: ReportView, run: Run | None) -> dict[str, Any]:
    """Prepare what the tables list."""
    clinical = [_clinical(row) for row in result.clinical.rows] if result.clinical else []
    if result.clinical and result.clinical.forecast:
        clinical.append(_clinical(result.clinical.forecast))
    kinds = sorted({row.kind for row in clinical if not row.hidden})
    return {
        "mitigations": sorted(result.mitigations, key=_mitigation_order),
        "harm_kinds": HARM_KINDS,
        "carded": {one.anchor for one in shown.cards},
        "cards_up_to": CARDS,
        "open_up_to": OPEN,
        "clinical_rows": clinical,
        "crossed": intersections(result),
        "clinical_kinds": " or ".join(kinds),
        "hidden": words.KEPT,
        "fewest": words.FEWEST,
        "gaps_by_area": _gaps(result.unmeasured),
        "saved": _saved(result),
        "paid": paid(result, run),
        "about": _about(result),
        "missing": _missing(result),
    }


def _sentences(result: Result, by_id: dict[str, FindingView], drawn: dict[str, Any]) -> list[SentenceView]:
    """Link each sentence to the finding or to the effect that it rests on; to its section where that can't be told."""
    places = {one.row.id: (one.headline, one.anchor) for one in by_id.values()}
    places |= {word: (f"{SECTIONS['intent']}: {row.threat}", row.anchor) for row in drawn["intent"].rows for word in row.ids}
    places |= {row.id: (f"{name}: {row.title}", row.anchor) for name, key in ACROSS.items() for row in drawn[key].rows if row.id}
    order = [one.name for one in sorted(result.mitigations, key=_mitigation_order)]
    fixes = {one.id: f"fix-{order.index(one.mitigation) + 1}" for one in result.interplay if one.id and one.mitigation in order}
    titles = {one.name: words.capital(one.title or one.name) for one in result.mitigations}
    places |= {one.id: (f"{titles[one.mitigation]}: {one.column}", fixes[one.id]) for one in result.interplay if one.id in fixes}
    return [_sentence(one, places) for one in result.sentences]


def _sentence(one: Sentence, places: dict[str, tuple[str, str]]) -> SentenceView:
    """Link one sentence (an effect's id begins with its role)."""
    section = next((section for role, section in PLACES.items() if one.rests_on.startswith(role)), "")
    return SentenceView(one.text, *places.get(one.rests_on, (SECTIONS.get(section, one.rests_on), section)))


def _missing(result: Result) -> list[str]:
    """Name the sections for which nothing was measured."""
    asked = {
        "No mitigation was measured.": result.interplay,
        "No threat was held against its accidental counterpart.": result.intent,
        "No attack was held against a harm.": result.attack_harm,
        "No safety flaw was held against an attack.": result.exposed_by_flaw,
        "No harm is named.": result.registers.harms,
        "There is no clinician's table: it needs the model's risks and the outcomes of the test cases.": result.clinical,
    }
    return [text for text, there in asked.items() if not there]


def _mitigation_order(one: Mitigation) -> tuple[bool, int]:
    """Put those that nothing beats first, the better kinds before the worse."""
    kinds = ("synergy", "one-sided gain", "trade-off", "no effect", "inconclusive", "harmful")
    return one.dominated, kinds.index(one.kind)


def _clinical(row: ClinicalRow) -> ClinicalView:
    """Show one line of the clinician's table, or hold it back."""
    name = "Everybody" if row.group == "all" else row.group.replace("=", ": ").replace("_", " ")
    least = row.n if row.outcomes is None else min(row.n, row.outcomes, row.n - row.outcomes)
    return ClinicalView(
        name, row.n, row.outcomes, clinical_cells(row), least < words.FEWEST or (row.outcomes is None and row.auroc is None), row.group == "all", row.kind
    )


def _gaps(unmeasured: tuple[Unmeasured, ...]) -> list[tuple[str, list[Unmeasured]]]:
    """Group what was not measured by area, in the order of the result."""
    groups: dict[str, list[Unmeasured]] = {}
    for one in unmeasured:
        groups.setdefault(area_name(one.area), []).append(one)
    return list(groups.items())


def _saved(result: Result) -> str:
    """Say what stopping early saved."""
    made, fixed = result.calls.made, result.calls.fixed_n
    if not fixed or fixed <= made:
        return ""
    return f"a fixed design would have asked {words.whole(fixed)}, so {100 * (1 - made / fixed):.0f} % were saved"


def _about(result: Result) -> list[tuple[str, str]]:
    """List the facts about the system and its data."""
    system, data = result.system, result.system.data
    rows = f"{words.whole(data.rows)} test cases" if data.rows else "none"
    outcomes = f", {words.whole(data.outcomes)} with the outcome" if data.rows and data.outcomes is not None else ""
    train = f"; {words.whole(data.train_rows)} training rows" if data.train_rows else ""
    facts = (
        ("Cases", rows + outcomes + train),
        ("Population", words.joined((data.population, data.period))),
        ("Meant for", system.population),
        ("Affected", ", ".join(system.affected)),
        ("Purpose", system.purpose),
        ("Model", system.target),
        ("Settings", words.joined(f"{name}: {words.clip(value, LONGEST_SETTING)}" for name, value in system.settings.items())),
        ("Stage", words.joined((system.stage, system.domain))),
        ("Owner", system.owner),
    )
    return [(name, value) for name, value in facts if value]
