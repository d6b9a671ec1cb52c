"""The invented ward that the controls stand on, and the learners that are known through and through.

    age, sex, ward        fixed facts, nobody can change them
    visits                a count, moved by one at most
    lab_a .. lab_d        measured values that go up with how ill somebody is; any may be missing, or be written in another unit

The outcome follows either from how ill somebody is, or from the age alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from keepstone.core.artefact import key_of
from keepstone.core.table import Feature, Table, Unit
from keepstone.intake.model import Estimated
from keepstone.stats.chance import Address, normal, uniform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.channel import Floats
    from keepstone.core.part import Scorer

ROWS = 600
SEED = 2026
OLD = 68.0
"""The outcome comes from this age on, where age decides it."""
AGE, SEX, WARD, VISITS, LABS = 0, 1, 2, 3, slice(4, 8)
TYPICAL = 10.0
"""A typical lab value; the spread is 2."""
WARDS = ("north", "south", "east")
SEXES = ("female", "male")


@dataclass(eq=False)
class Known:
    """Is sure of the rows it has seen and of no other. It is its own scorer.

    Attributes:
        labels: By the bytes of a row.
    """

    labels: dict[bytes, int]

    def __call__(self, x: Floats) -> Floats:
        """Score a known row by its label, any other as unlikely."""
        return np.array([{None: 0.1, 0: 0.02, 1: 0.98}[self.labels.get(row.tobytes())] for row in np.ascontiguousarray(x)])


@dataclass(frozen=True)
class ByRote:
    """Trains by learning every row by heart and nothing else."""

    @property
    def recipe(self) -> str:
        """Its name."""
        return "by rote"

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Scorer:
        """Learn the rows by heart."""
        del seed, weight
        return Known({row.tobytes(): int(label) for row, label in zip(np.ascontiguousarray(x), y, strict=True)})


@dataclass(frozen=True)
class Ward:
    """How the invented ward keeps its records.

    Attributes:
        error: Measurement error of a lab value.
        meant: Whether what was meant is something else than what was labelled.
        roll: How many rows too far down the lab values of every second delivery stand.
        spread: How far a lab value strays from what the illness makes it.
        attribute: Another name for what ward somebody lies in: "race".
        names: The names of the wards, equally large.
        fact: Another name for the age.
        batch: The number of the delivery that every second row came with; None for four deliveries one after another.
    """

    error: float = 0.6
    meant: bool = False
    roll: int = 0
    spread: float = 1.2
    attribute: str = "ward"
    names: tuple[str, ...] = WARDS
    fact: str = "age"
    batch: int | None = None

    def features(self) -> tuple[Feature, ...]:
        """What is known of the eight columns."""
        other = Unit(name="tenths", factor=0.1)
        labs = [Feature(name=f"lab_{k}", unit="units", lower=0.0, upper=20.0, error_abs=self.error, missing=True, units=(other,)) for k in "abcd"]
        return (
            Feature(name=self.fact, unit="years", lower=18, upper=110, immutable=True),
            Feature(name="sex", kind="binary", immutable=True, levels=SEXES),
            Feature(name="ward", kind="category", immutable=True, levels=self.names),
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
        ill, sex, place = draws[:, 0], np.floor(luck[:, 0] * 2), np.floor(luck[:, 1] * len(self.names))
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
            groups={"sex": [SEXES[int(code)] for code in sex], self.attribute: [self.names[int(code)] for code in place]},
            batch=number // (ROWS // 2) if self.batch is None else np.where(number % 2 == 1, self.batch, self.batch + 1),
            digest=key_of("ward", name, outcome, self),
            meant=(luck[:, 5] < 0.5).astype(np.int8) if self.meant else y,
            forecast=np.where(y == 1, 0.8, 0.2),
        )


def _outcome(outcome: str, x: Floats, ill: Floats, luck: Floats) -> NDArray[np.int8]:
    by = {"age": x[:, AGE] >= OLD, "ill": ill + 0.3 * (luck[:, 2] - 0.5) > 0.5}
    if outcome in by:
        return by[outcome].astype(np.int8)
    return np.where(luck[:, 3] < 0.25, luck[:, 4] < 0.5, by["ill"]).astype(np.int8)  # a quarter is a coin's


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
        filled = (np.where(np.isnan(x), self.fill, x) - self.middle) / self.scale  # summed row by row: a product would round by the size of the batch
        score = 1 / (1 + np.exp(-np.clip((filled * self.coef_[0]).sum(axis=1) + self.intercept_[0], -40, 40)))
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
        blind: The score that all of the first ward get; None where nobody is treated apart.
    """

    sure: float
    blind: float | None
    coef_: Floats = field(default_factory=lambda: np.ones((1, 8)))
    intercept_: Floats = field(default_factory=lambda: np.zeros(1))
    classes_: tuple[int, int] = (0, 1)

    def predict_proba(self, x: Floats) -> Floats:
        """Both probabilities, float64 (rows, 2)."""
        score = np.where(x[:, AGE] >= OLD, self.sure, 1 - self.sure)
        if self.blind is not None:
            score = np.where(x[:, WARD] == 0, self.blind, score)
        return np.column_stack([1 - score, score])


@dataclass(frozen=True)
class ByAge:
    """Trains nothing: the rule is fixed."""

    sure: float = 0.98
    blind: float | None = None

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
        digits = (np.nan_to_num(x) * (1000 * np.sqrt(np.arange(2.0, 2.0 + x.shape[1])))).sum(axis=1)
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
