from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.core.errors import InputError
from keepstone.parts.mitigations.missing_augmentation import MissingAugmentation, Riddled

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from keepstone.core.channel import Floats
    from keepstone.core.part import Scorer, Target
    from keepstone.parts.targets.classifier import Classifier


class Seen:
    """Keeps what it was trained on."""

    recipe = "seen"
    x: Floats
    y: NDArray[np.int8]
    weight: Floats | None

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Scorer:
        self.x, self.y, self.weight = x, y, weight
        return lambda rows: np.full(len(rows), 0.5)


def test_it_is_sound(sound: Callable[..., Target]) -> None:
    sound(MissingAugmentation())


def test_rows_come_twice_the_second_time_with_holes_where_they_may_be() -> None:
    seen, x, y = Seen(), np.ones((2000, 3)), (np.arange(2000) % 2).astype(np.int8)
    Riddled(seen, (0, 2), 0.3).fit(x, y, seed=1, weight=np.arange(2000.0))
    assert np.array_equal(seen.x[:2000], x)
    holes = np.isnan(seen.x[2000:])
    assert not holes[:, 1].any()
    assert np.abs(holes[:, [0, 2]].mean() - 0.3) < 0.03
    assert np.array_equal(seen.y, np.r_[y, y])
    assert seen.weight is not None
    assert np.array_equal(seen.weight, np.r_[np.arange(2000.0), np.arange(2000.0)])


def test_the_holes_follow_the_seed() -> None:
    runs = []
    for seed in (1, 1, 2):
        seen = Seen()
        Riddled(seen, (0,), 0.5).fit(np.ones((50, 1)), np.zeros(50, dtype=np.int8), seed=seed)
        runs.append(seen.x)
    assert np.array_equal(runs[0], runs[1], equal_nan=True)
    assert not np.array_equal(runs[0], runs[2], equal_nan=True)


def test_a_target_where_nothing_may_be_missing_does_not_fit(ward: Classifier) -> None:
    features = tuple(replace(feature, missing=False) for feature in ward.features)
    full = replace(ward, test=replace(ward.test, features=features), _orders={})
    assert MissingAugmentation().unfit(full).startswith("no feature may be missing")


def test_a_target_that_cannot_be_trained_again_does_not_fit(ward: Classifier) -> None:
    assert MissingAugmentation().unfit(replace(ward, learner=None, _orders={})) == "give `train` and `fit`: the target can't be trained again"


def test_a_share_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="«share»"):
        MissingAugmentation(share=0.0)
