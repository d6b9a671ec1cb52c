"""Results made up for tests: one for each state that a page must show. Numbers are invented; intervals agree with verdicts."""

from __future__ import annotations

import math

import msgspec
from govern.invented import DIGESTS, HARMS, HOSTILE, METRICS, MITIGATIONS, SAFETY, SECURITY, SENTENCES, UNMEASURED, noise

from keepstone.core.origin import Area
from keepstone.govern.document import (
    AreaLine,
    AreaState,
    Calls,
    DataFacts,
    EffectFamily,
    Families,
    Harm,
    Key,
    Registers,
    Result,
    Run,
    Sentence,
    State,
    SystemFacts,
    Tallies,
    Tally,
    Unmeasured,
    VerdictFamily,
    Verdicts,
)
from keepstone.govern.rows import Finding, Half, Share, Verdict

ALPHA = 0.05
Z = 2.4
HALVES: tuple[Half, Half] = ("safety", "security")


def interval(mean: float, trials: int) -> tuple[float, float]:
    """Give a Wilson interval."""
    middle = (mean + Z * Z / 2 / trials) / (1 + Z * Z / trials)
    half = Z / (1 + Z * Z / trials) * math.sqrt(mean * (1 - mean) / trials + Z * Z / 4 / trials / trials)
    return max(0.0, middle - half), min(1.0, middle + half)


def judged(lower: float, upper: float, limit: float) -> Verdict:
    """Read the verdict off the interval."""
    return "pass" if upper <= limit else "fail" if lower >= limit else "inconclusive"


def finding(side: Half, row: tuple[str, str, str, str, str, int, int, float], **other: object) -> Finding:
    """Make one finding from a line of the tables above."""
    area, condition, condition_title, harm, title, losses, trials, limit = row
    text, to, kind, severity = HARMS[harm]
    mean = losses / 1000
    lower, upper = interval(mean, trials)
    verdict = judged(lower, upper, limit / 100)
    strong = {"pass": (900.0, 0.0), "fail": (0.0, 2.4e6), "inconclusive": (4.0, 1.5)}[verdict]
    cause = "hazard: " + condition_title if side == "safety" else "adversary: turn the flag off"
    made = Finding(
        id=f"{area}.{condition}.{harm}",
        side=side,
        area=area,
        risk=f"{area}.{condition}",
        title=title,
        harm=text,
        harm_to=to,
        harm_kind=kind,
        severity=severity,
        asset="function" if side == "safety" else "model",
        property="integrity",
        origin=cause,
        condition=condition,
        condition_title=condition_title,
        mitigation="none",
        metric=harm,
        metric_title=METRICS[harm],
        limit=limit / 100,
        adopted=True,
        set_by="Dr A. Example, risk owner",
        reason="one death in four overlooked is where a screening aid loses its point",
        source="clinical board, minute 12",
        date="2026-11-02",
        critical=harm == "missed" and condition == "nominal",
        trials=trials,
        played=trials,
        calls=float(trials * (100 if side == "security" else 1)),
        mean=mean,
        lower=lower,
        upper=upper,
        e_pass=strong[0],
        e_fail=strong[1],
        verdict=verdict,
        kind="measured",
        why="",
        nominal=0.177 if harm == "missed" else None,
        count=round(mean * trials),
        parts=(),
        provisional=(),
        references=("NISTAML.022", "ATLAS AML.T0043") if side == "security" else ("AIID 613",),
        advice="Check units at the door: a plausibility check refuses values that no patient has." if verdict != "pass" else "",
        enables=("adversarial.unit_chosen",) if condition == "unit_mixup" else (),
    )
    return msgspec.structs.replace(made, **other)


def findings() -> list[Finding]:
    """Give the findings of the ordinary example."""
    made = [finding("safety", row) for row in SAFETY] + [finding("security", row) for row in SECURITY]
    gap = (Share(name="sex=female", trials=310, mean=0.186), Share(name="sex=male", trials=400, mean=0.169), Share(name="sex=not stated", trials=6, mean=0.5))
    return [msgspec.structs.replace(one, parts=gap, adopted=False, set_by="", reason="", source="", date="") if one.condition == "sex" else one for one in made]


def tally(side: Half, rows: list[Finding]) -> Tally:
    """Count the findings of a half."""
    mine = [row for row in rows if row.side == side]
    by = {verdict: sum(row.verdict == verdict for row in mine) for verdict in ("pass", "fail", "inconclusive", "not_measured", "error")}
    return Tally(
        passed=by["pass"],
        fail=by["fail"],
        inconclusive=by["inconclusive"],
        not_measured=by["not_measured"],
        error=by["error"],
        criteria=len(mine),
        not_adopted=sum(not row.adopted for row in mine),
    )


def state(rows: list[Finding]) -> AreaState:
    """Say what is said of an area."""
    verdicts = {row.verdict for row in rows}
    if "fail" in verdicts:
        return "not_met"
    if not rows or verdicts & {"error", "not_measured"} or not all(row.adopted and not row.provisional for row in rows):
        return "incomplete"
    return "inconclusive" if "inconclusive" in verdicts else "met"


def area_lines(rows: list[Finding], excluded: str = "longterm") -> tuple[AreaLine, ...]:
    """Make the twelve lines."""
    order = ("fail", "error", "inconclusive", "not_measured", "pass")
    lines = []
    for area in Area:
        mine = sorted((row for row in rows if row.area == area.value), key=lambda row: (order.index(row.verdict), -((row.mean or 0) / (row.limit or 1))))
        side: Half = "safety" if area.side.value == "safety" else "security"
        if area.value == excluded and not mine:
            lines.append(AreaLine(area=area.value, side=side, state="excluded", why="advises only, never acts", excluded_by="Dr A. Example"))
        else:
            why = "" if mine else "the system file describes no service"
            lines.append(
                AreaLine(area=area.value, side=side, state=state(mine), why=why, worst=mine[0].id if mine else "", findings=tuple(row.id for row in mine))
            )
    return tuple(lines)


def half_state(side: Half, rows: list[Finding], lines: tuple[AreaLine, ...]) -> State:
    """Say what is said of a half."""
    said = {line.state for line in lines if line.side == side}
    for word in ("not_met", "incomplete", "inconclusive"):
        if word in said:
            return word
    return "met"


def system() -> SystemFacts:
    """Give the system of the example."""
    return SystemFacts(
        name="Death in hospital, predicted on day 3",
        purpose="warns a ward's doctors of patients likely to die in hospital",
        domain="healthcare",
        autonomy="advises",
        stage="development",
        population="seriously ill adults in hospital",
        owner="Example Hospital",
        affected=("patients", "ward staff"),
        data=DataFacts(rows=2731, outcomes=710, train_rows=4797, population="seriously ill adults in five US centres", period="1989 to 1994"),
        target="histogram gradient boosting, 24 features",
    )


def build(rows: list[Finding], **other: object) -> Result:
    """Put a result together around findings; whatever is named in `other` takes its place."""
    lines = area_lines(rows)
    halves: dict[str, State] = {side: half_state(side, rows, lines) for side in HALVES}
    said = set(halves.values())
    overall: State = next((word for word in ("not_met", "incomplete", "inconclusive") if word in said), "met")
    claimed = sum(row.verdict in {"pass", "fail"} for row in rows)
    harms = tuple(
        Harm(name=word, title=title, to=to, kind=kind, severity=severity, findings=tuple(row.id for row in rows if row.metric == word))
        for word, (title, to, kind, severity) in HARMS.items()
    )
    made = Result(
        schema="keepstone/result/1",
        system=system(),
        seed=7,
        alpha=ALPHA,
        profile="quick",
        design="all items",
        digests=DIGESTS,
        verdict=Verdicts(safety=halves["safety"], security=halves["security"], overall=overall),
        counts=Tallies(safety=tally("safety", rows), security=tally("security", rows)),
        areas=lines,
        findings=tuple(rows),
        registers=Registers(harms=harms),
        unmeasured=UNMEASURED,
        controls={row.id: "ok" for row in rows},
        families=Families(
            verdicts=VerdictFamily(cells=len(rows), claimed=claimed, level=0.0068), effects=EffectFamily(pairs=240, nulls=480, claimed=131, level=0.0051)
        ),
        calls=Calls(made=412_806, fixed_n=1_204_310),
        statement="The numbers speak of patients like these: seriously ill adults in five US centres, 1989 to 1994.",
        key=Key(id="ed25519:5f1c0a93be27d481", insecure=True),
    )
    return msgspec.structs.replace(made, **other)


def not_met() -> Result:
    """Give the ordinary example: both halves fail something, every section is filled."""
    from govern import synthetic_effects as effects

    rests = ("adversarial.evasion_2.missed", "robustness.missing_values.alarm", "adversarial.withhold_3.missed")
    sentences = tuple(Sentence(text=text, rests_on=word) for text, word in zip(SENTENCES, rests, strict=True))
    return build(
        findings(),
        interplay=effects.interplay(),
        mitigations=effects.mitigations(),
        intent=effects.intent(),
        attack_harm=effects.attack_harm(),
        exposed_by_flaw=effects.exposed(),
        clinical=effects.clinical(),
        sentences=sentences,
    )


def met() -> Result:
    """Give a result in which every criterion of all twelve areas passes and a proper key signed."""
    rows = []
    for i, area in enumerate(Area):
        side: Half = "safety" if area.side.value == "safety" else "security"
        title = f"Few losses under {area.value.replace('_', ' ')} test"
        rows.append(finding(side, (area.value, "nominal", "ordinary use", "missed" if side == "safety" else "leak", title, 20 + 3 * i, 2731, 10)))
    return build(rows, unmeasured=(), key=Key(id="ed25519:77aa0c", insecure=False))


def inconclusive() -> Result:
    """Give a result in which nothing fails and nothing is settled either."""
    rows = [
        msgspec.structs.replace(
            row, mean=0.09, **dict(zip(("lower", "upper"), interval(0.09, 90), strict=True)), trials=90, count=8, verdict="inconclusive", e_pass=3.0
        )
        for row in met().findings
    ]
    return build(rows, unmeasured=())


def error() -> Result:
    """Give a result in which the target broke and a control did not come out as it must."""
    nothing = dict.fromkeys(("trials", "played", "calls", "mean", "lower", "upper", "e_pass", "e_fail", "kind", "nominal", "count"))
    rows = [
        msgspec.structs.replace(
            row,
            **nothing,
            verdict="error",
            why="ValueError at row 118: Input X contains NaN.\nHistGradientBoosting accepts them; the pipeline's scaler does not.",
        )
        if row.area in {"robustness", "adversarial"}
        else row
        for row in findings()
    ]
    controls = {row.id: "ok" for row in rows} | {"robustness.unit_mixup.missed": "the known-bad target came out at 3.1 %, under the limit of 20 %"}
    return build(rows, controls=controls)


def empty() -> Result:
    """Give a result of a project that has nothing yet."""
    made = build([], calls=Calls(made=0.0), digests={}, key=Key())
    gaps = tuple(
        Unmeasured(
            id=f"{area.value}.all",
            side="safety" if area.side.value == "safety" else "security",
            area=area.value,
            what="everything",
            why="There is no target; give one under [target].",
        )
        for area in Area
    )
    lines = tuple(
        AreaLine(area=area.value, side="safety" if area.side.value == "safety" else "security", state="incomplete", why="nothing measured") for area in Area
    )
    halves = Verdicts(safety="incomplete", security="incomplete", overall="incomplete")
    families = Families(verdicts=VerdictFamily(cells=0, claimed=0), effects=EffectFamily(pairs=0, nulls=0, claimed=0))
    bare = SystemFacts(name="Triage helper", data=DataFacts())
    return msgspec.structs.replace(made, unmeasured=gaps, areas=lines, verdict=halves, families=families, statement="", registers=Registers(), system=bare)


def provisional() -> Result:
    """Give a result whose verdicts rest on guesses: measured, but never PASS."""
    rows = [
        msgspec.structs.replace(
            row,
            verdict="inconclusive" if row.verdict == "pass" else row.verdict,
            provisional=("target.threshold", "data.features.creatinine.bounds"),
            adopted=False,
            e_pass=0.0,
        )
        for row in findings()
    ]
    return build(rows)


def many(count: int = 500) -> Result:
    """Give a result with hundreds of findings, each verdict among them, in all but one area."""
    areas = [area for area in Area if area.value != "longterm"]
    rows = []
    for i in range(count):
        area = areas[i % len(areas)]
        side: Half = "safety" if area.side.value == "safety" else "security"
        losses, trials = int(320 * noise(i, 1) ** 2), 60 + int(2600 * noise(i, 2))
        row = (area.value, f"condition_{i:03d}", f"condition number {i}", "missed", f"Missed deaths under condition number {i}", losses, trials, 10)
        one = finding(side, row)
        rows.append(
            msgspec.structs.replace(one, verdict="error", mean=None, lower=None, upper=None, trials=None, count=None, why="the target answered NaN")
            if i % 41 == 0
            else one
        )
    base = not_met()
    return build(
        rows,
        interplay=base.interplay,
        mitigations=base.mitigations,
        intent=base.intent,
        attack_harm=base.attack_harm,
        exposed_by_flaw=base.exposed_by_flaw,
        clinical=base.clinical,
        sentences=base.sentences,
        controls={},
    )


def hostile() -> Result:
    """Give the ordinary example with every text replaced by one that tries to act, some of them ten thousand letters long."""
    plain = msgspec.to_builtins(not_met())
    fixed = {
        "schema",
        "safety",
        "security",
        "overall",
        "area",
        "side",
        "state",
        "verdict",
        "kind",
        "direction",
        "block",
        "worst",
        "id",
        "findings",
        "harm_to",
        "harm_kind",
        "to",
    }

    def poison(value: object, key: str = "") -> object:
        if isinstance(value, dict):
            return {HOSTILE + str(word) if key == "controls" else word: poison(item, str(word)) for word, item in value.items()}
        if isinstance(value, list | tuple):
            return [poison(item, key) for item in value]
        if isinstance(value, str) and key not in fixed:
            return value + HOSTILE if len(value) % 7 else HOSTILE + value + "long" * 2500
        return value

    return msgspec.convert(poison(plain), Result)


def run() -> Run:
    """Give the facts of a run."""
    latency = {name: round(1 + 5 * noise(i, 11) ** 2, 2) for i, (name, *_) in enumerate(MITIGATIONS)}
    return Run(
        start="2026-11-24T09:00:00Z",
        end="2026-11-24T09:00:41Z",
        host="ward-7",
        python="3.11.7",
        platform="Linux x86_64",
        seconds=41.2,
        cells=104,
        calls=412_806.0,
        workers=2,
        seconds_by_kind={"nominal": 0.4, "evasion": 9.1, "membership": 10.2},
        latency=latency,
    )


STATES = {
    "not_met": not_met,
    "met": met,
    "inconclusive": inconclusive,
    "error": error,
    "empty": empty,
    "provisional": provisional,
    "many": many,
    "hostile": hostile,
}
