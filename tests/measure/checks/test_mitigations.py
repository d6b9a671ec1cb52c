"""A mitigation that breaks a rule is told so, rule by rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pytest

from keepstone.areas import controls
from keepstone.core.channel import INPUT, Channel, Signal
from keepstone.core.errors import PartError
from keepstone.core.part import part
from keepstone.core.screened import screened
from keepstone.intake.model import Guarded
from keepstone.measure.checks.mitigations import problems
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.targets.classifier import Classifier

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.channel import Tap
    from keepstone.core.part import Target
    from keepstone.core.trial import Outcome, Trials


class Bare:
    """A wrapper that forgets all but what every target must have."""

    def __init__(self, target: Target) -> None:
        self.target, self.id, self.recipe, self.channels = target, "bare", f"bare {target.recipe}", target.channels

    def size(self, stream: str) -> int:
        return self.target.size(stream)

    def run(self, trials: Trials, tap: Tap) -> Outcome:
        return self.target.run(trials, tap)

    def answer(self, signal: Signal) -> Signal:
        return self.target.answer(signal)


class Kinder(Classifier):
    """Answers clients otherwise than trials."""

    def answer(self, signal: Signal) -> Signal:
        said = super().answer(signal)
        return Signal(1 - np.asarray(said.values, dtype=np.float64), said.rulings)


CALLS: list[int] = []


@part("mitigation")
@dataclass(frozen=True)
class Made:
    """A mitigation that does what it is told."""

    do: str = "nothing"

    name: ClassVar[str] = "made"
    title: ClassVar[str] = "made for a test"
    channels: ClassVar[frozenset[Channel]] = frozenset()

    @property
    def id(self) -> str:
        return f"made-{self.do}"

    def unfit(self, target: Target) -> str:
        return "never" if self.do == "unfit" else ""

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        return ()

    def wrap(self, target: Target, shelf: Shelf) -> Target:
        assert isinstance(target, Classifier)
        CALLS.append(1)
        if self.do == "raises":
            raise PartError("It can't.")
        if self.do == "spoils":
            target.test.x[0, 4] += 1e-3
        if self.do == "forgets":
            return Bare(target)
        if self.do == "moody":
            return replace(target, digest=f"moody {len(CALLS)}")
        if self.do == "kinder":
            return Kinder(**{name: value for name, value in vars(target).items() if name != "_made"})
        if self.do == "shorter":
            return replace(target, test=target.test.take(np.arange(50)), digest="shorter", _orders={})
        return target


@part("mitigation")
@dataclass(frozen=True)
class Screening:
    """A screen that does what it is told."""

    do: str = "nothing"

    name: ClassVar[str] = "screening"
    id: ClassVar[str] = "screening"
    title: ClassVar[str] = "made for a test"
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def unfit(self, target: Target) -> str:
        return ""

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        return ()

    def wrap(self, target: Target, shelf: Shelf) -> Target:
        return screened(target, self)

    def begin(self, rows: int, memory: MutableMapping[str, bytes]) -> Tap:
        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != INPUT or self.do == "nothing":
                return signal
            if self.do == "frees":
                return Signal(signal.values, np.zeros(rows, dtype=np.int8))
            return Signal(np.asarray(signal.values)[:, :3], signal.rulings)

        return tap


def fresh() -> Classifier:
    """A target of its own for what may spoil it."""
    target = controls.linear()
    return replace(target, test=replace(target.test, x=target.test.x.copy()), scorer=Guarded(target.scorer.call), _orders={})


@pytest.mark.parametrize(
    ("mitigation", "told"),
    [
        (Made("unfit"), "can't be checked on"),
        (Made("raises"), "broke its contract: It can't."),
        (Made("spoils"), "must leave the target that it is given as it is"),
        (Made("forgets"), "the wrapped one is no Tabular"),
        (Made("moody"), "must give the same target each time"),
        (Made("kinder"), "must answer a client as it answers in a trial"),
        (Made("shorter"), "must keep the trials of «test»"),
        (Screening("frees"), "must not take back a ruling"),
    ],
    ids=lambda value: getattr(value, "do", ""),
)
def test_one_that_breaks_a_rule_is_told_so(mitigation: Made | Screening, told: str) -> None:
    assert any(told in problem for problem in problems(mitigation, fresh(), KeptShelf()))


def test_those_that_keep_the_rules_have_no_problem() -> None:
    assert list(problems(Made(), fresh(), KeptShelf())) == []
    assert list(problems(Screening(), fresh(), KeptShelf())) == []
