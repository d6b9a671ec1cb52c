from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pytest
from fakes import Coin

from keepstone.areas.controls import linear
from keepstone.core.channel import INPUT, OUTPUT, PARAMETERS, TRAINING, Ruling, Signal, through
from keepstone.core.part import Parametric, Tabular, Trainable
from keepstone.core.screened import Screened, allowed, screened
from keepstone.core.trial import Trials
from keepstone.measure.shelf import KeptShelf

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.channel import Channel, Tap
    from keepstone.core.part import Target

BOTH = frozenset({INPUT, OUTPUT})


@dataclass(frozen=True)
class Witness:
    """A screen that notes what passes it, refuses some rows, and on the way out adds what it saw on the way in."""

    word: str
    refuse: float = np.inf
    seen: list[str] = field(default_factory=list, compare=False)
    name: ClassVar[str] = "witness"
    title: ClassVar[str] = "a witness"
    channels: ClassVar[frozenset[Channel]] = BOTH

    @property
    def id(self) -> str:
        return self.word

    def unfit(self, target: Target) -> str:
        del target
        return ""

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        del target
        return ()

    def wrap(self, target: Target, shelf: Shelf) -> Target:
        del shelf
        return screened(target, self)

    def begin(self, rows: int, memory: MutableMapping[str, bytes]) -> Tap:
        assert not memory
        memory["used"] = b"1"
        ages = np.zeros(rows)

        def tap(channel: Channel, signal: Signal) -> Signal:
            self.seen.append(f"{self.word} {channel.name}")
            values = np.array(signal.values, dtype=np.float64)
            if channel == INPUT:
                ages[:] = values[:, 0]
                return Signal(values, np.where(ages > self.refuse, Ruling.BLOCKED, signal.rulings).astype(np.int8))
            values[:, 0] += ages
            return Signal(values, signal.rulings)

        return tap


def trials(target: Target) -> Trials:
    return Trials(3, "test", 0, target.size("test"))


def test_the_outermost_is_first_on_the_way_in_and_last_on_the_way_out() -> None:
    seen: list[str] = []
    target = screened(screened(linear(), Witness("inner", seen=seen)), Witness("outer", seen=seen))

    def condition(channel: Channel, signal: Signal) -> Signal:
        seen.append(f"condition {channel.name}")
        return signal

    target.run(trials(target), condition)
    way = ["outer input", "inner input", "condition output", "inner output", "outer output"]
    assert seen == ["condition input", *way]
    seen.clear()
    target.answer(Signal(linear().test.x, np.zeros(600, dtype=np.int8)))
    assert seen == [step for step in way if "condition" not in step]


def test_a_screen_carries_what_it_saw_on_the_way_in_to_the_way_out() -> None:
    plain, target = linear(), screened(linear(), Witness("w"))
    before, after = plain.run(trials(plain), through), target.run(trials(plain), through)
    ages = np.asarray(before.columns["x"], dtype=np.float64)[:, 0]
    assert np.allclose(np.asarray(after.columns["score"], dtype=np.float64), np.asarray(before.columns["score"], dtype=np.float64) + ages)


def test_what_is_refused_on_the_way_in_is_not_answered() -> None:
    target = screened(linear(), Witness("w", refuse=60.0))
    outcome = target.run(trials(target), through)
    refused = np.asarray(outcome.columns["x"], dtype=np.float64)[:, 0] > 60
    assert np.array_equal(np.asarray(outcome.columns["ruling"]) == Ruling.BLOCKED, refused)
    assert np.array_equal(np.isnan(np.asarray(outcome.columns["flagged"], dtype=np.float64)), refused)
    assert not outcome.broken.any()


def test_the_screens_see_what_the_condition_did() -> None:
    target = screened(linear(), Witness("w", refuse=200.0))

    def older(channel: Channel, signal: Signal) -> Signal:
        return Signal(np.asarray(signal.values, dtype=np.float64) + 200, signal.rulings) if channel == INPUT else signal

    assert (np.asarray(target.run(trials(target), older).columns["ruling"]) == Ruling.BLOCKED).all()


def test_abilities_are_those_of_the_target() -> None:
    abilities = (Tabular, Trainable, Parametric)
    full, bare = linear(), Coin()
    for target in (full, bare):
        assert [isinstance(screened(target, Witness("w")), one) for one in abilities] == [isinstance(target, one) for one in abilities]
    wrapped = screened(full, Witness("w"))
    assert isinstance(wrapped, Trainable)
    assert isinstance(wrapped, Parametric)
    assert (wrapped.id, wrapped.channels, wrapped.features, wrapped.threshold) == (full.id, full.channels, full.features, full.threshold)
    assert wrapped.learner is full.learner
    assert wrapped.table("test") is full.table("test")
    assert np.array_equal(wrapped.parameters(), full.parameters())


def test_it_is_named_by_target_and_screens() -> None:
    names = {screened(linear(), Witness("a")).recipe, screened(linear(), Witness("b")).recipe, linear().recipe}
    assert len(names) == 3
    assert screened(linear(), Witness("a")).recipe in names


def test_the_order_of_play_is_that_of_the_target() -> None:
    target, wrapped = linear(), screened(linear(), Witness("w"))
    assert np.array_equal(wrapped.order(trials(target)), target.order(trials(target)))  # type: ignore[attr-defined]
    assert wrapped.cut(trials(target), 250) == target.cut(trials(target), 250)  # type: ignore[attr-defined]


def test_trained_again_or_altered_it_stays_behind_its_screens() -> None:
    wrapped = screened(linear(), Witness("w"))
    assert isinstance(wrapped, Trainable)
    assert isinstance(wrapped, Parametric)
    fitted, altered = wrapped.fit(through, 1), wrapped.altered(through)
    for target in (fitted, altered):
        assert isinstance(target, Screened)
        assert target.screens == wrapped.screens
        assert target.target.recipe != linear().recipe
    flows: list[str] = []

    def tap(channel: Channel, signal: Signal) -> Signal:
        flows.append(channel.name)
        return signal

    wrapped.fit(tap, 1)
    wrapped.altered(tap)
    assert flows == [TRAINING.name, PARAMETERS.name], "what flows at rest does not pass the screens"


def test_trained_another_way_its_screens_are_asked_for_anew() -> None:
    made = []

    @dataclass(frozen=True)
    class Maker(Witness):
        def wrap(self, target: Target, shelf: Shelf) -> Target:
            made.append(target.recipe)
            return screened(target, Witness(f"made {len(made)}"), by=self)

    wrapped = Maker("maker").wrap(linear(), KeptShelf())
    assert isinstance(wrapped, Trainable)
    again = wrapped.relearned(wrapped.learner, KeptShelf())
    assert isinstance(again, Screened)
    assert [screen.id for screen in again.screens] == ["made 2"]
    assert made == [linear().recipe, again.target.recipe]


def test_honest_scores_pass_the_screens() -> None:
    plain, shelf = linear(), KeptShelf()
    wrapped = screened(plain, Witness("w", refuse=60.0))
    assert isinstance(wrapped, Tabular)
    honest, seen, ages = plain.held_out(shelf), wrapped.held_out(shelf), plain.table("search").x[:, 0]
    assert np.isnan(seen[ages > 60]).all()
    assert np.allclose(seen[ages <= 60], honest[ages <= 60] + ages[ages <= 60])
    assert np.array_equal(honest, plain.held_out(shelf)), "the scores on the shelf are as they were"


def test_a_target_that_is_not_a_table_can_be_screened() -> None:
    coin = Coin(trials=20)

    @dataclass(frozen=True)
    class Half(Witness):
        def begin(self, rows: int, memory: MutableMapping[str, bytes]) -> Tap:
            del rows, memory
            return lambda _channel, signal: replace(signal, values=np.full(len(signal.rulings), 0.5))

    outcome = screened(coin, Half("half")).run(Trials(1, "test", 0, 20), through)
    assert 0 < np.asarray(outcome.columns["loss"], dtype=np.float64).sum() < 20


@pytest.mark.parametrize("queries", [0, 7])
def test_without_a_screen_that_counts_all_answers_are_given(queries: int) -> None:
    assert allowed(linear(), queries) == queries
    assert allowed(screened(linear(), Witness("w")), queries) == queries
