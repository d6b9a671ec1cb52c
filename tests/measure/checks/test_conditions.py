"""A condition that breaks a rule is told so, rule by rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pytest

from keepstone.areas import controls
from keepstone.core.channel import INPUT, Act, Channel, Signal
from keepstone.core.origin import Adversary, Hazard
from keepstone.core.part import part
from keepstone.measure.checks.conditions import problems
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.mitigations.none import Nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.channel import Floats
    from keepstone.core.origin import Origin
    from keepstone.core.part import AnyCondition, Oracle, Target
    from keepstone.core.trial import Trials


def nothing(x: Floats, trials: Trials, oracle: Oracle, target: Target) -> Floats:
    return x


CHANCE = Hazard(cause="a test")


@part("condition")
@dataclass(frozen=True)
class Made:
    """A condition that does what it is told."""

    do: str = "nothing"
    origin: Origin = CHANCE
    strength: float = 1.0
    note: str = ""
    counterpart: object = None
    channels: frozenset[Channel] = field(default=frozenset({INPUT}))
    id: str = "made"

    name: ClassVar[str] = "made"
    title: ClassVar[str] = "made for a test"
    stream: ClassVar[str] = "test"

    def unfit(self, target: Target) -> str:
        return "it never fits" if self.do == "unfit" else ""

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        return ()

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != INPUT:
                return signal
            x = np.array(signal.values, dtype=np.float64)
            return Signal(DEEDS[self.do](x, trials, oracle, target), signal.rulings)

        notes = {self.note: np.zeros(len(trials) + (self.note == "short"))} if self.note else {}
        return Act(tap, lambda: notes)


CALLS: list[int] = []


def by_batch(x: Floats, trials: Trials, oracle: Oracle, target: Target) -> Floats:
    x[:, 4] = len(x) % 7
    return x


def by_call(x: Floats, trials: Trials, oracle: Oracle, target: Target) -> Floats:
    CALLS.append(1)
    x[:, 4] = len(CALLS)
    return x


def ask(x: Floats, trials: Trials, oracle: Oracle, target: Target) -> Floats:
    oracle.ask(Signal(x, np.zeros(len(x), dtype=np.int8)), np.arange(len(x)))
    return x


def fixed(x: Floats, trials: Trials, oracle: Oracle, target: Target) -> Floats:
    x[:, 0] += 1
    return x


def hide(x: Floats, trials: Trials, oracle: Oracle, target: Target) -> Floats:
    x[:, 3] = np.nan
    return x


def spoil(x: Floats, trials: Trials, oracle: Oracle, target: Target) -> Floats:
    controls.scrambled().test.x[0, 4] += 1e-3
    return x


DEEDS: dict[str, Callable[[Floats, Trials, Oracle, Target], Floats]] = {
    "nothing": nothing,
    "by_batch": by_batch,
    "by_call": by_call,
    "ask": ask,
    "fixed": fixed,
    "hide": hide,
    "spoil": spoil,
}


def found(condition: AnyCondition, target: Target | None = None) -> str:
    return "\n".join(problems(condition, target or controls.linear(), Nothing(), KeptShelf()))


def test_one_that_keeps_the_rules_has_no_problem() -> None:
    assert found(Made()) == ""


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (Made(do="unfit"), "can't be checked on"),
        (Made(do="by_batch"), "for any split of the trials"),
        (Made(do="by_call"), "the same outcome each time"),
        (Made(do="ask"), "Chance does not look"),
        (Made(do="ask", origin=Adversary(goal="a test"), counterpart="none"), "must be at most 0"),
        (Made(do="fixed", origin=Adversary(goal="a test"), counterpart="none"), "must leave immutable columns"),
        (Made(do="hide"), "must not hide values of columns that are never missing"),
        (Made(do="fixed", channels=frozenset()), "has no channel and must change no row"),
        (Made(do="fixed", strength=0.0), "has strength 0 and must change nothing"),
        (Made(strength=-1.0), "must be 0 or more"),
        (Made(note="short"), "must have one value a trial"),
        (Made(id="half a name"), "letters, digits, _ and - only"),
        (Made(origin=Adversary(goal="a test")), "or say why there can be none; got None"),
        (Made(origin=Adversary(goal="a test"), counterpart=""), "or say why there can be none."),
        (Made(origin=Adversary(goal="a test"), counterpart=Made(channels=frozenset())), "the same channels and stream"),
        (Made(channels=frozenset({INPUT, Channel("training", at_rest=True)})), "all in motion or all at rest"),
    ],
    ids=lambda value: getattr(value, "do", ""),
)
def test_one_that_breaks_a_rule_is_told_so(condition: AnyCondition, told: str) -> None:
    assert told in found(condition)


def test_a_target_that_was_spoiled_is_noticed() -> None:
    assert "must leave the target that it is given as it is" in found(Made(do="spoil"), controls.scrambled())
    controls.scrambled.cache_clear()
