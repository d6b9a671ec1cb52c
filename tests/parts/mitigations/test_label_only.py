from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from keepstone.parts.mitigations.label_only import LabelOnly

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.core.channel import Floats
    from keepstone.core.part import Target
    from keepstone.parts.targets.classifier import Classifier


def test_it_is_sound_and_tells_the_decision_alone(sound: Callable[..., Target], ward: Classifier, play: Callable[..., dict[str, Floats]]) -> None:
    before, after = play(ward), play(sound(LabelOnly()))
    assert np.array_equal(after["flagged"], before["flagged"])
    assert np.array_equal(after["score"], before["flagged"])
    assert len(np.unique(before["score"])) > 2
