"""The order of an assessment: describe, open, search, ask, plan, sign, run, judge, report.

system.toml -> System -> target -> Register -> probes -> Plan (signed) -> State -> findings, effects -> result, report
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from keepstone.areas.asking import smallest_held
from keepstone.catalog.load import load
from keepstone.core.artefact import recipe
from keepstone.core.channel import through
from keepstone.core.chat import Conversing
from keepstone.core.part import Tabular
from keepstone.core.probe import Scope
from keepstone.core.result import Verdict
from keepstone.core.trial import Trials
from keepstone.govern import document as doc
from keepstone.govern.clinical import clinical
from keepstone.govern.summary import Facts, summarise
from keepstone.intake.threads import one_thread
from keepstone.ledger.canonical import digest_bytes, digest_file, encode
from keepstone.lifecycle import controls, inventory, judging
from keepstone.lifecycle.explore import explore, write_explored
from keepstone.lifecycle.latency import latency
from keepstone.lifecycle.personal import behind, write_rows
from keepstone.lifecycle.questions import questions
from keepstone.lifecycle.record import LOG, PLAN, RESULT
from keepstone.lifecycle.registry import concluded, registered
from keepstone.lifecycle.transcripts import Archive, transcripts, write_transcripts
from keepstone.lifecycle.written import plan_document
from keepstone.map import derive
from keepstone.map import plan as planning
from keepstone.measure.compare import rows
from keepstone.measure.executors.local import Clock, InProcess, Processes
from keepstone.measure.families import NULLS
from keepstone.measure.judge import judge
from keepstone.measure.log import lines
from keepstone.measure.run import run
from keepstone.measure.search import overconfident, weak_slices
from keepstone.measure.shelf import KeptShelf
from keepstone.measure.state import OnProgress

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.cell import Plan
    from keepstone.core.channel import Floats
    from keepstone.core.part import Metric, Mitigation, Target
    from keepstone.core.result import Measured
    from keepstone.core.system import Considered, System
    from keepstone.core.table import Rule
    from keepstone.govern.explored import Explored
    from keepstone.govern.personal import Personal
    from keepstone.govern.transcripts import Transcripts
    from keepstone.ledger.keys import Key
    from keepstone.ledger.log import Ledger
    from keepstone.lifecycle.opening import Opened
    from keepstone.lifecycle.record import Record
    from keepstone.measure.state import State

Harm = tuple[str, Mapping[str, object]]
KITS: Mapping[str, tuple[tuple[Harm, ...], tuple[str, ...]]] = {
    "table": (
        (("missed", {}), ("alarms", {}), ("error", {}), ("brier", {}), ("confidently_wrong", {"of_all": True})),
        ("unanswered", "alarm_rate"),
    ),
    "chat": ((("wrong_answer", {}), ("leaked", {})), ("unanswered", "refused")),
    "agent": ((("task_failed", {}),), ("task_failed",)),
}
"""Per kind of target, the metrics of harm that every threat is read by, and those of usefulness that every mitigation is."""
MILLION = 1_000_000  # tokens that a price is told for
CARRIED = frozenset({"examples", "tools"})  # beside the package in a wheel, elsewhere in a checkout: not part of what runs


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a person chose for one run.

    Attributes:
        seed: Of all randomness.
        profile: "quick" or "full".
        only: Areas to ask, or none for all.
        budget: Most rows to be answered.
        rounds: Stop after so many rounds.
        resume: Go on with a run that was interrupted.
        show_rows: Write the rows behind failed findings; the file then holds personal data.
        explore: Go on with attacks that got in, once the verdicts stand.
    """

    seed: int = 7
    profile: str = "quick"
    only: frozenset[str] = frozenset()
    budget: float = float("inf")
    rounds: int | None = None
    resume: bool = False
    show_rows: bool = False
    explore: bool = False


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A plan, with what it was made from."""

    system: System
    opened: Opened
    plan: Plan
    controls: dict[str, str]
    slices: tuple[Rule, ...]
    names: dict[str, str]


@dataclass(frozen=True)
class Cost:
    """Tokens, and what they cost.

    Attributes:
        read: Tokens read, attackers' queries among them.
        written: Tokens written.
        money: What they cost, or None where no prices are given.
        currency: Of the prices.
    """

    read: int
    written: int
    money: float | None = None
    currency: str = ""


@dataclass(frozen=True, kw_only=True)
class Assessed:
    """What an assessment gave.

    Attributes:
        document: The result document.
        rounds: Rounds that were played.
        cells: Cells that were read.
        latency: Per mitigation, time of a call with it over time without.
        seconds: By kind of condition.
        personal: The rows behind failed findings, where they were asked for.
        uses: How often the ledger had a plan for the same cases before this one; None without a ledger.
        said: The conversations behind findings, of a chat system.
        explored: What was explored once the verdicts stood, where it was asked for.
        cost: Tokens, and what they cost, of a target that counts them.
    """

    document: doc.Result
    rounds: int
    cells: int
    latency: dict[str, float]
    seconds: dict[str, float]
    personal: Personal | None = None
    uses: int | None = None
    said: Transcripts | None = None
    explored: Explored | None = None
    cost: Cost | None = None


def prepare(system: System, opened: Opened, choice: Choice, shelf: Shelf) -> Planned:
    """Everything before the first trial: search on other rows, ask the areas, lay out the plan, run the controls."""
    planned = lay_out(system, opened, choice, shelf)
    with one_thread():
        found = controls.check([held.probe for held in planned.plan.held], kit(system.kind).none, choice.seed, shelf)
    return replace(planned, controls=found)


def lay_out(system: System, opened: Opened, choice: Choice, shelf: Shelf) -> Planned:
    """Search on other rows, ask the areas, lay out the plan; nothing is tried."""
    catalogue = load()
    register = derive.derive(system, catalogue)
    target = opened.target
    with one_thread():
        searched = _searched(target, choice.seed, shelf)
        scope = Scope(
            system=system,
            target=target,
            risk=register.risk,
            limit=lambda area, condition, metric: _default(system, f"{area}.{condition}.{metric}"),
            profile=choice.profile,
            slices=searched.slices,
            overconfident=searched.overconfident,
            groups=_groups(system, target),
            honest=searched.honest,
        )
        asked = questions(scope, register, choice.only, lambda probes: judging.questions(scope, opened.judges, probes, choice.seed))
        named = {made.id: (one.name, made) for one, made in _considered(system, choice.profile, opened.hand)}
        plan = planning.plan(
            system,
            target,
            asked,
            replace(kit(system.kind), harms=(*kit(system.kind).harms, *_unequal(scope))),
            mitigations=[made for _name, made in named.values()],
            terms=planning.Terms(
                adopted=lambda finding: derive.adopted(system, finding),
                seed=choice.seed,
                digests={
                    **opened.digests,
                    "system": _system_digest(system),
                    "catalogue": catalogue.digest,
                    "code": code_digest(),
                    **_outside(asked, named.values(), target),
                },
                profile=choice.profile,
                budget=choice.budget,
            ),
        )
    names = {key: name for key, (name, _made) in named.items()}
    return Planned(system=system, opened=opened, plan=plan, controls={}, slices=searched.slices, names=names)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a run is made and written.

    Attributes:
        record: Where it is written; None keeps everything in memory.
        processes: Workers that were started for it; None makes everything in this process.
        clock: For what no verdict rests on: seconds by kind, latency.
        ledger: Where the plan is registered before the first trial, and the result afterwards; only with a record.
    """

    record: Record | None = None
    processes: Processes | None = None
    clock: Clock | None = None
    ledger: Ledger | None = None


def assess(planned: Planned, choice: Choice, key: Key, *, place: Place | None = None, on_progress: OnProgress | None = None) -> Assessed:
    """Sign the plan, run it, judge it, and write down what came out.

    Args:
        planned: From `prepare`.
        choice: What the person chose.
        key: Signs the plan.
        place: Where it is made and written; in memory and in this process if None.
        on_progress: Called after every batch; answers False to stop after the round.
    """
    failed = frozenset(probe for probe, why in planned.controls.items() if why)
    place = place or Place()
    record, personal = place.record, None
    written = plan_document(planned.plan, failed, names=planned.names)
    digest = digest_bytes(encode(written)) if record is None else record.begin(written, key, resume=choice.resume)
    uses = _registered(place, planned, digest)
    shelf = KeptShelf(None if record is None else record.shelf)
    if place.processes is not None:
        place.processes.begin(planned.plan)
    executor = place.processes or InProcess(shelf, place.clock)
    state = run(planned.plan, executor, failed_controls=failed, most_rounds=choice.rounds, on_progress=on_progress)
    measured = judge(state, planned.controls)
    said = _said(planned.opened.target, state, measured, shelf)
    document = _document(planned, measured, digest, key, choice.only)
    if record is not None:
        record.stream("losses.jsonl", lines(state, shelf))
        record.write("result.json", encode(msgspec.to_builtins(document)))
        record.seal(key)
        if place.ledger is not None:
            concluded(place.ledger, document, {name: digest_file(record.folder / name) for name in (PLAN, LOG, RESULT)})
        if said is not None:
            write_transcripts(record, said)
        if choice.show_rows and isinstance(planned.opened.target, Tabular):
            personal = behind(state, [one.held for one in measured.findings if one.verdict is Verdict.FAIL], planned.opened.target.features, shelf)
            write_rows(record, personal)
    explored, beyond = explore(Archive(state, shelf), measured.findings, executor, on_progress) if choice.explore else (None, (0, 0))
    if record is not None and explored is not None:
        write_explored(record, explored)
    timings = latency(planned.plan, shelf, place.clock) if place.clock else {}
    return Assessed(
        document=document,
        rounds=state.rounds,
        cells=len(planned.plan.cells),
        latency=timings,
        seconds=dict(executor.spent),
        personal=personal,
        uses=uses,
        said=said,
        explored=explored,
        cost=_cost(planned.opened.target, (state.tokens[0] + beyond[0], state.tokens[1] + beyond[1])),
    )


def _cost(target: Target, tokens: tuple[int, int]) -> Cost | None:
    """What tokens cost by the prices of whatever answers; None where none were counted."""
    if not isinstance(target, Conversing) or not any(tokens):
        return None
    prices = [float(getattr(target.assistant, name, 0.0)) for name in ("price_in", "price_out")]
    money = sum(price * count for price, count in zip(prices, tokens, strict=True)) / MILLION
    return Cost(*tokens, money=money if any(prices) else None, currency=str(getattr(target.assistant, "currency", "")))


def _said(target: Target, state: State, measured: Measured, shelf: Shelf) -> Transcripts | None:
    """The conversations behind the findings; None where nobody is talked to."""
    if not isinstance(target, Conversing):
        return None
    return transcripts(Archive(state, shelf), measured.findings, whole=bool(getattr(target, "whole", False)))


def _registered(place: Place, planned: Planned, digest: str) -> int | None:
    """Log the plan before the first trial."""
    if place.ledger is None:
        return None
    data = planned.plan.digests.get("data") or planned.plan.digests.get("target", "")
    return registered(place.ledger, digest, system=planned.system.name, data=data, criteria=len(planned.plan.held))


def _document(planned: Planned, measured: Measured, digest: str, key: Key, only: frozenset[str]) -> doc.Result:
    target, system = planned.opened.target, planned.system
    facts = Facts(
        data=_data(target, system),
        target=planned.opened.about,
        digests={**planned.plan.digests, "plan": digest},
        key=doc.Key(id="" if key.public.insecure else key.public.id, insecure=key.public.insecure),
        effect_nulls=NULLS * len(planned.plan.pairs),
        names=planned.names,
        only=only,
        settings=planned.opened.settings,
        clinical=_clinical(target, system, planned.plan.seed),
    )
    return summarise(system, planned.plan, measured, rows(measured.effects), facts)


def _data(target: Target, system: System) -> doc.DataFacts:
    population = system.data.population if system.data else ""
    if not isinstance(target, Tabular):
        return doc.DataFacts(rows=target.size("test"), population=population)
    cases = target.table("test")
    return doc.DataFacts(rows=len(cases), outcomes=int(cases.y.sum()), train_rows=target.size("train") or None, population=population)


def _clinical(target: Target, system: System, seed: int) -> doc.Clinical | None:
    """The clinician's table; of what is no table of cases there is none."""
    if not isinstance(target, Tabular):
        return None
    groups = system.data.groups if system.data else ()
    said = target.run(Trials(seed, "test", 0, target.size("test")), through)
    return clinical(said, target.threshold, [one.attribute for one in groups])


@cache
def kit(kind: str = "table") -> planning.Kit:
    """The parts that every plan for a kind of target needs."""
    harms, usefulness = KITS[kind]
    return planning.Kit(
        nominal=inventory.part("condition", "nominal")(),
        none=inventory.part("mitigation", "none")(),
        harms=tuple(inventory.build("metric", name, parameters) for name, parameters in harms),
        usefulness=tuple(inventory.build("metric", name, {}) for name in usefulness),
    )


def _unequal(scope: Scope) -> Iterator[Metric]:
    """Whether an attack hits one group harder: asked of the smallest that is held against the rest."""
    found = smallest_held(scope)
    if found is not None:
        yield inventory.build("metric", "newly_missed", {"attribute": found[0], "group": found[1]})


def _considered(system: System, profile: str, hand: Callable[[Mitigation], Mitigation]) -> Iterator[tuple[Considered, Mitigation]]:
    """The mitigations that this profile measures, built and opened; those in place are part of the target."""
    for one in system.mitigations:
        if not one.in_place and one.profile in ("quick", profile):
            yield one, hand(inventory.mitigation(one))


def _outside(asked: planning.Asked, mitigations: Iterable[tuple[str, Mitigation]], target: Target) -> dict[str, str]:
    """Under "parts", the digest of packages from outside that the plan's parts come from; nothing where there are none."""
    ours = [part for probe in asked.probes for part in (probe.condition, probe.metric, probe.paired) if part is not None]
    theirs = [part for _name, mitigation in mitigations for part in (mitigation, *getattr(mitigation, "parts", ()))]  # one of several is Keepstone's own
    found = inventory.outside_digest([*ours, *theirs, target])
    return {"parts": found} if found else {}


@dataclass(frozen=True)
class _Searched:
    """What was found on the rows that may be looked at: honest scores of them, weak slices, and where flags claim the most beyond what came."""

    honest: Floats | None = None
    slices: tuple[Rule, ...] = ()
    overconfident: Rule | None = None


def _searched(target: Target, seed: int, shelf: Shelf) -> _Searched:
    if not isinstance(target, Tabular) or not target.size("search"):
        return _Searched()
    rows, honest = target.table("search"), target.held_out(shelf)
    return _Searched(honest, weak_slices(rows, honest, target.threshold, seed), overconfident(rows, honest, target.threshold, seed))


def _groups(system: System, target: Target) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Per attribute, its groups by size, those that nobody named left out."""
    out: list[tuple[str, tuple[str, ...]]] = []
    if not isinstance(target, Tabular):
        return ()
    for grouping in system.data.groups if system.data else ():
        who = target.table("test").groups.get(grouping.attribute, ())
        sizes = {name: sum(one == name for one in who) for name in set(who) if name and name != "not known"}
        out.append((grouping.attribute, tuple(sorted(sizes, key=lambda name: (-sizes[name], name)))))
    return tuple(out)


def _default(system: System, finding: str) -> float:
    """The catalogue's limit for a finding; half of all where it has none."""
    found = load().limit(system.domain, finding) or load().limit("general", finding)
    return 0.5 if found is None else found.limit


def _system_digest(system: System) -> str:
    """Digest of what the system says, whatever the layout of its file."""
    return digest_bytes(recipe(system).encode())


@cache
def code_digest() -> str:
    """Digest of every module of Keepstone that is installed."""
    total = hashlib.sha256()
    root = Path(str(files("keepstone")))
    modules = (path for path in root.rglob("*.py") if path.relative_to(root).parts[0] not in CARRIED)
    for path in sorted(modules, key=lambda one: one.relative_to(root).as_posix()):
        total.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"sha256:{total.hexdigest()}"
