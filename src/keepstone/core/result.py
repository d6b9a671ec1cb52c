"""What came out: estimates, findings, effects, and the result that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from keepstone.core.cell import Held, Pair


class Kind(Enum):
    """What a number rests on. Only measured and proved numbers give PASS."""

    MEASURED = "measured"
    PROVED = "proved"
    MODELLED = "modelled"
    EXAMPLE = "example"


class Verdict(Enum):
    """The outcome of a criterion (the five of TTCN-3)."""

    PASS = "pass"  # noqa: S105  a verdict
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    NOT_MEASURED = "not_measured"
    ERROR = "error"


class State(Enum):
    """What is said of a half. It is never called safe or secure: tests can't show that."""

    MET = "met"
    NOT_MET = "not_met"
    INCONCLUSIVE = "inconclusive"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A number with what it is worth.

    Attributes:
        mean: Mean loss, in [0, 1] (differences: [-1, 1]).
        lower: One-sided lower bound at the family's level.
        upper: One-sided upper bound.
        e_pass: Evidence that the mean is under the limit.
        e_fail: Evidence that it is at or over it.
        trials: Trials counted.
        played: Trials played.
        calls: Rows that the model answered.
        parts: Per part, its name, trials counted and mean.
        kind: What it rests on.
    """

    mean: float
    lower: float
    upper: float
    e_pass: float
    e_fail: float
    trials: int
    played: int
    calls: float
    parts: tuple[tuple[str, int, float], ...] = ()
    kind: Kind = Kind.MEASURED


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A cell held against its limit."""

    held: Held
    estimate: Estimate | None
    verdict: Verdict
    why: str = ""
    nominal: float | None = None


@dataclass(frozen=True, kw_only=True)
class Effect:
    """The difference of two cells, with the three claims that may stand.

    Attributes:
        pair: What was compared.
        estimate: Of the difference; None where nothing ran.
        direction: "worse", "better", "no_worse", "inconclusive" or "not_measured".
        of_mean: Mean of the one.
        against_mean: Mean of the other.
        why: Why there is no number, or what is particular.
    """

    pair: Pair
    estimate: Estimate | None
    direction: str
    of_mean: float
    against_mean: float
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """What a mitigation is, read off its row of the matrix.

    Attributes:
        mitigation: Its id.
        kind: "trade-off", "harmful", "synergy", "one-sided gain", "no effect" or "inconclusive".
        side: The half that a one-sided gain helps, or "".
        better: Effects with less loss, shown.
        worse: Effects with more loss, shown.
        dominated: Whether another mitigation is observed at least as good everywhere and better somewhere: a remark, no claim.
        why: Why it is of this kind.
    """

    mitigation: str
    kind: str
    side: str
    better: tuple[Effect, ...]
    worse: tuple[Effect, ...]
    dominated: bool
    why: str


@dataclass(frozen=True, kw_only=True)
class Measured:
    """All that a run gave: findings in the plan's order, effects in the plan's order, and how the families stood."""

    findings: tuple[Finding, ...]
    effects: tuple[Effect, ...]
    verdict_level: float
    effect_level: float
    effect_claims: int
    calls: float
    calls_fixed: float
    controls: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, float] = field(default_factory=dict)
