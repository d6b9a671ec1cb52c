from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.core.channel import PARAMETERS, Signal
from keepstone.core.errors import InputError
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.mitigations.ensembling import Ensembling, redrawn

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.core.channel import Channel, Floats
    from keepstone.core.part import Target
    from keepstone.parts.targets.classifier import Classifier


def test_it_is_sound(sound: Callable[..., Target]) -> None:
    sound(Ensembling(members=3))


def test_its_parameters_are_those_of_all_members_and_can_be_tampered_with(ward: Classifier, play: Callable[..., dict[str, Floats]]) -> None:
    wrapped = Ensembling(members=3).wrap(ward, KeptShelf())
    assert len(wrapped.parameters()) == 3 * len(ward.parameters())  # type: ignore[attr-defined]

    def tap(channel: Channel, signal: Signal) -> Signal:
        assert channel == PARAMETERS
        return Signal(-np.asarray(signal.values, dtype=np.float64), signal.rulings)

    before = play(wrapped)["score"]
    altered = wrapped.altered(tap)  # type: ignore[attr-defined]
    assert np.allclose(play(altered)["score"], 1 - before, atol=0.2)
    assert np.array_equal(play(wrapped)["score"], before)


def test_rows_are_redrawn_within_each_outcome() -> None:
    y = (np.arange(100) < 30).astype(np.int8)
    rows = redrawn(y, 5)
    assert (y[rows] == 1).sum() == 30
    assert len(rows) == 100
    assert len(np.unique(rows)) < 80
    assert not np.array_equal(rows, redrawn(y, 6))


def test_a_logistic_regression_is_one_more_member(ward: Classifier, play: Callable[..., dict[str, Floats]]) -> None:
    one = play(Ensembling(members=2, logistic=True).wrap(ward, KeptShelf()))["score"]
    assert np.isfinite(one).all()
    assert not np.array_equal(one, play(Ensembling(members=2).wrap(ward, KeptShelf()))["score"])


def test_an_ensemble_of_one_is_refused() -> None:
    with pytest.raises(InputError, match="«members»"):
        Ensembling(members=1)
