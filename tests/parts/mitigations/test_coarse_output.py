from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.core.errors import InputError
from keepstone.parts.mitigations.coarse_output import CoarseOutput

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.core.channel import Floats
    from keepstone.core.part import Target
    from keepstone.measure.shelf import KeptShelf
    from keepstone.parts.targets.classifier import Classifier


def test_it_is_sound_and_rounds_the_score_alone(sound: Callable[..., Target], ward: Classifier, play: Callable[..., dict[str, Floats]]) -> None:
    before, after = play(ward), play(sound(CoarseOutput(step=0.1)))
    assert np.array_equal(after["flagged"], before["flagged"])
    assert np.abs(after["score"] - before["score"]).max() <= 0.05 + 1e-9
    assert set(np.round(after["score"] * 10, 9)) <= set(range(11))


@pytest.mark.parametrize("step", [0.3, 0.7, 1.0])
def test_a_step_that_does_not_divide_one_stays_within_bounds(step: float, ward: Classifier, shelf: KeptShelf, play: Callable[..., dict[str, Floats]]) -> None:
    score = play(CoarseOutput(step=step).wrap(ward, shelf))["score"]
    assert score.min() >= 0
    assert score.max() <= 1


@pytest.mark.parametrize("step", [0.0, -0.1, 1.5])
def test_a_step_that_is_none_is_refused(step: float) -> None:
    with pytest.raises(InputError, match="«step»"):
        CoarseOutput(step=step)
