"""MAP's last step: from what is asked to what will be run and how it will be judged, fixed before the first trial.

Areas and parts are handed in; nothing here is chosen by looking at a claim's trials.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import numpy as np

from keepstone.core.cell import Arm, Cell, Design, Held, Pair, Plan, Role
from keepstone.core.errors import KeepstoneError
from keepstone.core.origin import Adversary, Area
from keepstone.core.probe import Exposure, Probe, Unasked
from keepstone.core.trial import Outcome
from keepstone.stats.claims import Difference, Judged
from keepstone.stats.discovery import graded_level
from keepstone.stats.tally import looks

if TYPE_CHECKING:
    from keepstone.core.claim import Comparison
    from keepstone.core.part import AnyCondition, Metric, Mitigation, Target, Threat
    from keepstone.core.system import Adopted, System

OPENS = {
    "input": "the target is scores alone and can't be asked about other rows: give «model», «call» or «fit»",
    "training": "the target can't be trained again: give «train» (or «part») and «fit»",
    "parameters": "the parameters can't be reached: the target is a function, give «model» or «fit»",
    "document": "the service is told no document: its «request» has no place for {document} or {messages}",
    "prompt": "the service is not told the deployer's words: its «request» has no place for {prompt} or {messages}",
}
TOLD = frozenset({"document", "prompt"})
"""Channels of what is told beside the question: a part that has another one acts there all the same."""

HARMLESS = frozenset({"data.population", "data.forecast", "data.forecast_means", "data.batch", "data.part"})
"""Guesses that no verdict rests on: words, or columns that are shown beside the verdicts."""

SMALL = 1000
"""Under so many counted trials an effect is held to the wider margin."""


@dataclass(frozen=True, kw_only=True)
class Kit:
    """Parts that every plan needs, handed in by the lifecycle.

    Attributes:
        nominal: Ordinary use.
        none: No mitigation.
        harms: Metrics of harm that every threat is read by: against ordinary use, or in two parts that are held against each other.
        usefulness: Metrics of what a mitigation costs in use.
    """

    nominal: AnyCondition
    none: Mitigation
    harms: tuple[Metric, ...]
    usefulness: tuple[Metric, ...]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """All that the areas ask of a target."""

    probes: tuple[Probe, ...]
    unasked: tuple[Unasked, ...]
    exposures: tuple[Exposure, ...]


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What is fixed beside the questions.

    Attributes:
        adopted: From a finding's id to the limit that somebody adopted.
        seed: Of all randomness.
        digests: Of data, target, system, catalogue and code.
        profile: "quick" or "full".
        budget: Most rows to be answered.
    """

    adopted: Callable[[str], Adopted | None]
    seed: int
    digests: Mapping[str, str]
    profile: str = "quick"
    budget: float = float("inf")


def plan(system: System, target: Target, asked: Asked, kit: Kit, *, mitigations: Sequence[Mitigation], terms: Terms) -> Plan:
    """Lay out every cell and pair.

    Args:
        system: The system as described.
        target: What is asked.
        asked: What the areas ask.
        kit: Parts that every plan needs.
        mitigations: Those that are considered, in the order of the matrix.
        terms: What is fixed beside the questions.
    """
    fitting = [probe for probe in asked.probes if not _unfit(probe, target)]
    unasked = [*asked.unasked, *(_unasked(probe, target) for probe in asked.probes if _unfit(probe, target))]
    usable = [mitigation for mitigation in mitigations if not (unreachable(mitigation, target) or mitigation.unfit(target))]
    unasked += [_unusable(mitigation, target, fitting[0]) for mitigation in mitigations if fitting and mitigation not in usable]
    held = [_held(probe, target, kit, system, terms.adopted(probe.id)) for probe in fitting]
    pairs = [*_intent(fitting, target, kit, system), *_attack_harm(fitting, target, kit, system), *_exposed(asked.exposures, usable, target, kit, system)]
    pairs += _matrix(fitting, usable, target, kit, system)
    unique = tuple({pair.id: pair for pair in pairs}.values())
    draft = Plan(
        seed=terms.seed,
        alpha=system.alpha,
        design=Design(system.target.design if system.target else "all items"),
        held=tuple({one.id: one for one in held}.values()),
        pairs=unique,
        unasked=tuple(unasked),
        digests=terms.digests,
        profile=terms.profile,
        budget=terms.budget,
        bounded=system.kind != "table",
    )
    return _decidable(draft)


def _unfit(probe: Probe, target: Target) -> str:
    """Why a probe can't be put to the target."""
    return unreachable(probe.condition, target) or probe.condition.unfit(target) or probe.metric.unfit(target)


def unreachable(part: AnyCondition | Mitigation, target: Target) -> str:
    """Why a part can't act where it must: a channel that the target doesn't have, and what would open it."""
    closed = sorted(channel.name for channel in part.channels - target.channels)
    if TOLD.issuperset(closed) and len(closed) < len(part.channels):
        return ""
    return f"{OPENS[closed[0]]}" if closed and closed[0] in OPENS else ""


def _unasked(probe: Probe, target: Target) -> Unasked:
    return Unasked(risk=probe.risk, what=f"{probe.condition.id}.{probe.metric.id}", why=_unfit(probe, target))


def _unusable(mitigation: Mitigation, target: Target, like: Probe) -> Unasked:
    return Unasked(risk=like.risk, what=f"mitigation.{mitigation.id}", why=unreachable(mitigation, target) or mitigation.unfit(target))


def _held(probe: Probe, target: Target, kit: Kit, system: System, adopted: Adopted | None) -> Held:
    words = {}
    if adopted is not None and adopted.set_by:  # a limit that nobody stands for holds, and is not adopted
        words = {"set_by": adopted.set_by, "reason": adopted.reason, "source": adopted.source, "date": adopted.date}
    return Held(
        id=probe.id,
        cell=Cell(Arm(target, probe.condition, kit.none), probe.metric),
        probe=probe,
        limit=probe.limit if adopted is None else adopted.limit,
        adopted=words,
        critical=adopted is not None and adopted.critical,
        floor=(adopted.floor if adopted is not None else "") or probe.floor,
        provisional=(*guesses_behind(probe, system), *probe.provisional),
    )


def guesses_behind(probe: Probe, system: System) -> tuple[str, ...]:
    """The guesses that a verdict rests on: operating point and labels always, the rest where the probe uses it."""
    condition = probe.condition
    moves = condition.strength > 0 and any(channel.name == "input" for channel in condition.channels)
    uses = {
        "target": True,
        "data": True,
        "feature": moves,
        "group": probe.risk.area is Area.FAIRNESS,
        "adversary": isinstance(condition.origin, Adversary),
    }
    return tuple(sorted(guess for guess in system.guesses if uses.get(guess.partition(".")[0]) and guess not in HARMLESS))


def _threats(probes: Sequence[Probe]) -> Iterator[tuple[Probe, Threat]]:
    """Probes whose condition is a threat with a counterpart declared, each condition once."""
    seen: set[str] = set()
    for probe in probes:
        threat = probe.condition
        if isinstance(threat.origin, Adversary) and hasattr(threat, "counterpart") and threat.id not in seen:
            seen.add(threat.id)
            yield probe, cast("Threat", threat)


def _intent(probes: Sequence[Probe], target: Target, kit: Kit, system: System) -> Iterator[Pair]:
    for probe, threat in _threats(probes):
        if probe.paired is None or isinstance(threat.counterpart, str):
            continue
        tried = [(threat.counterpart, 1)]
        if threat.retried is not None:
            tried.append((threat.retried, threat.origin.queries))
        for counterpart, tries in tried:
            if unreachable(counterpart, target) or counterpart.unfit(target):
                continue
            of, against = (Cell(Arm(target, condition, kit.none), probe.paired) for condition in (threat, counterpart))
            about = {"threat": threat.id, "counterpart": counterpart.id, "tries": str(tries), "channel": ", ".join(sorted(c.name for c in threat.channels))}
            yield _pair(Role.INTENT, of, against, system, about)


def _attack_harm(probes: Sequence[Probe], target: Target, kit: Kit, system: System) -> Iterator[Pair]:
    for _probe, threat in _threats(probes):
        if threat.stream != kit.nominal.stream or threat.strength == 0 or getattr(threat, "instead", False):
            continue  # what is said instead of the trial's own question can't be answered rightly, and that is no harm
        for metric in kit.harms:
            if metric.unfit(target):
                continue
            of, against = (Cell(Arm(target, condition, kit.none), metric) for condition in (threat, kit.nominal))
            if len(metric.parts) == 1:
                yield _pair(Role.ATTACK_HARM, of, against, system, {"threat": threat.id})
            elif not any(channel.at_rest for channel in threat.channels):  # one part against the other; each trial against ordinary use already
                claim = cast("Comparison", of.claim)
                told = f"{Role.ATTACK_HARM.value}:{of.id}"
                yield Pair(id=told, role=Role.ATTACK_HARM, of=of, against=None, margin=system.small_margin, claim=claim, about={"threat": threat.id})


def _exposed(exposures: Sequence[Exposure], mitigations: Sequence[Mitigation], target: Target, kit: Kit, system: System) -> Iterator[Pair]:
    for exposure in exposures:
        if unreachable(exposure.condition, target) or exposure.condition.unfit(target) or exposure.metric.unfit(target):
            continue
        cell = Cell(Arm(target, exposure.condition, kit.none), exposure.metric)
        about = {"flaw": exposure.flaw, "title": exposure.title, "threat": exposure.condition.id, "telling": "yes" if exposure.telling else ""}
        if exposure.repaired is None:
            claim = cast("Comparison", cell.claim)
            yield _exposing(exposure, cell, None, system.small_margin, claim, about)
            continue
        repaired = _own(exposure.repaired, mitigations)
        if unreachable(repaired, target) or repaired.unfit(target):
            continue
        against = Cell(Arm(target, exposure.condition, repaired), exposure.metric)
        yield _exposing(exposure, cell, against, system.small_margin, paired(cell, against), about | {"repaired": repaired.id})


def _own(repair: Mitigation, considered: Sequence[Mitigation]) -> Mitigation:
    """The system's own mitigation of that kind, and for the same groups, where it considers one."""
    about = getattr(repair, "feature", "")
    return next((one for one in considered if one.name == repair.name and getattr(one, "feature", "") == about), repair)


def _exposing(exposure: Exposure, of: Cell, against: Cell | None, margin: float, claim: Comparison, about: Mapping[str, str]) -> Pair:
    told = f"{Role.EXPOSED_BY_FLAW.value}:{exposure.flaw}:{of.id}" + (f"|{against.id}" if against else "")
    return Pair(id=told, role=Role.EXPOSED_BY_FLAW, of=of, against=against, margin=margin, claim=claim, about=about)


def columns(probes: Sequence[Probe]) -> list[tuple[Probe, AnyCondition, Metric]]:
    """The columns of the matrix: each condition and the metric by which its arms are compared, once."""
    out: dict[tuple[str, str], tuple[Probe, AnyCondition, Metric]] = {}
    for probe in probes:
        if probe.paired is not None and probe.column:
            out.setdefault((probe.condition.id, probe.paired.id), (probe, probe.condition, probe.paired))
    return list(out.values())


def _matrix(probes: Sequence[Probe], mitigations: Sequence[Mitigation], target: Target, kit: Kit, system: System) -> Iterator[Pair]:
    for mitigation in mitigations:
        for probe, condition, metric in columns(probes):
            of, against = (Cell(Arm(target, condition, fix), metric) for fix in (mitigation, kit.none))
            guard = any(one.guard and one.condition.id == condition.id and one.paired is not None and one.paired.id == metric.id for one in probes)
            about = {"mitigation": mitigation.id, "column": f"{condition.id}:{metric.id}", "block": probe.risk.side.value, "guard": "yes" if guard else ""}
            yield _pair(Role.MITIGATION, of, against, system, about)
        for metric in kit.usefulness:
            of, against = (Cell(Arm(target, kit.nominal, fix), metric) for fix in (mitigation, kit.none))
            about = {"mitigation": mitigation.id, "column": f"{kit.nominal.id}:{metric.id}", "block": "usefulness", "guard": "yes"}
            yield _pair(Role.MITIGATION, of, against, system, about)


def _pair(role: Role, of: Cell, against: Cell, system: System, about: Mapping[str, str]) -> Pair:
    margin = system.margin if likely_count(of) >= SMALL else system.small_margin
    return Pair(id=f"{role.value}:{of.id}|{against.id}", role=role, of=of, against=against, margin=margin, claim=paired(of, against), about=about)


def paired(of: Cell, against: Cell) -> Difference:
    """How the difference of two cells is judged: by the exact test of pairs where the losses of both are 0 or 1."""
    return Difference(real=any(getattr(cell.claim, "real", False) for cell in (of, against)))


def likely_count(cell: Cell, part: int = 0) -> int:
    """How many trials would count for a cell if the target flagged exactly the outcomes: nothing is run."""
    counts = likely_counts(cell)
    return counts[part] if counts else 0


def likely_counts(cell: Cell) -> tuple[int, ...]:
    """Per part, how many trials would count if the target flagged exactly the outcomes. Empty where it can't be told beforehand."""
    target, stream = cell.arm.target, cell.arm.condition.stream
    dry = getattr(target, "dry", None)
    if dry is None or not target.size(stream):
        return ()
    outcome: Outcome = dry(stream)
    try:
        losses = np.asarray(cell.metric.loss(outcome, lambda: outcome))
    except (KeepstoneError, KeyError, ValueError, IndexError):
        return ()  # the metric needs what only the run can tell (a note of the condition)
    return tuple(int(n) for n in (~np.isnan(losses)).sum(axis=0))


def last_weight(plan: Plan, arm: Arm) -> float:
    """The share of the error that the last look at an arm may spend: all of it where it is the only one."""
    only = plan.design is Design.SEQUENTIAL or arm.id in plan.compared
    return 1.0 if only else looks(arm.target.size(arm.condition.stream))[-1][1]


def _sequential_best(held: Held) -> float:
    """The least p-value that a run in sequence without a loss can give a rate, over 1 / e; 0 for what is no rate, which is not told beforehand."""
    trials = held.cell.arm.target.size(held.cell.arm.condition.stream)
    parts = len(held.cell.metric.parts)
    if not trials or (parts != 1 and not isinstance(held.cell.claim, Judged)):
        return 0.0
    e = held.cell.claim.e(held.cell.claim.tally(np.zeros((trials, parts), dtype=np.int16)), held.limit).pass_
    return 1 / max(e, 1.0)


def _decidable(draft: Plan) -> Plan:
    """Mark the criteria that could not pass even without a loss: they stay outside the family."""
    cells = max(1, len(draft.held))
    level = draft.alpha if draft.design is Design.SEQUENTIAL else graded_level(cells, cells, draft.alpha)  # where every claim stands
    held = []
    for one in draft.held:
        counts = likely_counts(one.cell)
        best = _sequential_best(one) if draft.design is Design.SEQUENTIAL else 0.0
        if counts and draft.design is Design.ALL_ITEMS:
            best = one.cell.claim.best(counts, one.limit, weight=last_weight(draft, one.cell.arm)).pass_
        held.append(one if best <= level else replace(one, decidable=False))
    return replace(draft, held=tuple(held))
