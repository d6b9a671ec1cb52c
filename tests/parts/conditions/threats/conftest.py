"""How a threat is played in these tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.core.cell import Arm
from keepstone.core.trial import Outcome, Trials
from keepstone.intake.threads import one_thread
from keepstone.measure.play import Built, Calm, play
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.mitigations.none import Nothing

if TYPE_CHECKING:
    from keepstone.core.part import AnyCondition, Metric, Mitigation, Target

SHELF = KeptShelf()
NONE = Nothing()


def befall(condition: AnyCondition, target: Target, mitigation: Mitigation = NONE, *, seed: int = 3) -> Outcome:
    """Play every trial of the condition's stream."""
    arm = Arm(target, condition, mitigation)
    return play(SHELF.get(Built(arm, seed)), arm, Trials(seed, condition.stream, 0, target.size(condition.stream)), SHELF)


def rates(condition: AnyCondition, metric: Metric, target: Target, mitigation: Mitigation = NONE, *, seed: int = 3) -> list[float]:
    """The mean loss of each part of the metric."""
    built = Built(Arm(target, condition, mitigation), seed)
    trials = Trials(seed, condition.stream, 0, target.size(condition.stream))
    outcome = befall(condition, target, mitigation, seed=seed)
    return [float(one) for one in np.nanmean(metric.loss(outcome, lambda: SHELF.get(Calm(built, trials, SHELF.get(built)))), axis=0)]


@pytest.fixture(autouse=True)
def one() -> Iterator[None]:
    with one_thread():
        yield


@pytest.fixture
def outcome() -> Callable[..., Outcome]:
    return befall


@pytest.fixture
def rate() -> Callable[..., float]:
    return lambda *args, **named: rates(*args, **named)[0]


@pytest.fixture
def parts() -> Callable[..., list[float]]:
    return rates
