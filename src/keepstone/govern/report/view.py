"""What the report says, worked out from a result before any template runs: order, words, links, what is held back.

The page, the pull-request summary and the terminal summary all read from here, so they can't disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from keepstone.govern.document import AreaLine, Result, Tally, Unmeasured
from keepstone.govern.report import pictures, words
from keepstone.govern.rows import ClinicalRow, Finding, Half, Intersection, Verdict

CARDS = 12
OPEN = 30
ORDER: tuple[Verdict, ...] = ("fail", "error", "inconclusive", "not_measured", "pass")
HALVES: tuple[tuple[Half, str], ...] = (("safety", "Does it avoid unintended harm?"), ("security", "Does it withstand intentional attack?"))
AREA_NAMES = {
    "longterm": "Long term",
    "adversarial": "Adversarial robustness",
    "integrity": "Data integrity",
    "protection": "Model protection",
    "access": "Access control",
}
STATES = {"met": "met", "not_met": "not met", "inconclusive": "inconclusive", "incomplete": "incomplete", "excluded": "excluded"}
VERDICTS = {"pass": "met", "fail": "not met", "inconclusive": "inconclusive", "not_measured": "not measured", "error": "error"}
COUNTED: dict[Verdict, str] = {"error": "in error"}
ICONS = {"met": "pass", "not_met": "fail", "incomplete": "not_measured"}
HARMED = ("people", "environment", "institutions")
HARM_KINDS = ("physical", "psychological", "systemic")


def area_name(area: str) -> str:
    """Give an area's name.

    >>> area_name("supply_chain"), area_name("access")
    ('Supply chain', 'Access control')
    """
    return AREA_NAMES.get(area, words.capital(area.replace("_", " ")))


@dataclass(frozen=True)
class FindingView:
    """A finding as it is shown.

    Attributes:
        row: The finding.
        headline: What was measured under what; the risk's own title where neither is named.
        anchor: Its place in the page.
        icon: Its verdict as an icon.
        word: Its verdict in words.
        number: Its number and interval, or why there is none.
        people: Its counts as people, or "".
        shown: Whether its number may be shown: a group of fewer than ten people is held back.
        parts: Name, trials and mean of each part.
        plot: It drawn against its limit.
        small: It drawn in multiples of its limit.
        control: What was wrong with its controls, or "".
        floor: Place and headline of the finding of usefulness that it rests on, or None.
    """

    row: Finding
    headline: str
    anchor: str
    icon: str
    word: str
    number: str
    people: str
    shown: bool
    parts: tuple[tuple[str, str, str], ...]
    plot: pictures.Interval | None
    small: pictures.Interval | None
    control: str
    floor: tuple[str, str] | None


@dataclass(frozen=True)
class AreaView:
    """An area as it is shown: its state, and its worst finding."""

    line: AreaLine
    name: str
    icon: str
    word: str
    number: str
    detail: str
    worst: FindingView | None
    findings: tuple[FindingView, ...]
    tally: str

    @property
    def said(self) -> str:
        """Its worst number, what that is about, and why it stands as it does, on one line."""
        about = headline(self.worst.row) if self.worst is not None else ""
        return f"{self.number}, {about}" if self.number and not self.detail else words.joined((self.number, words.capital(self.detail)))


@dataclass(frozen=True)
class HalfView:
    """A half as it is shown: `tally` counts all its criteria by verdict, `beside` those that its word does not say."""

    side: Half
    question: str
    icon: str
    word: str
    tally: str
    beside: str
    areas: tuple[AreaView, ...]
    not_adopted: tuple[FindingView, ...]
    provisional: int
    criteria: int


@dataclass(frozen=True)
class HarmView:
    """A harm with the findings that measure it, worst first."""

    title: str
    severity: int | None
    findings: tuple[FindingView, ...]


@dataclass(frozen=True)
class ReportView:
    """Everything that a summary needs.

    Attributes:
        halves: The two halves.
        findings: All findings, worst first.
        cards: Those that are shown in full.
        harms: By whom and kind, the harms.
        overall_icon: Both halves together, as an icon.
        overall_word: The same in words.
    """

    halves: tuple[HalfView, HalfView]
    findings: tuple[FindingView, ...]
    cards: tuple[FindingView, ...]
    harms: dict[str, dict[str, tuple[HarmView, ...]]]
    overall_icon: str
    overall_word: str

    @property
    def by_id(self) -> dict[str, FindingView]:
        """Findings by their ids."""
        return {one.row.id: one for one in self.findings}


def view(result: Result) -> ReportView:
    """Work out what is said of a result."""
    places = {row.id: (f"finding-{i}", words.capital(headline(row))) for i, row in enumerate(result.findings, start=1)}
    shown = [_finding(row, places, result.controls.get(row.id, "ok")) for row in result.findings]
    findings = tuple(sorted(shown, key=lambda one: _badness(one.row)))
    by_id = {one.row.id: one for one in findings}
    first, second = (_half(result, side, question, by_id) for side, question in HALVES)
    return ReportView(
        halves=(first, second),
        findings=findings,
        cards=tuple(one for one in findings if one.row.verdict not in {"pass", "not_measured"})[:CARDS],
        harms={to: {kind: _harms(result, to, kind, findings) for kind in HARM_KINDS} for to in HARMED},
        overall_icon=ICONS.get(result.verdict.overall, result.verdict.overall),
        overall_word=STATES[result.verdict.overall],
    )


def _badness(row: Finding) -> tuple[int, bool, float, str]:
    """Order findings worst first: by verdict, critical ones before others, then by how many times the limit the number is."""
    over = (row.mean or 0.0) / row.limit if row.limit else (row.mean or 0.0) * 1e6
    return ORDER.index(row.verdict), not row.critical, -over, row.id


def _finding(row: Finding, places: dict[str, tuple[str, str]], control: str) -> FindingView:
    """Put a finding into words, holding back what speaks of fewer than ten people."""
    held_back = row.trials is not None and 0 < row.trials < words.FEWEST
    shown = row.mean is not None and not held_back
    number = words.joined((words.percent(row.mean) + words.WIDE + words.percents(row.lower, row.upper),)).strip() if shown else ""
    people = f"{words.whole(row.count)} of {words.whole(row.trials)}" if shown and row.count is not None and row.trials else ""
    return FindingView(
        row=row,
        headline=places[row.id][1],
        anchor=places[row.id][0],
        icon=row.verdict,
        word=VERDICTS[row.verdict],
        number=number or (words.HIDDEN if held_back else ""),
        people=people,
        shown=shown,
        parts=tuple(_part(part.name, part.trials, part.mean) for part in row.parts),
        plot=pictures.finding_interval(row) if shown else None,
        small=pictures.against_limit(row) if shown else None,
        control="" if control == "ok" else control,
        floor=places.get(row.floor),
    )


def headline(row: Finding) -> str:
    """Say what was measured under what, and with which mitigation in place.

    Several findings share the title of their risk, so it can't tell them apart. What the metric says already isn't said again.
    """
    condition = "" if row.condition_title in row.metric_title else row.condition_title
    said = ", ".join(part for part in (row.metric_title, condition) if part) or row.title
    return f"{said}, with {row.mitigation}" if row.mitigation not in {"", "none"} else said


def _part(name: str, trials: int, mean: float | None) -> tuple[str, str, str]:
    """Show one part of the trials, unless it is small."""
    if trials < words.FEWEST:
        return name, words.KEPT, ""
    return name, words.whole(trials), words.percent(mean)


def _half(result: Result, side: Half, question: str, by_id: dict[str, FindingView]) -> HalfView:
    """Put a half into words."""
    state = result.verdict.safety if side == "safety" else result.verdict.security
    tally = result.counts.safety if side == "safety" else result.counts.security
    word = {"met": "criteria met", "not_met": f"not met ({tally.fail} of {tally.criteria})"}.get(state, STATES[state])
    return HalfView(
        side=side,
        question=question,
        icon=ICONS.get(state, state),
        word=word,
        tally=_tally(tally),
        beside=_tally(tally, besides="not met" if state == "not_met" else ""),
        areas=tuple(_area(line, by_id, result.unmeasured) for line in result.areas if line.side == side),
        not_adopted=tuple(one for one in by_id.values() if one.row.side == side and not one.row.adopted),
        provisional=sum(one.row.side == side and bool(one.row.provisional) for one in by_id.values()),
        criteria=tally.criteria,
    )


def _tally(tally: Tally, *, besides: str = "") -> str:
    """Count the criteria of a half in words."""
    counts = {"met": tally.passed, "not met": tally.fail, "inconclusive": tally.inconclusive, "in error": tally.error, "not measured": tally.not_measured}
    said = [f"{words.whole(count)} {word}" for word, count in counts.items() if count and word != besides]
    return words.joined(said) if said or besides else "nothing measured"


def _area(line: AreaLine, by_id: dict[str, FindingView], unmeasured: Sequence[Unmeasured]) -> AreaView:
    """Put an area into words: its own reason if it has one, else its worst finding."""
    mine = set(line.findings)
    findings = tuple(one for one in by_id.values() if one.row.id in mine)
    worst = by_id.get(line.worst)
    icon, word = ICONS.get(line.state, line.state), STATES[line.state]
    if line.state == "incomplete":
        broken = worst is not None and worst.row.verdict == "error"
        icon, word = ("error", "error") if broken else (icon, word if findings else "not measured")
    number, detail = _detail(line, worst)
    if line.state == "incomplete" and findings and not detail:
        detail = _missing([one for one in unmeasured if one.area == line.area])
    return AreaView(line, area_name(line.area), icon, word, number, detail, worst, findings, counted(findings))


def gap_name(one: Unmeasured) -> str:
    """Name what was not measured: the risk in plain words, else what was asked."""
    return one.title or one.what.replace("_", " ")


def _missing(gaps: Sequence[Unmeasured]) -> str:
    """Say what keeps an area incomplete."""
    more = f", and {len(gaps) - 1} more" if len(gaps) > 1 else ""
    return f"Not measured: {gap_name(gaps[0])}{more}" if gaps else ""


def _detail(line: AreaLine, worst: FindingView | None) -> tuple[str, str]:
    """Say why an area stands as it does: its worst number against its limit, who left it out, or what is missing."""
    if line.state == "excluded":
        return "", f"Left out by {line.excluded_by}: {line.why}" if line.excluded_by else line.why
    if worst is None:
        return "", line.why
    row = worst.row
    limit = f", limit{words.WIDE}{words.limit_percent(row.limit)}" if worst.shown and row.limit is not None else ""
    limit += ", not adopted" if limit and not row.adopted else ""
    passed_over = line.state == "incomplete" and row.verdict == "pass"
    return worst.number + limit, line.why if passed_over else "" if worst.shown and row.verdict != "pass" else row.why


def counted(findings: Iterable[FindingView]) -> str:
    """Count findings by verdict, in words, worst first."""
    rows = list(findings)
    counts = [(sum(one.row.verdict == verdict for one in rows), COUNTED.get(verdict, VERDICTS[verdict])) for verdict in ORDER]
    return words.joined(f"{words.whole(count)} {word}" for count, word in counts if count)


def _harms(result: Result, to: str, kind: str, findings: Sequence[FindingView]) -> tuple[HarmView, ...]:
    """Give the harms of one kind, the gravest first."""
    rows = [harm for harm in result.registers.harms if harm.to == to and harm.kind == kind]
    rows.sort(key=lambda harm: (-(harm.severity or 0), harm.name))
    measured = [set(harm.findings) for harm in rows]
    return tuple(
        HarmView(harm.title or harm.name, harm.severity, tuple(one for one in findings if one.row.id in ids)) for harm, ids in zip(rows, measured, strict=True)
    )


def clinical_cells(row: ClinicalRow) -> tuple[tuple[str, str], ...]:
    """Give each figure of a clinical row with its interval, or nothing where the group is small."""
    figures = (
        (row.auroc, 1, 3),
        (row.slope, 1, 2),
        (row.intercept, 1, 2),
        (row.sensitivity, 100, 1),
        (row.specificity, 100, 1),
        (row.ppv, 100, 1),
        (row.alerts_per_100, 1, 1),
        (row.net_benefit, 1, 3),
    )
    cells = []
    for figure, times, digits in figures:
        value, lower, upper = figure if figure is not None else (None, None, None)
        if value is None:
            cells.append((words.NOTHING, ""))
        else:
            between = "" if lower is None or upper is None else f"[{words.number(times * lower, digits)}, {words.number(times * upper, digits)}]"
            cells.append((words.number(times * value, digits), between))
    return tuple(cells)


def intersections(result: Result) -> tuple[Intersection, ...]:
    """Where two groups meet, the groups of fewer than ten people with or without the outcome left out, whatever the file says."""
    found = result.clinical.intersections if result.clinical else ()
    enough = [one for one in found if min(one.outcomes, one.n - one.outcomes) >= words.FEWEST and one.missed and one.alarms]
    return tuple(msgspec.structs.replace(one, group=one.group.replace("=", ": ")) for one in enough)
