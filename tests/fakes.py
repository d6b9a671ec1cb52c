"""Small stand-ins that behave as the real things do: a target whose losses follow known rates, and parts that set them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.cell import Arm, Cell, Design, Held, Pair, Plan, Role
from keepstone.core.channel import INPUT, Act, Channel, Signal
from keepstone.core.claim import Claim
from keepstone.core.origin import Adversary, Area, Hazard, Origin
from keepstone.core.probe import Probe
from keepstone.core.risk import Risk
from keepstone.core.system import Affected, Harm, HarmKind, Property
from keepstone.core.trial import Outcome, Trials
from keepstone.map.plan import paired
from keepstone.parts.mitigations.none import Nothing
from keepstone.stats.chance import uniform
from keepstone.stats.claims import Mean

if TYPE_CHECKING:
    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.channel import Floats, Tap
    from keepstone.core.part import Oracle, Target

LUCK = Hazard(cause="luck")
HARM = Harm(name="harm", title="somebody is hurt", to=Affected.PEOPLE, kind=HarmKind.PHYSICAL, severity=3)


@dataclass(frozen=True)
class Coin:
    """A target that loses where an addressed number is under what flowed to it."""

    trials: int = 1000
    rows_a_unit: int = 1
    broken_from: int = 10**9
    name: ClassVar[str] = "coin"
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    @property
    def id(self) -> str:
        return "coin"

    @property
    def recipe(self) -> str:
        return f"coin {self.trials} {self.rows_a_unit} {self.broken_from}"

    def size(self, stream: str) -> int:
        return self.trials if stream == "test" else 0

    def several(self, stream: str) -> bool:
        del stream
        return self.rows_a_unit > 1

    def cut(self, trials: Trials, at: int) -> int:
        del trials
        return min(self.trials, -(-at // self.rows_a_unit) * self.rows_a_unit)

    def run(self, trials: Trials, tap: Tap) -> Outcome:
        n = len(trials)
        rate = np.asarray(tap(INPUT, Signal(np.zeros(n), np.zeros(n, dtype=np.int8))).values, dtype=np.float64)
        at = np.arange(trials.start, trials.stop)
        broken = at >= self.broken_from
        columns = {"loss": (uniform(trials, "coin", 1)[:, 0] < rate).astype(np.float64), "row": at, "unit": at // self.rows_a_unit}
        return Outcome(columns, np.ones(n), broken, {int(row): "it fell off the table" for row in at[broken][:3]})

    def answer(self, signal: Signal) -> Signal:
        return signal


@dataclass(frozen=True)
class Rate:
    """A hazard under which the coin loses at a rate."""

    rate: float
    origin: Origin = LUCK
    word: str = "rate"
    name: ClassVar[str] = "rate"
    strength: ClassVar[float] = 1.0
    stream: ClassVar[str] = "test"
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    @property
    def id(self) -> str:
        return f"{self.word}-{self.rate:g}".replace(".", "p")

    @property
    def title(self) -> str:
        return f"a rate of {self.rate:g}"

    def unfit(self, target: Target) -> str:
        del target
        return ""

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        del target
        return ()

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        del oracle, shelf, target
        return Act(lambda channel, signal: Signal(np.full(len(trials), self.rate), signal.rulings) if channel == INPUT else signal)


@dataclass(frozen=True)
class Lost:
    """Reads the coin's loss, times a share: at a share under 1 the losses are not 0 or 1."""

    share: float = 1.0
    name: ClassVar[str] = "lost"
    title: ClassVar[str] = "losses"
    parts: ClassVar[tuple[str, ...]] = ("all",)

    @property
    def claim(self) -> Claim:
        return Mean(real=self.share not in (0.0, 1.0))

    @property
    def id(self) -> str:
        return f"lost-{self.share:g}".replace(".", "p")

    def unfit(self, target: Target) -> str:
        del target
        return ""

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        del calm
        return np.asarray(outcome.columns["loss"], dtype=np.float64)[:, None] * self.share


def risk(origin: Origin, area: Area = Area.ROBUSTNESS) -> Risk:
    """A risk of either half."""
    return Risk(id=f"{area.value}.test", title="a risk", area=area, source=origin, harm=HARM, asset="model", loses=Property.INTEGRITY)


def held(
    rate: float, limit: float, *, target: Coin | None = None, metric: Lost | None = None, word: str = "rate", origin: Origin = LUCK, **more: object
) -> Held:
    """A criterion on the coin."""
    condition = Rate(rate, origin, word)
    metric = metric or Lost()
    area = Area.ADVERSARIAL if isinstance(origin, Adversary) else Area.ROBUSTNESS
    probe = Probe(risk=risk(origin, area), condition=condition, metric=metric, limit=limit)
    cell = Cell(Arm(target or Coin(), condition, Nothing()), metric)
    return Held(id=f"{probe.id}@{limit:g}", cell=cell, probe=probe, limit=limit, adopted={"set_by": "a test"}, **more)  # type: ignore[arg-type]


def pair(of: Held, against: Held, *, margin: float = 0.03) -> Pair:
    """A comparison of two criteria's cells."""
    return Pair(id=f"{of.id}|{against.id}", role=Role.INTENT, of=of.cell, against=against.cell, margin=margin, claim=paired(of.cell, against.cell))


def plan(
    *criteria: Held, pairs: Sequence[Pair] = (), design: Design = Design.ALL_ITEMS, alpha: float = 0.05, budget: float = float("inf"), seed: int = 7
) -> Plan:
    """A plan of such criteria."""
    return Plan(seed=seed, alpha=alpha, design=design, held=criteria, pairs=tuple(pairs), budget=budget)


ADVERSARY = Adversary(goal="a loss", queries=3, access=frozenset({"scores"}))
