"""Tiny targets whose answers to every probe are known beforehand: what a probe must find, and what it must not (paper, section 6: who checks the checker).

Each factory gives the same target at every call. All stand on one invented ward of 600 training and 600 test cases:

    age, sex, ward        fixed facts, nobody can change them
    visits                a count, moved by one at most
    lab_a .. lab_d        measured values that go up with how ill somebody is; any may be missing, or be written in another unit

The outcome follows either from how ill somebody is (`linear`, `memorising`, `scrambled`) or from the age alone (`immutable_only`, `constant`, `unfair`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from keepstone.core.artefact import key_of
from keepstone.core.table import Feature, Table, Unit
from keepstone.intake.model import Estimated, Guarded
from keepstone.parts.targets.classifier import Classifier
from keepstone.stats.chance import Address, normal, uniform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.channel import Floats
    from keepstone.core.part import Learner, Scorer

ROWS = 600
SEED = 2026
OLD = 68.0
"""The outcome comes from this age on, where age decides it."""
AGE, SEX, WARD, VISITS, LABS = 0, 1, 2, 3, slice(4, 8)
TYPICAL = 10.0
"""A typical lab value; the spread is 2."""
WARDS = ("north", "south", "east")
SEXES = ("female", "male")


def linear(*, error: float = 0.6, fill: float = TYPICAL) -> Classifier:
    """A logistic regression on everything that can be changed: right for most, near the threshold for many.

    Args:
        error: Measurement error of a lab value; their spread is 2. At 6, noise of half an error drowns the signal.
        fill: What it puts in for a missing value. At 0 a missing value looks like the best of health.

    Example:
        >>> target = linear()
        >>> sorted(channel.name for channel in target.channels)
        ['input', 'output', 'parameters', 'training']
    """
    return _linear(error, fill)


@cache
def immutable_only() -> Classifier:
    """Answers from the age alone, and the age decides: never wrong, and nothing that can be changed, withheld, flipped or tampered with moves it.

    Its training ignores the labels and its parameters are not used, so conditions at rest leave it as it is too.

    Example:
        >>> target = immutable_only()
        >>> bool(((target.scorer(target.test.x).scores >= target.threshold) == (target.test.y == 1)).all())
        True
    """
    return _target("immutable_only", ByAge(), "age")


def perfect() -> Classifier:
    """Never wrong, whatever happens: `immutable_only` under the name of what it is where nothing is changed."""
    return immutable_only()


@cache
def constant(score: float = 0.0) -> Classifier:
    """Answers every case alike: at 0 nobody is flagged and every outcome is missed, at 1 everybody is flagged.

    Example:
        >>> set(constant(1.0).scorer(constant(1.0).test.x).scores.tolist())
        {1.0}
    """
    return _target(f"constant-{score:g}", Always(score), "age")


@cache
def mistaken(score: float = 0.98) -> Classifier:
    """Wrong about everybody, and as sure of it as `score` says."""
    return _target(f"mistaken-{score:g}", ByAge(sure=1 - score), "age")


@cache
def unfair(*, column: int = SEX, code: float = 0.0, score: float = 0.02) -> Classifier:
    """Right from the age, but for one group, whom it gives one score whatever their age: 0.02 misses all of their outcomes, 0.98 alarms for all.

    Args:
        column: Where the group stands: `SEX` or `WARD`.
        code: Which of its codes.
        score: What all of the group get.
    """
    return _target(f"unfair-{column}-{code:g}-{score:g}", ByAge(blind=(column, code, score)), "age")


@cache
def memorising() -> Classifier:
    """The nearest training case decides, a quarter of the labels being chance: it knows its training rows by heart, holds them, and follows every label.

    Example:
        >>> target = memorising()
        >>> bool((target.scorer(target.train.x).scores == target.train.y).all())
        True
    """
    return _target("memorising", NearestCase(), "noisy")


@cache
def scrambled() -> Classifier:
    """Decides by the digits of the values far behind the point: nothing can be learned from its answers."""
    return _target("scrambled", Scrambled(), "noisy")


@cache
def misjoined(*, roll: int = 14) -> Classifier:
    """Good answers from bad records: in two of four deliveries the lab values stand so many rows too far down; at 0 all are their owner's."""
    return _target(f"misjoined-{roll}", LeastLoss(), "ill", Ward(roll=roll, spread=0.5))


@cache
def proxy(*, apart: bool = True) -> Classifier:
    """Right for what was labelled; what was meant is the same, or (`apart`) has nothing to do with it."""
    return _target(f"proxy-{'apart' if apart else 'same'}", ByAge(), "age", Ward(meant=apart))


@cache
def _linear(error: float, fill: float) -> Classifier:
    return _target(f"linear-{error:g}-{fill:g}", LeastLoss(fill), "ill", Ward(error=error))


# ---- how they are trained ----


@dataclass(eq=False)
class Logistic:
    """A logistic regression with its parameters where scikit-learn has them.

    Attributes:
        coef_: float64 (1, features), for standardised features.
        intercept_: float64 (1,).
        middle: What is subtracted from each feature.
        scale: What each is divided by.
        fill: What stands for a missing lab value.
    """

    coef_: Floats
    intercept_: Floats
    middle: Floats
    scale: Floats
    fill: float
    classes_: tuple[int, int] = (0, 1)

    def predict_proba(self, x: Floats) -> Floats:
        """Both probabilities, float64 (rows, 2)."""
        filled = (np.where(np.isnan(x), self.fill, x) - self.middle) / self.scale
        score = 1 / (1 + np.exp(-np.clip(filled @ self.coef_[0] + self.intercept_[0], -40, 40)))
        return np.column_stack([1 - score, score])


@dataclass(frozen=True)
class LeastLoss:
    """Trains a logistic regression on what can be changed, by Newton's method with a light ridge."""

    fill: float = TYPICAL

    @property
    def recipe(self) -> str:
        """Its name and what it puts in for a missing value."""
        return f"logistic {self.fill:g}"

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Scorer:
        """Train it; the seed has no effect."""
        del seed
        share = np.ones(len(y)) if weight is None else weight
        filled = np.where(np.isnan(x), self.fill, x)
        filled[:, :VISITS] = 0
        middle, scale = filled.mean(axis=0), np.maximum(filled.std(axis=0), 1e-9)
        z = np.column_stack([(filled - middle) / scale, np.ones(len(y))])
        beta = np.zeros(z.shape[1])
        for _ in range(8):
            p = 1 / (1 + np.exp(-np.clip(z @ beta, -30, 30)))
            slope = z.T @ (share * (y - p)) - beta
            beta = beta + np.linalg.solve((z.T * (share * p * (1 - p))) @ z + np.eye(len(beta)), slope)
        usable = scale > 1e-6
        coef = np.where(usable, beta[:-1], 0.0)
        return Estimated(Logistic(coef[None, :], beta[-1:].copy(), middle, np.where(usable, scale, 1.0), self.fill))


@dataclass(eq=False)
class Rule:
    """Decides by the age; the parameters that it shows are not used.

    Attributes:
        sure: Score of the old; the others get one minus it.
        blind: A column, one of its codes, and the score that all who have it get; None where nobody is treated apart.
    """

    sure: float
    blind: tuple[int, float, float] | None
    coef_: Floats = field(default_factory=lambda: np.ones((1, 8)))
    intercept_: Floats = field(default_factory=lambda: np.zeros(1))
    classes_: tuple[int, int] = (0, 1)

    def predict_proba(self, x: Floats) -> Floats:
        """Both probabilities, float64 (rows, 2)."""
        score = np.where(x[:, AGE] >= OLD, self.sure, 1 - self.sure)
        if self.blind is not None:
            column, code, given = self.blind
            score = np.where(x[:, column] == code, given, score)
        return np.column_stack([1 - score, score])


@dataclass(frozen=True)
class ByAge:
    """Trains nothing: the rule is fixed."""

    sure: float = 0.98
    blind: tuple[int, float, float] | None = None

    @property
    def recipe(self) -> str:
        """The rule."""
        return f"by age {self.sure:g} {self.blind}"

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Scorer:
        """Give the rule."""
        del x, y, seed, weight
        return Estimated(Rule(self.sure, self.blind))


@dataclass(frozen=True)
class Always:
    """Trains nothing: the answer is fixed. It is its own scorer."""

    score: float

    @property
    def recipe(self) -> str:
        """The answer."""
        return f"always {self.score:g}"

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Scorer:
        """Give the answer."""
        del x, y, seed, weight
        return self

    def __call__(self, x: Floats) -> Floats:
        """Answer every row alike."""
        return np.full(len(x), self.score)


@dataclass(frozen=True)
class Scrambled:
    """Trains nothing: digits behind the point decide. It is its own scorer."""

    @property
    def recipe(self) -> str:
        """Its name."""
        return "scrambled"

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Scorer:
        """Give the rule."""
        del x, y, seed, weight
        return self

    def __call__(self, x: Floats) -> Floats:
        """Answer by the digits from the fourth on, of a sum in which every column has a weight of its own."""
        digits = np.nan_to_num(x) @ (1000 * np.sqrt(np.arange(2.0, 2.0 + x.shape[1])))
        return np.asarray(digits - np.floor(digits), dtype=np.float64)


@dataclass(eq=False)
class Nearest:
    """Holds its training rows.

    Attributes:
        rows: float64 (rows, features), as trained on, missing values filled.
        labels: float64 (rows,).
    """

    rows: Floats
    labels: Floats
    classes_: tuple[int, int] = (0, 1)

    def predict_proba(self, x: Floats) -> Floats:
        """Both probabilities: the label of the nearest training row."""
        held, filled = self.rows[:, LABS], np.where(np.isnan(x), TYPICAL, x)[:, LABS]
        far = (held**2).sum(axis=1)[None, :] - 2 * filled @ held.T
        score = self.labels[np.argmin(far, axis=1)]
        return np.column_stack([1 - score, score])


@dataclass(frozen=True)
class NearestCase:
    """Trains by keeping every row."""

    @property
    def recipe(self) -> str:
        """Its name."""
        return "nearest case"

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Scorer:
        """Keep the rows."""
        del seed, weight
        return Estimated(Nearest(np.where(np.isnan(x), TYPICAL, x), y.astype(np.float64)))


# ---- the ward ----


@dataclass(frozen=True)
class Ward:
    """How the invented ward keeps its records.

    Attributes:
        error: Measurement error of a lab value.
        meant: Whether what was meant is something else than what was labelled.
        roll: How many rows too far down the lab values of every second delivery stand.
        spread: How far a lab value strays from what the illness makes it.
    """

    error: float = 0.6
    meant: bool = False
    roll: int = 0
    spread: float = 1.2

    def features(self) -> tuple[Feature, ...]:
        """What is known of the eight columns."""
        other = Unit(name="tenths", factor=0.1)
        labs = [Feature(name=f"lab_{k}", unit="units", lower=0.0, upper=20.0, error_abs=self.error, missing=True, units=(other,)) for k in "abcd"]
        return (
            Feature(name="age", unit="years", lower=18, upper=110, immutable=True),
            Feature(name="sex", kind="binary", immutable=True, levels=SEXES),
            Feature(name="ward", kind="category", immutable=True, levels=WARDS),
            Feature(name="visits", kind="integer", lower=0, upper=30, error_abs=1.0),
            *labs,
        )

    def table(self, name: str, outcome: str) -> Table:
        """Write 600 cases.

        Args:
            name: "train" or "test": other names give other cases.
            outcome: "age" (it comes with age), "ill" (with how ill somebody is) or "noisy" (as "ill", a quarter by chance).
        """
        at = Address(SEED, f"ward.{name}", 0, ROWS)
        draws, luck = normal(at, "values", 7), uniform(at, "luck", 6)
        ill, sex, place = draws[:, 0], np.floor(luck[:, 0] * 2), np.floor(luck[:, 1] * 3)
        labs = np.clip(TYPICAL + 1.6 * ill[:, None] + self.spread * draws[:, 3:7], 0.1, 20)
        labs[uniform(at, "missing", 4) < 0.03] = np.nan
        x = np.column_stack([np.clip(60 + 14 * draws[:, 2], 18, 110), sex, place, np.clip(np.rint(8 + 3 * ill + draws[:, 1]), 0, 30), labs])
        y = _outcome(outcome, x, ill, luck)
        number = np.arange(ROWS, dtype=np.int64) + (0 if name == "train" else ROWS)
        late = number % ROWS >= ROWS // 2
        x[late, LABS] = np.roll(x[late, LABS], self.roll, axis=0)
        return Table(
            features=self.features(),
            x=x,
            y=y,
            row=number,
            unit=number,
            groups={"sex": [SEXES[int(code)] for code in sex], "ward": [WARDS[int(code)] for code in place]},
            batch=number // (ROWS // 2),
            digest=key_of("ward", name, outcome, self),
            meant=(luck[:, 5] < 0.5).astype(np.int8) if self.meant else y,
            forecast=np.where(y == 1, 0.8, 0.2),
        )


def _outcome(outcome: str, x: Floats, ill: Floats, luck: Floats) -> NDArray[np.int8]:
    by = {"age": x[:, AGE] >= OLD, "ill": ill + 0.3 * (luck[:, 2] - 0.5) > 0.5}
    if outcome in by:
        return by[outcome].astype(np.int8)
    return np.where(luck[:, 3] < 0.25, luck[:, 4] < 0.5, by["ill"]).astype(np.int8)  # a quarter is a coin's


def _target(name: str, learner: Learner, outcome: str, how: Ward | None = None) -> Classifier:
    kept = how or Ward()
    train, test = kept.table("train", outcome), kept.table("test", outcome)
    return Classifier(
        label=f"control-{name.replace('.', 'p')}",
        digest=key_of("control", name, learner.recipe),
        scorer=Guarded(learner.fit(train.x, train.y, seed=0)),
        threshold=0.3 if outcome == "ill" else 0.5,
        test=test,
        train=train,
        learner=learner,
    )
