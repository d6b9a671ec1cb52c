"""The result document, `result.json`, as one type, and the facts of the run beside it, `run.json`.

`read` decodes a file into a `Result`; the rows that it holds stand in `rows`. The document is the same bytes for the same
inputs and seed, so clock, host and durations are not in it: they are a `Run`.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from keepstone.govern.rows import (
    AttackHarm,
    CalibrationBin,
    ClinicalRow,
    Document,
    Exposed,
    Finding,
    Half,
    Intent,
    Interplay,
    Intersection,
    Mitigation,
    Number,
)

SCHEMA = "keepstone/result/1"

State: TypeAlias = Literal["met", "not_met", "inconclusive", "incomplete"]
AreaState: TypeAlias = Literal["met", "not_met", "inconclusive", "incomplete", "excluded"]


class DataFacts(Document, frozen=True, kw_only=True):
    """The cases, in numbers.

    Attributes:
        rows: Test cases, or null where there were none.
        outcomes: Cases in which the outcome happened, or null.
        train_rows: Training rows at hand, or null.
        population: Whom the rows stand for.
        period: When they were gathered.
    """

    rows: int | None = None
    outcomes: int | None = None
    train_rows: int | None = None
    population: str = ""
    period: str = ""


class SystemFacts(Document, frozen=True, kw_only=True):
    """The system that was assessed, as its people describe it.

    Attributes:
        name: Its name.
        purpose: What it is for.
        domain: Where it is used.
        autonomy: How far it acts by itself.
        stage: Where in its life it stands.
        population: Whom it is meant for.
        owner: Who answers for it.
        affected: Who is affected.
        data: The cases.
        target: The model, in a few words.
        settings: Of whatever answers conversations, all that its answers depend on, by name.
    """

    name: str
    purpose: str = ""
    domain: str = ""
    autonomy: str = ""
    stage: str = ""
    population: str = ""
    owner: str = ""
    affected: tuple[str, ...] = ()
    data: DataFacts
    target: str = ""
    settings: dict[str, str] = msgspec.field(default_factory=dict)


class Verdicts(Document, frozen=True, kw_only=True):
    """What is said of each half. `overall` is met only if both are: nothing is averaged across the two.

    Attributes:
        safety: The safety half.
        security: The security half.
        overall: Both together.
    """

    safety: State
    security: State
    overall: State


class Tally(Document, frozen=True, kw_only=True, rename={"passed": "pass"}):
    """How many criteria of a half came out how.

    Attributes:
        passed: Met.
        fail: Not met.
        inconclusive: The limit lies inside the interval.
        not_measured: Nothing ran.
        error: The target or the probe broke.
        criteria: Criteria in all.
        not_adopted: Criteria whose limit is the catalogue's and that nobody adopted.
    """

    passed: int
    fail: int
    inconclusive: int
    not_measured: int
    error: int
    criteria: int
    not_adopted: int


class Tallies(Document, frozen=True, kw_only=True):
    """The two tallies.

    Attributes:
        safety: Of the safety half.
        security: Of the security half.
    """

    safety: Tally
    security: Tally


class AreaLine(Document, frozen=True, kw_only=True):
    """One of the twelve areas.

    Attributes:
        area: Its word: "alignment", "supply_chain".
        side: The half that it belongs to.
        state: What is said of it.
        why: The worst finding in one line, or why it was left out.
        excluded_by: Who left it out, or "".
        worst: Id of its worst finding, or "".
        findings: Ids of its findings.
    """

    area: str
    side: Half
    state: AreaState
    why: str = ""
    excluded_by: str = ""
    worst: str = ""
    findings: tuple[str, ...] = ()


class Sentence(Document, frozen=True, kw_only=True):
    """One of the three sentences that matter most.

    Attributes:
        text: The sentence.
        rests_on: The finding or effect that it rests on.
    """

    text: str
    rests_on: str = ""


class Clinical(Document, frozen=True, kw_only=True):
    """The clinician's table.

    Attributes:
        rows: Everybody, then each group.
        forecast: People's own forecast of the outcome, or null.
        calibration: The calibration plot.
        threshold: Score from which a case is flagged.
        intersections: Where two groups meet, the most missed first.
        intersections_hidden: How many such pairs have too few people to be shown.
    """

    rows: tuple[ClinicalRow, ...]
    forecast: ClinicalRow | None = None
    calibration: tuple[CalibrationBin, ...] = ()
    threshold: Number = None
    intersections: tuple[Intersection, ...] = ()
    intersections_hidden: int = 0


class Harm(Document, frozen=True, kw_only=True):
    """A harm of the register, with the findings that measure it.

    Attributes:
        name: Its word.
        title: In plain words.
        to: "people", "environment" or "institutions".
        kind: "physical", "psychological" or "systemic".
        severity: 1 (negligible) to 5 (catastrophic).
        findings: Ids of the findings that measure it.
    """

    name: str
    title: str = ""
    to: str
    kind: str
    severity: int | None = None
    findings: tuple[str, ...] = ()


class Registers(Document, frozen=True, kw_only=True):
    """The registers that MAP derived.

    Attributes:
        harms: Who may be harmed, and how.
    """

    harms: tuple[Harm, ...] = ()


class Unmeasured(Document, frozen=True, kw_only=True):
    """A question that was not put to this target.

    Attributes:
        id: Stable word.
        side: Its half.
        area: Its area.
        what: What would be measured.
        title: The risk in plain words.
        why: Why it was not, and what would change that.
    """

    id: str
    side: Half
    area: str
    what: str
    title: str = ""
    why: str = ""


class VerdictFamily(Document, frozen=True, kw_only=True):
    """The claims about criteria, taken together (e-BH; Wang and Ramdas 2022).

    Attributes:
        cells: Cells in the family.
        claimed: Claims made.
        level: Level at which each claim was held.
    """

    cells: int
    claimed: int
    level: Number = None


class EffectFamily(Document, frozen=True, kw_only=True):
    """The claims about effects, taken together.

    Attributes:
        pairs: Comparisons.
        nulls: The most nulls that can be true together.
        claimed: Claims made.
        level: Level at which each claim was held.
    """

    pairs: int
    nulls: int
    claimed: int
    level: Number = None


class Families(Document, frozen=True, kw_only=True):
    """The two families of claims, each at its alpha.

    Attributes:
        verdicts: Claims about criteria.
        effects: Claims about effects.
    """

    verdicts: VerdictFamily
    effects: EffectFamily


class Calls(Document, frozen=True, kw_only=True):
    """Rows that the model answered.

    Attributes:
        made: In this run.
        fixed_n: That a design without early stopping would have asked for.
    """

    made: float
    fixed_n: Number = None


class Key(Document, frozen=True, kw_only=True):
    """The key that signed the plan.

    Attributes:
        id: Its name.
        insecure: Whether it is the development key, which proves nothing to others.
    """

    id: str = ""
    insecure: bool = False


class Result(Document, frozen=True, kw_only=True):
    """Everything that an assessment found.

    Attributes:
        schema: The version of this document.
        system: The system that was assessed.
        seed: What every random number follows from.
        alpha: Error rate of each family of claims.
        profile: "quick" or "full".
        design: How evidence was gathered.
        digests: Digests of data, target, system, catalogue, code and plan.
        verdict: What is said of each half.
        counts: How many criteria came out how.
        areas: All twelve areas, in order.
        findings: Every criterion.
        interplay: The mitigation matrix.
        mitigations: What each mitigation is.
        attack_harm: What attacks do to harms.
        exposed_by_flaw: Which flaw opens a door.
        intent: What intent adds.
        sentences: The three sentences that matter most.
        clinical: The clinician's table, or null.
        registers: The registers that MAP derived.
        unmeasured: What was not measured, and why.
        controls: For each probe "ok", or why its controls did not come out as they must.
        families: The claims, taken together.
        calls: What the run asked of the model.
        statement: Whom the numbers speak of.
        key: The key that signed the plan.
    """

    schema: Literal["keepstone/result/1"]
    system: SystemFacts
    seed: int
    alpha: float
    profile: str = "quick"
    design: str = "all items"
    digests: dict[str, str]
    verdict: Verdicts
    counts: Tallies
    areas: tuple[AreaLine, ...]
    findings: tuple[Finding, ...]
    interplay: tuple[Interplay, ...] = ()
    mitigations: tuple[Mitigation, ...] = ()
    attack_harm: tuple[AttackHarm, ...] = ()
    exposed_by_flaw: tuple[Exposed, ...] = ()
    intent: tuple[Intent, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    clinical: Clinical | None = None
    registers: Registers
    unmeasured: tuple[Unmeasured, ...] = ()
    controls: dict[str, str]
    families: Families
    calls: Calls
    statement: str = ""
    key: Key


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of a run that no verdict rests on. Fields that are not known here are passed over.

    Attributes:
        start: When it began.
        end: When it ended.
        host: Where it ran.
        python: Version of the interpreter.
        platform: Operating system and machine.
        seconds: How long it took.
        cells: Cells that ran.
        seconds_by_kind: Seconds per kind of cell.
        calls: Rows that the model answered.
        workers: Processes used.
        latency: Per mitigation, time of a call with it over time without.
        rounds: Rounds that were played: `--rounds` with this number repeats a run that ended by time.
        command: The command that repeats the run.
        system: Path of the system file from the folder of the run.
        tokens_read: Tokens that the target read, attackers' queries among them, as far as it counts them.
        tokens_written: Tokens that it wrote.
        money: What they cost by the prices of the system file, or null.
        currency: Of these prices.
    """

    start: str = ""
    end: str = ""
    host: str = ""
    python: str = ""
    platform: str = ""
    seconds: Number = None
    cells: int | None = None
    seconds_by_kind: dict[str, float] = msgspec.field(default_factory=dict)
    calls: Number = None
    workers: int | None = None
    latency: dict[str, float] = msgspec.field(default_factory=dict)
    rounds: int | None = None
    command: str = ""
    system: str = ""
    tokens_read: int | None = None
    tokens_written: int | None = None
    money: Number = None
    currency: str = ""
