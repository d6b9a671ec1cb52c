from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from keepstone.measure.shelf import KeptShelf
from keepstone.parts.mitigations.reweighing import Reweighing, weights

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.core.channel import Floats
    from keepstone.core.part import Target
    from keepstone.parts.targets.classifier import Classifier


def test_it_is_sound_and_leaves_a_mark(sound: Callable[..., Target], ward: Classifier, play: Callable[..., dict[str, Floats]]) -> None:
    assert not np.array_equal(play(sound(Reweighing("age", cuts=(60.0,))))["score"], play(ward)["score"])


def test_weighed_rows_show_no_dependence_and_keep_every_margin() -> None:
    group, y = np.array([0] * 50 + [1] * 30 + [-1] * 20), (np.arange(100) % 3 == 0).astype(np.int8)
    y[:30] = 1
    fair = weights(group, y)
    for one in (0, 1, -1):
        assert np.isclose(fair[group == one].sum(), (group == one).sum())
        assert np.isclose(fair[(group == one) & (y == 1)].sum() / (group == one).sum(), y.mean())


def test_groups_that_already_agree_change_nothing(ward: Classifier) -> None:
    group, y = np.repeat([0, 1], 40), np.tile([0, 1], 40).astype(np.int8)
    assert np.array_equal(weights(group, y), np.ones(80))


def test_weights_that_are_given_are_kept(ward: Classifier, shelf: KeptShelf) -> None:
    wrapped = Reweighing("sex").wrap(ward, shelf)
    x, y = ward.table("train").x, ward.table("train").y
    learner = wrapped.learner  # type: ignore[attr-defined]
    double = np.where(np.arange(len(y)) < 300, 2.0, 0.5)
    scores = learner.fit(x, y, seed=0, weight=double)(x)
    by_hand = learner.inner.fit(x, y, seed=0, weight=double * weights(x[:, 1].astype(np.int64), y))(x)
    assert np.array_equal(scores, by_hand)


def test_what_does_not_fit_says_what_to_give(ward: Classifier) -> None:
    assert Reweighing().unfit(ward).startswith("give `feature`")
    assert Reweighing("age").unfit(ward) == "give cut points: the feature «age» is a number"
    assert Reweighing("height").unfit(ward) == "there is no feature «height» that tells the group"
