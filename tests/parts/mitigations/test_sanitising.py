from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from keepstone.areas.ward import LeastLoss
from keepstone.core.errors import InputError
from keepstone.core.table import Feature
from keepstone.parts.mitigations.sanitising import Sanitised, Sanitising, chosen, neighbours
from keepstone.stats.chance import Address, normal

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from keepstone.core.channel import Floats
    from keepstone.core.part import Scorer, Target

FEATURES = tuple(Feature(name=name) for name in "abcdefgh")


class Seen:
    """Trains a logistic regression and keeps what it was last trained on."""

    recipe = "seen"
    x: Floats
    y: NDArray[np.int8]

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Scorer:
        self.x, self.y = x, y
        return LeastLoss().fit(x, y, seed=seed, weight=weight)


def flipped_far() -> tuple[Floats, NDArray[np.int8], NDArray[np.int64]]:
    """Two clouds of rows far apart, and ten labels that were flipped deep inside one of them."""
    x = normal(Address(1, "clouds", 0, 400), "x", 8)
    y = (np.arange(400) % 2).astype(np.int8)
    x[y == 1, 3:] += 3.0
    wrong = np.flatnonzero(y == 1)[:10]
    y[wrong] = 0
    return x, y, wrong


@pytest.mark.parametrize("by", ["confident", "neighbours"])
def test_it_is_sound(by: str, sound: Callable[..., Target]) -> None:
    sound(Sanitising(by=by))


@pytest.mark.parametrize("by", ["confident", "neighbours"])
def test_labels_flipped_where_they_stand_out_are_found(by: str) -> None:
    x, y, wrong = flipped_far()
    seen = Seen()
    Sanitised(seen, FEATURES, Sanitising(by=by, act="relabel", most=0.03)).fit(x, y, seed=0)
    changed = np.flatnonzero(seen.y != y)
    found = np.isin(wrong, changed).sum()
    assert found >= 6
    assert len(changed) - found <= 2


@pytest.mark.parametrize("by", ["confident", "neighbours"])
def test_dropped_rows_are_gone_and_no_more_than_allowed(by: str) -> None:
    x, y, _wrong = flipped_far()
    seen = Seen()
    Sanitised(seen, FEATURES, Sanitising(by=by, most=0.02)).fit(x, y, seed=0)
    assert 400 - 8 <= len(seen.y) < 400
    assert set(seen.x[:, 0].tolist()) < set(x[:, 0].tolist())


def test_rows_that_all_agree_are_left_alone() -> None:
    x = normal(Address(1, "clouds", 0, 200), "x", 8)
    y = (np.arange(200) % 2).astype(np.int8)
    x[y == 1, 3:] += 9.0
    assert len(chosen(neighbours(x, y, FEATURES), y, 0.5)) == 0


def test_no_label_loses_more_than_half() -> None:
    y = np.r_[np.ones(10), np.zeros(90)].astype(np.int8)
    assert (y[chosen(np.where(y == 1, 1.0, -1.0), y, 0.5)] == 1).sum() == 5


def test_the_most_suspicious_come_first() -> None:
    y = np.zeros(100, dtype=np.int8)
    suspicion = np.where(np.arange(100) < 20, np.arange(100) / 100, -1.0)
    assert chosen(suspicion, y, 0.03).tolist() == [19, 18, 17]


@pytest.mark.parametrize("wrong", [{"by": "magic"}, {"act": "burn"}, {"most": 0.0}])
def test_what_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=f"«{next(iter(wrong))}»"):
        Sanitising(**wrong)
