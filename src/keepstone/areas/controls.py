"""Tiny targets whose answers to every probe are known beforehand: what a probe must find, and what it must not (paper, section 6: who checks the checker).

Each factory gives the same target at every call. They stand on the invented ward of `keepstone.areas.ward`, of 600 training and 600 test cases; `kept` says
how it keeps its records, so that a control can have the groups, batches or columns that a probe asks for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.areas.ward import ROWS, TYPICAL, Always, ByAge, ByRote, LeastLoss, NearestCase, Scrambled, Ward
from keepstone.core.artefact import key_of
from keepstone.core.channel import INPUT, Channel, Ruling, Signal
from keepstone.core.part import Tabular
from keepstone.core.screened import screened
from keepstone.core.table import Feature, Rule
from keepstone.intake.model import Guarded
from keepstone.parts.targets.classifier import Classifier

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.channel import Floats, Tap
    from keepstone.core.part import Learner, Scorer, Target

PLAIN = Ward()


@cache
def linear(*, fill: float = TYPICAL, kept: Ward = PLAIN) -> Classifier:
    """A logistic regression on everything that can be changed: right for most, near the threshold for many.

    Args:
        fill: What it puts in for a missing value. At 0 a missing value looks like the best of health.
        kept: How the records are kept. With a measurement error of 6 for a spread of 2, noise of half an error drowns the signal.

    Example:
        >>> target = linear()
        >>> sorted(channel.name for channel in target.channels)
        ['input', 'output', 'parameters', 'training']
    """
    return _target(f"linear-{fill:g}", LeastLoss(fill), "ill", kept)


@cache
def immutable_only(*, kept: Ward = PLAIN) -> Classifier:
    """Answers from the age alone, and the age decides: never wrong, and nothing that can be changed, withheld, flipped or tampered with moves it.

    Its training ignores the labels and its parameters are not used, so conditions at rest leave it as it is too.

    Example:
        >>> target = immutable_only()
        >>> bool(((target.scorer(target.test.x).scores >= target.threshold) == (target.test.y == 1)).all())
        True
    """
    return _target("immutable_only", ByAge(), "age", kept)


def perfect(*, kept: Ward = PLAIN) -> Classifier:
    """Never wrong, whatever happens: `immutable_only` under the name of what it is where nothing is changed."""
    return immutable_only(kept=kept)


@cache
def constant(score: float = 0.0, *, kept: Ward = PLAIN) -> Classifier:
    """Answers every case alike: at 0 nobody is flagged and every outcome is missed, at 1 everybody is flagged.

    Example:
        >>> set(constant(1.0).scorer(constant(1.0).test.x).scores.tolist())
        {1.0}
    """
    return _target(f"constant-{score:g}", Always(score), "age", kept)


@cache
def mistaken(score: float = 0.98, *, kept: Ward = PLAIN) -> Classifier:
    """Wrong about everybody, and as sure of it as `score` says."""
    return _target(f"mistaken-{score:g}", ByAge(sure=1 - score), "age", kept)


@cache
def unfair(score: float = 0.02, *, kept: Ward = PLAIN) -> Classifier:
    """Right from the age, but for the first ward, which it gives one score whatever the age: 0.02 misses all of its outcomes, 0.98 alarms for all."""
    return _target(f"unfair-{score:g}", ByAge(blind=score), "age", kept)


@cache
def memorising() -> Classifier:
    """The nearest training case decides, a quarter of the labels being chance: it knows its training rows by heart, holds them, and follows every label.

    Example:
        >>> target = memorising()
        >>> bool((target.scorer(target.train.x).scores == target.train.y).all())
        True
    """
    return _target("memorising", NearestCase(), "noisy", PLAIN)


@cache
def by_rote() -> Classifier:
    """Sure of the rows it was trained on, by their labels, and of no other: its answers say who was in.

    Example:
        >>> target = by_rote()
        >>> bool((target.scorer(target.train.x).scores != 0.1).all()), set(target.scorer(target.test.x).scores.tolist())
        (True, {0.1})
    """
    return _target("by_rote", ByRote(), "noisy", PLAIN)


@cache
def scrambled() -> Classifier:
    """Decides by the digits of the values far behind the point: nothing can be learned from its answers."""
    return _target("scrambled", Scrambled(), "noisy", PLAIN)


@cache
def misjoined(*, roll: int = 14) -> Classifier:
    """Good answers from bad records: in two of four deliveries the lab values stand so many rows too far down; at 0 all are their owner's."""
    return _target("misjoined", LeastLoss(), "ill", Ward(roll=roll, spread=0.5))


@cache
def proxy(*, apart: bool = True) -> Classifier:
    """Right for what was labelled; what was meant is the same, or (`apart`) has nothing to do with it."""
    return _target("proxy", ByAge(), "age", Ward(meant=apart))


@cache
def sliced(rule: Rule, columns: int, *, weak: bool) -> Classifier:
    """Cases half of which the rule holds for, with as many columns as it needs; where it holds, a weak one misses every outcome. Else it is never wrong."""
    spare = next(at for at in range(columns + 1) if at not in {test[0] for test in rule.tests})
    width = max(columns, spare + 1)
    base = PLAIN.table("test", "age")
    x = np.zeros((ROWS, width))
    for column, _name, how, value in rule.tests:
        inside = {"<=": value, "is": value, ">": value + 1 + abs(value), "missing": np.nan}[how]
        outside = {"<=": value + 1 + abs(value), "is": value + 1, ">": value, "missing": 0.0}[how]
        x[:, column] = np.where((np.arange(ROWS) % 2 == 0) & ~np.isnan(x[:, column]), inside, outside)
    x[:, spare] = base.y
    features = tuple(Feature(name=f"column {at}") for at in range(width))
    table = replace(base, x=x, features=features, digest=key_of("sliced", rule, columns))
    scorer = ByColumn(spare, rule if weak else None)
    return Classifier(f"control-sliced-{'weak' if weak else 'good'}", key_of("sliced", rule, columns, weak), Guarded(scorer), 0.5, table)


def guarded(*, kept: Ward = PLAIN) -> Target:
    """`immutable_only` behind a guard that answers nobody whose values are outside what was declared."""
    return screened(immutable_only(kept=kept), Declared(kept.features()))


@dataclass(frozen=True)
class ByColumn:
    """Scores by one column, 0 or 1, but where a rule holds: there it sees nothing.

    Attributes:
        column: Which one.
        blind: The rule, or None.
    """

    column: int
    blind: Rule | None

    def __call__(self, x: Floats) -> Floats:
        """Score rows."""
        return x[:, self.column] if self.blind is None else np.where(self.blind.holds(x), 0.0, x[:, self.column])


@dataclass(frozen=True)
class Declared:
    """A screen that blocks rows with a value outside the declared bounds.

    Attributes:
        features: With the bounds.
    """

    features: tuple[Feature, ...]

    name: ClassVar[str] = "declared"
    id: ClassVar[str] = "declared"
    title: ClassVar[str] = "answers nobody outside what was declared"
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def unfit(self, target: Target) -> str:
        """It fits every table."""
        return "" if isinstance(target, Tabular) else "the target is not a classifier of a table"

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """Nothing."""
        del target
        return ()

    def wrap(self, target: Target, shelf: Shelf) -> Target:
        """Stand before the target."""
        del shelf
        return screened(target, self)

    def begin(self, rows: int, memory: MutableMapping[str, bytes]) -> Tap:
        """Block what is outside."""
        del rows, memory
        lower, upper = (np.array([getattr(feature, side) for feature in self.features]) for side in ("lower", "upper"))

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != INPUT:
                return signal
            x = np.asarray(signal.values, dtype=np.float64)
            outside = ((x < lower) | (x > upper)).any(axis=1)
            return Signal(x, np.where(outside, np.int8(Ruling.BLOCKED), signal.rulings), signal.last)

        return tap


def _target(name: str, learner: Learner, outcome: str, kept: Ward) -> Classifier:
    train, test = kept.table("train", outcome), kept.table("test", outcome)
    scorer: Scorer = learner.fit(train.x, train.y, seed=0)
    return Classifier(
        label=f"control-{name.replace('.', 'p')}-{key_of(kept)[:6]}",
        digest=key_of("control", name, learner.recipe),
        scorer=Guarded(scorer),
        threshold=0.3 if outcome == "ill" else 0.5,
        test=test,
        train=train,
        learner=learner,
    )
