"""The rows of the result document: findings, effects, the mitigations read off them, and the clinician's table.

The structs are the published schema (docs/schema/result.schema.json is made from them, docstrings included), so a field is
described once, here. A number that was not measured is null, never zero.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

Half: TypeAlias = Literal["safety", "security"]
Block: TypeAlias = Literal["safety", "security", "usefulness"]
Verdict: TypeAlias = Literal["pass", "fail", "inconclusive", "not_measured", "error"]
Kind: TypeAlias = Literal["measured", "proved", "modelled", "example"]
Direction: TypeAlias = Literal["worse", "better", "no_worse", "inconclusive", "not_measured"]
Sort: TypeAlias = Literal["trade-off", "harmful", "synergy", "one-sided gain", "no effect", "inconclusive"]
Number: TypeAlias = float | None
Triple: TypeAlias = tuple[Number, Number, Number] | None


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the result: fixed once read, and a field that is not known is refused."""


class Share(Document, frozen=True, kw_only=True):
    """One part of a finding's trials, such as a group.

    Attributes:
        name: Its name.
        trials: Trials counted.
        mean: Mean loss, or null.
    """

    name: str
    trials: int
    mean: Number = None


class Finding(Document, frozen=True, kw_only=True):
    """A cell held against its limit.

    Attributes:
        id: Stable word: area, condition, metric.
        side: Its half, which follows from the origin.
        area: Its area.
        risk: Id of the risk.
        title: In plain words.
        harm: What could happen.
        harm_to: "people", "environment" or "institutions".
        harm_kind: "physical", "psychological" or "systemic".
        severity: 1 (negligible) to 5 (catastrophic).
        asset: Kind of asset concerned.
        property: Which property of it is lost.
        origin: "hazard: cause" or "adversary: goal".
        condition: Id of the condition.
        condition_title: The condition in plain words.
        mitigation: What was in place.
        metric: Id of the metric.
        metric_title: The metric in plain words.
        limit: Largest mean loss accepted.
        adopted: Whether somebody set the limit by name.
        set_by: Who set it.
        reason: Why this number.
        source: What it rests on.
        date: When it was set.
        critical: Whether the verdict is also held family-wise.
        floor: Id of the finding of usefulness that must pass too, or "".
        trials: Trials counted.
        played: Trials played.
        calls: Rows that the model answered.
        mean: Mean loss.
        lower: One-sided lower bound at the family's level.
        upper: One-sided upper bound.
        e_pass: Evidence that the mean is under the limit, an e-value; 1e15 stands for all larger ones, as not every reader keeps whole numbers over 2^53.
        e_fail: Evidence that it is at or over it, likewise.
        verdict: The outcome.
        kind: What the number rests on; only measured and proved ones give PASS.
        why: What is particular, or why there is no number.
        nominal: The same metric in ordinary use, or null.
        count: Trials that lost, or null where the loss is no count.
        parts: The trials by part.
        provisional: Guesses that the verdict rests on; it can't be PASS.
        references: Ids in public frameworks.
        advice: What to do when it fails.
        enables: Risks on the other half that it opens.
    """

    id: str
    side: Half
    area: str
    risk: str = ""
    title: str
    harm: str = ""
    harm_to: str = ""
    harm_kind: str = ""
    severity: int | None = None
    asset: str = ""
    property: str = ""
    origin: str = ""
    condition: str = ""
    condition_title: str = ""
    mitigation: str = ""
    metric: str = ""
    metric_title: str = ""
    limit: Number = None
    adopted: bool = False
    set_by: str = ""
    reason: str = ""
    source: str = ""
    date: str = ""
    critical: bool = False
    floor: str = ""
    trials: int | None = None
    played: int | None = None
    calls: Number = None
    mean: Number = None
    lower: Number = None
    upper: Number = None
    e_pass: Number = None
    e_fail: Number = None
    verdict: Verdict
    kind: Kind | None = None
    why: str = ""
    nominal: Number = None
    count: int | None = None
    parts: tuple[Share, ...] = ()
    provisional: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    advice: str = ""
    enables: tuple[str, ...] = ()


class Compared(Document, frozen=True, kw_only=True):
    """Two losses held against each other.

    Attributes:
        id: The comparison's id in the plan, or "" where none could be made.
        lower: Lower bound of the difference.
        upper: Upper bound.
        direction: What is claimed.
        why: Why there is no number, or what is particular.
    """

    id: str = ""
    lower: Number = None
    upper: Number = None
    direction: Direction
    why: str = ""


class Difference(Compared, frozen=True, kw_only=True):
    """A comparison that is held to a margin.

    Attributes:
        effect: The first loss minus the second, or null.
        margin: "No worse" means worse by less than this.
        of: The first loss.
        against: The second, that it is held against.
    """

    effect: Number = None
    margin: Number = None
    of: Number = None
    against: Number = None


class Interplay(Difference, frozen=True, kw_only=True):
    """One mark of the mitigation matrix: the loss with a mitigation against that with none, paired on the same trials.

    Attributes:
        mitigation: Its name.
        column: The cell that is read, in words.
        condition: Id of the condition.
        metric: Id of the metric.
        block: Which block of the matrix.
        aimed: The half that the mitigation is aimed at.
        affected: The half that the column belongs to.
        trials: Trials of the pair.
        guard: Whether a gain must show no loss here.
    """

    mitigation: str
    column: str
    condition: str = ""
    metric: str = ""
    block: Block
    aimed: str = ""
    affected: str = ""
    trials: int | None = None
    guard: bool = False


class Mitigation(Document, frozen=True, kw_only=True):
    """What a mitigation is, read off its row of the matrix.

    Attributes:
        name: Its name.
        title: The name that the system gives it, or in plain words.
        how: What it does, in plain words.
        kind: Trade-off, harmful, synergy, one-sided gain, no effect or inconclusive.
        side: The half that a one-sided gain helps, or "".
        better: Columns with less loss.
        worse: Columns with more loss.
        dominated: Whether another is observed at least as good everywhere and better somewhere; no bound stands behind it.
        buys: What it was shown to buy, in people per 1 000, each with its bounds: [at least, at most].
        costs: What it was shown to cost, likewise.
        reads: Channels that it trusts.
        why: Why it is of this kind.
    """

    name: str
    title: str = ""
    how: str = ""
    kind: Sort
    side: str = ""
    better: tuple[str, ...] = ()
    worse: tuple[str, ...] = ()
    dominated: bool = False
    buys: str = ""
    costs: str = ""
    reads: tuple[str, ...] = ()
    why: str = ""


class AttackHarm(Difference, frozen=True, kw_only=True):
    """What an attack does to a harm: the loss under the threat against that in ordinary use, paired on the same trials.

    Attributes:
        threat: Id of the threat.
        title: In plain words.
        metric: Id of the harm's metric.
        metric_title: In plain words.
        beside: Whom or what it is held against, in plain words.
        trials: Trials of the pair.
    """

    threat: str
    title: str = ""
    metric: str = ""
    metric_title: str = ""
    beside: str = "in ordinary use"
    trials: int | None = None


class Exposed(Difference, frozen=True, kw_only=True):
    """A safety flaw as an open door: attack success where the flaw is present against where it is absent or repaired.

    Attributes:
        flaw: Id of the flaw.
        title: In plain words.
        threat: The threat that uses it.
        threat_title: In plain words.
        metric: How its success is read.
        metric_title: In plain words.
        repaired: The mitigation that repairs the flaw, the attack going through it; "" where the flaw is absent in other trials.
        trials: Trials compared: of the smaller part, or those that count with and without the repair.
        trials_of: Trials where it is present, or null where the same trials are compared with its repair.
        trials_against: Trials where it is not, or null.
    """

    flaw: str
    title: str = ""
    threat: str = ""
    threat_title: str = ""
    metric: str = ""
    metric_title: str = ""
    repaired: str = ""
    trials: int | None = None
    trials_of: int | None = None
    trials_against: int | None = None


class Intent(Compared, frozen=True, kw_only=True):
    """What intent adds on a channel: a threat against its accidental counterpart, at one try or at as many as the attack had.

    Attributes:
        channel: Where both act.
        threat: Id of the threat.
        threat_title: In plain words.
        counterpart: Id of the hazard, or "" where nothing happens by chance at that strength.
        counterpart_title: In plain words.
        law: How chance draws it.
        size: The mean realised change under intent against that by chance, where both tell it.
        tries: How many draws chance had.
        metric: Id of the metric.
        metric_title: In plain words.
        by_chance: Loss under the counterpart, or null.
        by_intent: Loss under the threat, or null.
        difference: Added by intent, at least.
    """

    channel: str
    threat: str
    threat_title: str = ""
    counterpart: str = ""
    counterpart_title: str = ""
    law: str = ""
    size: str | float | None = None
    tries: int | None = None
    metric: str = ""
    metric_title: str = ""
    by_chance: Number = None
    by_intent: Number = None
    difference: Number = None


class ClinicalRow(Document, frozen=True, kw_only=True):
    """One line of the clinician's table. Each figure is its value, lower and upper bound, or null.

    Attributes:
        group: "all", or an attribute and its value: "sex=female".
        n: People.
        outcomes: People with the outcome.
        auroc: Chance that a person with the outcome is ranked above one without.
        slope: Calibration slope; 1 is right.
        intercept: Calibration intercept; 0 is right.
        sensitivity: Share of outcomes that are flagged.
        specificity: Share of the others that are not.
        ppv: Share of flags that are right.
        alerts_per_100: Flags per 100 people.
        net_benefit: Net true positives per person at the threshold (Vickers and Elkin 2006).
        kind: What the intervals rest on.
    """

    group: str
    n: int
    outcomes: int | None = None
    auroc: Triple = None
    slope: Triple = None
    intercept: Triple = None
    sensitivity: Triple = None
    specificity: Triple = None
    ppv: Triple = None
    alerts_per_100: Triple = None
    net_benefit: Triple = None
    kind: Kind = "modelled"


class Intersection(Document, frozen=True, kw_only=True):
    """Where two groups meet: shown, never judged.

    Attributes:
        group: The two, "sex=female, age_band=80+".
        n: People in both.
        outcomes: Those with the outcome.
        missed: Share of outcomes not flagged, with an exact interval of 95 % of its own.
        alarms: Share of the others that were flagged, likewise.
        kind: What the numbers rest on.
    """

    group: str
    n: int
    outcomes: int
    missed: Triple = None
    alarms: Triple = None
    kind: Kind = "measured"


class CalibrationBin(Document, frozen=True, kw_only=True):
    """One point of the calibration plot.

    Attributes:
        bin: Its number or name.
        predicted: Mean predicted risk.
        observed: Share with the outcome.
        lower: Lower bound of that share.
        upper: Upper bound.
        n: People.
    """

    bin: int | str
    predicted: Number = None
    observed: Number = None
    lower: Number = None
    upper: Number = None
    n: int
