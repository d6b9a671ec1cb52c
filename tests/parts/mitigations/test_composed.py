from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.core.channel import INPUT, OUTPUT, TRAINING
from keepstone.core.errors import InputError
from keepstone.core.screened import Screened
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.mitigations.abstention import Abstention
from keepstone.parts.mitigations.coarse_output import CoarseOutput
from keepstone.parts.mitigations.composed import Composed
from keepstone.parts.mitigations.label_only import LabelOnly
from keepstone.parts.mitigations.missing_augmentation import MissingAugmentation
from keepstone.parts.mitigations.noise_augmentation import NoiseAugmentation
from keepstone.parts.mitigations.plausibility import Plausibility
from keepstone.parts.mitigations.thresholds_by_group import ThresholdsByGroup

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.core.channel import Floats
    from keepstone.core.part import Target
    from keepstone.parts.targets.classifier import Classifier


def test_it_is_sound(sound: Callable[..., Target]) -> None:
    wrapped = sound(Composed((Plausibility(), MissingAugmentation(), Abstention())))
    assert isinstance(wrapped, Screened)
    assert [screen.name for screen in wrapped.screens] == ["plausibility", "abstention"]


def test_the_first_is_nearest_to_the_model(ward: Classifier, play: Callable[..., dict[str, Floats]]) -> None:
    settled, blunt = Abstention(error=0.1), LabelOnly()
    first = play(Composed((settled, blunt)).wrap(ward, KeptShelf()))
    alone = play(settled.wrap(ward, KeptShelf()))
    assert np.array_equal(first["ruling"], alone["ruling"]), "abstention sees the scores, the client the label"
    answered = first["ruling"] == 0
    assert np.array_equal(first["score"][answered], first["flagged"][answered])
    assert set(first["score"][answered].tolist()) <= {0.0, 1.0}


def test_the_other_way_round_it_is_another_thing(ward: Classifier, play: Callable[..., dict[str, Floats]]) -> None:
    ways = [
        play(Composed(parts).wrap(ward, KeptShelf()))
        for parts in ((Abstention(error=0.1), CoarseOutput(step=0.5)), (CoarseOutput(step=0.5), Abstention(error=0.1)))
    ]
    assert not np.array_equal(ways[0]["ruling"], ways[1]["ruling"]), "the second calibrates on what the first lets it see"


def test_a_screen_finds_its_numbers_anew_where_the_model_is_trained_after_it(ward: Classifier, play: Callable[..., dict[str, Floats]]) -> None:
    after = Composed((Abstention(error=0.1), NoiseAugmentation(errors=3.0))).wrap(ward, KeptShelf())
    before = Composed((NoiseAugmentation(errors=3.0), Abstention(error=0.1))).wrap(ward, KeptShelf())
    stale = Abstention(error=0.1).wrap(ward, KeptShelf())
    assert isinstance(after, Screened)
    assert isinstance(before, Screened)
    assert isinstance(stale, Screened)
    assert after.screens == before.screens
    assert after.screens != stale.screens
    assert np.array_equal(play(after)["ruling"], play(before)["ruling"])


def test_learners_are_wrapped_one_in_another(ward: Classifier) -> None:
    wrapped = Composed((MissingAugmentation(), NoiseAugmentation())).wrap(ward, KeptShelf())
    assert ward.learner is not None
    assert wrapped.learner.inner.inner is ward.learner  # type: ignore[attr-defined]


def test_names_channels_and_what_does_not_fit(ward: Classifier) -> None:
    pair = Composed((Plausibility(), Abstention()))
    assert pair.id == "plausibility-0p02--abstention-cover0p8"
    assert ", then " in pair.title
    assert pair.channels == {INPUT, OUTPUT}
    assert Composed((Abstention(), MissingAugmentation())).channels == {OUTPUT, TRAINING}
    assert Composed((Abstention(), ThresholdsByGroup("height"))).unfit(ward).startswith("thresholds_by_group-height: there is no feature")
    assert len(pair.needs(ward)) == 1


def test_one_is_no_composition() -> None:
    with pytest.raises(InputError, match="«parts»"):
        Composed((LabelOnly(),))
