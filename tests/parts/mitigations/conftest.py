"""What every mitigation is held to, and the tiny target that it is held to it on."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from keepstone.areas.controls import linear
from keepstone.core.artefact import recipe
from keepstone.core.channel import INPUT, OUTPUT, TRAINING, Signal, through
from keepstone.core.part import Parametric, Tabular, Trainable
from keepstone.core.screened import Screened
from keepstone.core.trial import Trials
from keepstone.measure.shelf import KeptShelf

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.channel import Channel, Floats
    from keepstone.core.part import Mitigation, Screen, Target
    from keepstone.core.trial import Outcome
    from keepstone.parts.targets.classifier import Classifier

ABILITIES: tuple[type[Any], ...] = (Tabular, Trainable, Parametric)


@pytest.fixture
def ward() -> Classifier:
    """A logistic regression of 600 invented cases, which can be trained again and altered."""
    return linear()


@pytest.fixture
def shelf() -> KeptShelf:
    return KeptShelf()


def played(target: Target, start: int = 0, stop: int | None = None) -> dict[str, NDArray[np.generic]]:
    """Play test cases in ordinary use; all columns of the outcome that the target answered."""
    outcome: Outcome = target.run(Trials(7, "test", start, target.size("test") if stop is None else stop), through)
    return {name: np.asarray(outcome.columns[name]) for name in ("score", "flagged", "ruling", "truth", "asked", "row")}


def same(one: dict[str, NDArray[np.generic]], other: dict[str, NDArray[np.generic]]) -> bool:
    return all(np.array_equal(one[name], other[name], equal_nan=one[name].dtype.kind == "f") for name in one if name != "score") and np.allclose(
        one["score"].astype(np.float64), other["score"].astype(np.float64), rtol=0, atol=1e-12, equal_nan=True
    )  # a matrix product may differ in the last bit with the number of rows


@pytest.fixture
def play() -> Callable[..., dict[str, NDArray[np.generic]]]:
    return played


@pytest.fixture
def equal() -> Callable[..., bool]:
    return same


@pytest.fixture
def poisoned(ward: Classifier) -> Classifier:
    """The same target, trained while every tenth outcome was labelled as none."""

    def tap(channel: Channel, signal: Signal) -> Signal:
        assert channel == TRAINING
        values = np.array(signal.values, dtype=np.float64)
        values[np.flatnonzero(values[:, -1] == 1)[::10], -1] = 0
        return Signal(values, signal.rulings)

    return ward.fit(tap, 1)


@pytest.fixture
def sound(ward: Classifier, poisoned: Classifier) -> Callable[[Mitigation], Target]:
    """Hold a mitigation to what all must do; give the mitigated target."""

    def check(mitigation: Mitigation) -> Target:
        assert set(mitigation.id) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
        assert mitigation.unfit(ward) == ""
        before, name = played(ward), ward.recipe
        wrapped = mitigation.wrap(ward, KeptShelf())
        assert ward.recipe == name
        assert same(played(ward), before), "the target that was given is as it was"
        assert wrapped.recipe != ward.recipe
        assert wrapped.channels == ward.channels
        assert [isinstance(wrapped, one) for one in ABILITIES] == [isinstance(ward, one) for one in ABILITIES]
        whole = played(wrapped)
        again = mitigation.wrap(ward, KeptShelf())
        assert (again.recipe, recipe(mitigation)) == (wrapped.recipe, recipe(mitigation))
        assert same(played(again), whole), "made again it is the same"
        halves = [played(wrapped, 0, 251), played(wrapped, 251)]
        assert same({key: np.concatenate([half[key] for half in halves]) for key in whole}, whole), "batches may be split"
        _answers_alike(wrapped, ward, whole)
        for screen in wrapped.screens if isinstance(wrapped, Screened) else ():
            _row_at_a_time(screen, ward.test.x)
        assert len(played(mitigation.wrap(poisoned, KeptShelf()))["score"]) == len(whole["score"])
        return wrapped

    return check


def _answers_alike(wrapped: Target, ward: Classifier, whole: dict[str, NDArray[np.generic]]) -> None:
    """A client is answered as a trial is."""
    x = ward.test.x[ward.order(Trials(7, "test", 0, 1))]
    said = wrapped.answer(Signal(x, np.zeros(len(x), dtype=np.int8)))
    expected = np.column_stack([whole["score"], whole["flagged"]]).astype(np.float64)
    assert np.allclose(np.asarray(said.values, dtype=np.float64), expected, rtol=0, atol=1e-12, equal_nan=True)
    assert np.array_equal(said.rulings, whole["ruling"])


def _row_at_a_time(screen: Screen, x: Floats) -> None:
    """A guard runs the same object one row at a time, with a memory for each client."""
    score = np.linspace(0, 1, len(x))
    model = np.column_stack([score, score >= 0.3])

    def through_it(rows: Floats, answers: Floats, memory: MutableMapping[str, bytes]) -> tuple[Floats, Floats, Sequence[int]]:
        tap = screen.begin(len(rows), memory)
        asked = tap(INPUT, Signal(rows, np.zeros(len(rows), dtype=np.int8)))
        said = tap(OUTPUT, Signal(answers, asked.rulings))
        return np.asarray(asked.values, dtype=np.float64), np.asarray(said.values, dtype=np.float64), said.rulings.tolist()

    whole = through_it(x, model, {})
    single = [through_it(x[k : k + 1], model[k : k + 1], {}) for k in range(0, len(x), 7)]
    assert np.array_equal(np.vstack([one[0] for one in single]), whole[0][::7], equal_nan=True)
    assert np.array_equal(np.vstack([one[1] for one in single]), whole[1][::7], equal_nan=True)
    assert [one[2][0] for one in single] == whole[2][::7]
