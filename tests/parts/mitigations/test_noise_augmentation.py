from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.core.errors import InputError
from keepstone.core.table import Feature
from keepstone.parts.mitigations.noise_augmentation import NoiseAugmentation, Shaken

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

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Scorer:
        self.x, self.y = x, y
        return lambda rows: np.full(len(rows), 0.5)


def test_it_is_sound(sound: Callable[..., Target]) -> None:
    sound(NoiseAugmentation())


def test_the_second_copy_is_moved_by_so_many_errors_within_what_a_row_may_be() -> None:
    features = (Feature(name="a", lower=0, upper=100, error_abs=2.0), Feature(name="b", error_abs=1.0, immutable=True))
    seen, x, y = Seen(), np.tile([50.0, 7.0], (3000, 1)), (np.arange(3000) % 2).astype(np.int8)
    Shaken(seen, features, 1.5).fit(x, y, seed=3)
    assert np.array_equal(seen.x[:3000], x)
    moved = seen.x[3000:]
    assert np.abs(moved[:, 0].std() - 3.0) < 0.15
    assert (moved[:, 1] == 7.0).all()
    assert np.array_equal(seen.y, np.r_[y, y])


def test_a_target_without_measurement_errors_does_not_fit(ward: Classifier) -> None:
    features = tuple(replace(feature, error_abs=0.0, error_rel=0.0) for feature in ward.features)
    exact = replace(ward, test=replace(ward.test, features=features), _orders={})
    assert NoiseAugmentation().unfit(exact) == "no feature has a measurement error: give `error_abs` or `error_rel`"


def test_noise_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="«errors»"):
        NoiseAugmentation(errors=0.0)
