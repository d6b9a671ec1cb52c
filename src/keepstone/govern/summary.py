"""From what was measured to the result document: the two halves, the twelve areas, findings, effects and what they say."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from keepstone.core.origin import SAFETY_AREAS, SECURITY_AREAS, Adversary, Area, Side
from keepstone.core.result import Finding, Measured, State, Verdict
from keepstone.govern import document as doc
from keepstone.govern import effects, rows
from keepstone.govern.numbers import evidence, few, number
from keepstone.govern.sentences import sentences
from keepstone.govern.told import alone
from keepstone.govern.wording import brief

if TYPE_CHECKING:
    from keepstone.core.cell import Plan
    from keepstone.core.probe import Unasked
    from keepstone.core.result import Row
    from keepstone.core.system import System

ORDER = (Verdict.FAIL, Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.NOT_MEASURED, Verdict.PASS)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the document says beside the measurements.

    Attributes:
        data: The cases, in numbers.
        target: The model, in a few words.
        digests: Digests of data, target, system, catalogue, code and plan.
        key: The key that signed the plan.
        effect_nulls: Most nulls of the effect family that are true together.
        clinical: The clinician's table, or None.
        names: The system's own names of mitigations, by id.
        only: Areas that the run was held to; empty for all.
        settings: What the answers of a chat system depend on, by name.
    """

    data: doc.DataFacts
    target: str
    digests: Mapping[str, str]
    key: doc.Key
    effect_nulls: int = 0
    clinical: doc.Clinical | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    only: frozenset[str] = frozenset()
    settings: Mapping[str, str] = field(default_factory=dict)


def summarise(system: System, plan: Plan, measured: Measured, mitigations: Sequence[Row], facts: Facts) -> doc.Result:
    """Assemble the document of an assessment. Same arguments, same document."""
    findings = tuple(finding_row(one) for one in measured.findings)
    areas = tuple(area_line(area, measured.findings, plan.unasked, system, only=facts.only) for area in (*SAFETY_AREAS, *SECURITY_AREAS))
    verdict = verdicts(areas, measured.findings)
    draft = doc.Result(
        schema="keepstone/result/1",
        system=_system(system, facts),
        seed=plan.seed,
        alpha=plan.alpha,
        profile=plan.profile,
        design=plan.design.value,
        digests=dict(facts.digests),
        verdict=verdict,
        counts=doc.Tallies(safety=_tally(measured.findings, Side.SAFETY), security=_tally(measured.findings, Side.SECURITY)),
        areas=areas,
        findings=findings,
        interplay=effects.interplay(measured.effects),
        mitigations=effects.mitigations(measured.effects, mitigations, facts.names),
        attack_harm=effects.attack_harm(measured.effects),
        exposed_by_flaw=effects.exposed(measured.effects),
        intent=effects.intent(measured.effects, plan, measured.sizes),
        sentences=(),
        clinical=facts.clinical,
        registers=doc.Registers(harms=_harms(system, measured.findings)),
        unmeasured=tuple(_unmeasured(one) for one in plan.unasked),
        controls={name: why or "ok" for name, why in measured.controls.items()},
        families=_families(measured, facts),
        calls=doc.Calls(made=measured.calls, fixed_n=measured.calls_fixed),
        statement=_statement(system),
        key=facts.key,
    )
    return msgspec.structs.replace(draft, sentences=sentences(measured, mitigations, facts.names))


def finding_row(one: Finding) -> rows.Finding:
    """A finding as the document has it; of one that speaks of too few people, the verdict and no number."""
    held, probe, estimate = one.held, one.held.probe, one.estimate
    risk, condition, metric = probe.risk, held.cell.arm.condition, held.cell.metric
    origin = risk.source
    hidden = estimate is not None and few(estimate.trials)
    shown = ("calls",) if hidden else ("calls", "mean", "lower", "upper")
    numbers = {} if estimate is None else {name: number(getattr(estimate, name)) for name in shown}
    count = None
    if estimate is not None and not hidden and metric.parts == ("all",) and estimate.trials:
        exact = estimate.mean * estimate.trials
        count = round(exact) if abs(exact - round(exact)) < 1e-6 else None
    return rows.Finding(
        id=held.id,
        side=risk.side.value,
        area=risk.area.value,
        risk=risk.id,
        title=risk.title,
        harm=risk.harm.title,
        harm_to=risk.harm.to.value,
        harm_kind=risk.harm.kind.value,
        severity=risk.harm.severity,
        asset=risk.asset,
        property=risk.loses.value,
        origin=f"adversary: {origin.goal}" if isinstance(origin, Adversary) else f"hazard: {origin.cause}",
        condition=condition.id,
        condition_title=condition.title,
        mitigation=held.cell.arm.mitigation.id,
        metric=metric.id,
        metric_title=metric.title,
        limit=number(held.limit),
        adopted=bool(held.adopted),
        critical=held.critical,
        floor=held.floor,
        trials=None if estimate is None else estimate.trials,
        played=None if estimate is None else estimate.played,
        verdict=one.verdict.value,
        kind=None if estimate is None else estimate.kind.value,
        why=one.why or _withstood(one),
        nominal=None if hidden else number(one.nominal),
        count=count,
        parts=_parts(one),
        provisional=held.provisional,
        references=risk.references,
        advice=probe.advice,
        enables=tuple(sorted(risk.enables)),
        set_by=held.adopted.get("set_by", ""),
        reason=held.adopted.get("reason", ""),
        source=held.adopted.get("source", ""),
        date=held.adopted.get("date", ""),
        calls=numbers.get("calls"),
        mean=numbers.get("mean"),
        lower=numbers.get("lower"),
        upper=numbers.get("upper"),
        e_pass=None if estimate is None or hidden else evidence(estimate.e_pass),
        e_fail=None if estimate is None or hidden else evidence(estimate.e_fail),
    )


def _withstood(one: Finding) -> str:
    """What a pass under attack says, and no more: this attack, within this budget."""
    condition = one.held.cell.arm.condition
    if one.verdict is not Verdict.PASS or not isinstance(condition.origin, Adversary):
        return ""
    queries = condition.origin.queries
    told = brief(condition)
    budget = f" within {queries} {'query' if queries == 1 else 'queries'}" if queries and str(queries) not in told else ""
    return f"Withstood {told}{budget}: this attack at this strength, and no other."


def _parts(one: Finding) -> tuple[rows.Share, ...]:
    """The parts by name; those of fewer than ten people, and the next smallest by which they could be told, keep their name only."""
    if one.estimate is None or one.held.cell.metric.parts == ("all",) or not one.estimate.parts:
        return ()
    shown = alone(np.array([[trials for _, trials, _ in one.estimate.parts]]))
    return tuple(
        rows.Share(name=name, trials=trials, mean=number(mean)) if shown[at] else rows.Share(name=name, trials=0, mean=None)
        for at, (name, trials, mean) in enumerate(one.estimate.parts)
    )


def area_line(area: Area, findings: Sequence[Finding], unasked: Sequence[Unasked], system: System, *, only: frozenset[str] = frozenset()) -> doc.AreaLine:
    """What is said of one area."""
    mine = [one for one in findings if one.held.probe.risk.area is area]
    open_ = [one for one in unasked if one.risk.area is area]
    excluded = next((one for one in system.exclusions if one.area is area), None)
    side: rows.Half = area.side.value
    if excluded is not None:
        return doc.AreaLine(area=area.value, side=side, state="excluded", why=excluded.reason, excluded_by=excluded.by)
    if not mine:
        left_out = bool(only) and area.value not in only
        why = "Not asked in this run." if left_out else open_[0].why if open_ else "No probe asks about this area yet."
        return doc.AreaLine(area=area.value, side=side, state="incomplete", why=why)
    worst = min(mine, key=lambda one: (ORDER.index(one.verdict), -_excess(one)))
    state = _state(mine, missing=bool(open_))
    why = _in_a_line(worst)
    if state is State.INCOMPLETE and worst.verdict is Verdict.PASS:
        why = f"Not measured: {open_[0].risk.title}" if open_ else "Every number is under its limit, and a limit is nobody's: adopt it or change it."
    return doc.AreaLine(area=area.value, side=side, state=state.value, why=why, worst=worst.held.id, findings=tuple(one.held.id for one in mine))


def _excess(one: Finding) -> float:
    """How far over its limit a finding lies, as a multiple of the limit."""
    return one.estimate.mean / max(one.held.limit, 1e-9) if one.estimate is not None and not math.isnan(one.estimate.mean) else 0.0


def _in_a_line(one: Finding) -> str:
    metric, condition = one.held.cell.metric.title, one.held.cell.arm.condition.title
    if one.estimate is None:
        return f"{metric}, {condition}: {one.why}"
    estimate = one.estimate
    if few(estimate.trials):
        return f"{metric}, {condition}: of too few people to be shown"
    text = f"{metric}, {condition}: {100 * estimate.mean:.1f} % [{100 * estimate.lower:.1f}, {100 * estimate.upper:.1f}], limit {100 * one.held.limit:g} %"
    return text if one.held.adopted else f"{text}, not adopted"


def _state(findings: Sequence[Finding], *, missing: bool) -> State:
    """Met only if every criterion passes, every limit was adopted, and nothing is left unmeasured."""
    verdicts_seen = {one.verdict for one in findings}
    if Verdict.FAIL in verdicts_seen:
        return State.NOT_MET
    if verdicts_seen & {Verdict.ERROR, Verdict.NOT_MEASURED} or missing or not findings:
        return State.INCOMPLETE
    if Verdict.INCONCLUSIVE in verdicts_seen:
        return State.INCONCLUSIVE
    return State.MET if all(one.held.adopted for one in findings) else State.INCOMPLETE


def verdicts(areas: Sequence[doc.AreaLine], findings: Sequence[Finding]) -> doc.Verdicts:
    """What is said of each half; both must be met for `overall`, and nothing is averaged."""
    said = {side: _half([area.state for area in areas if area.side == side.value]) for side in Side}
    both = _half([state.value for state in said.values()]) if findings else State.INCOMPLETE
    return doc.Verdicts(safety=said[Side.SAFETY].value, security=said[Side.SECURITY].value, overall=both.value)


def _half(states: Sequence[str]) -> State:
    asked = [state for state in states if state != "excluded"]
    for state in (State.NOT_MET, State.INCOMPLETE, State.INCONCLUSIVE):
        if state.value in asked:
            return state
    return State.MET if asked else State.INCOMPLETE


def exit_code(result: doc.Result) -> int:
    """The exit code of an assessment: 0 all criteria met, 1 a criterion failed, 4 nothing failed but something is open."""
    if any(finding.verdict == "fail" for finding in result.findings):
        return 1
    return 0 if result.verdict.overall == "met" else 4


def _tally(findings: Sequence[Finding], side: Side) -> doc.Tally:
    mine = [one for one in findings if one.held.probe.risk.side is side]
    number_of = {verdict: sum(one.verdict is verdict for one in mine) for verdict in Verdict}
    return doc.Tally(
        passed=number_of[Verdict.PASS],
        fail=number_of[Verdict.FAIL],
        inconclusive=number_of[Verdict.INCONCLUSIVE],
        not_measured=number_of[Verdict.NOT_MEASURED],
        error=number_of[Verdict.ERROR],
        criteria=len(mine),
        not_adopted=sum(not one.held.adopted for one in mine),
    )


def _system(system: System, facts: Facts) -> doc.SystemFacts:
    return doc.SystemFacts(
        name=system.name,
        purpose=system.purpose,
        domain=system.domain,
        autonomy=system.autonomy.value,
        stage=system.stage.value,
        population=system.population,
        owner=system.owner,
        affected=system.affected,
        data=facts.data,
        target=facts.target,
        settings=dict(sorted(facts.settings.items())),
    )


def _harms(system: System, findings: Sequence[Finding]) -> tuple[doc.Harm, ...]:
    known = {harm.name: harm for harm in system.harms}
    known |= {one.held.probe.risk.harm.name: one.held.probe.risk.harm for one in findings}
    return tuple(
        doc.Harm(
            name=name,
            title=harm.title,
            to=harm.to.value,
            kind=harm.kind.value,
            severity=harm.severity,
            findings=tuple(one.held.id for one in findings if one.held.probe.risk.harm.name == name),
        )
        for name, harm in known.items()
    )


def _unmeasured(one: Unasked) -> doc.Unmeasured:
    area = one.risk.area
    return doc.Unmeasured(id=one.id, side=area.side.value, area=area.value, what=one.what, title=one.risk.title, why=one.why)


def _families(measured: Measured, facts: Facts) -> doc.Families:
    claimed = sum(one.verdict in (Verdict.PASS, Verdict.FAIL) for one in measured.findings)
    judged = sum(one.estimate is not None for one in measured.effects)
    cells = sum(one.held.decidable and not measured.controls.get(one.held.probe.id) for one in measured.findings)
    return doc.Families(
        verdicts=doc.VerdictFamily(cells=cells, claimed=claimed, level=number(measured.verdict_level)),
        effects=doc.EffectFamily(pairs=judged, nulls=facts.effect_nulls, claimed=measured.effect_claims, level=number(measured.effect_level)),
    )


def _statement(system: System) -> str:
    """Of whom or of what the numbers speak."""
    if system.kind == "chat":
        return _conversations(system)
    if system.kind == "agent":
        suite = system.target.agentdojo if system.target else ""
        return f"Speaks of tasks like those of AgentDojo's suite «{suite}»; these are not the tasks of those who will use it."
    population = (system.data.population if system.data else "") or system.population
    return f"Speaks of people like these: {population}" if population else "Speaks of cases like the ones tested; nobody declared a population."


def _conversations(system: System) -> str:
    """What the numbers speak of where the target is talked to: the questions are made, nobody's own."""
    kind, _colon, name = (system.target.corpus if system.target else "").partition(":")
    made = f"conversations like the items of «{name}» and their templates" if name else f"conversations that the corpus «{kind}» can make"
    named = f"not the conversations of the people named ({system.population})" if system.population else "not the conversations of those who will use it"
    return f"Speaks of {made}; these are {named}."
