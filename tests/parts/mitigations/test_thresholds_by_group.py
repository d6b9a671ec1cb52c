from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from keepstone.core.channel import INPUT, OUTPUT, Signal
from keepstone.core.screened import Screened
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.mitigations.thresholds_by_group import Points, ThresholdsByGroup

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.core.channel import Floats
    from keepstone.parts.targets.classifier import Classifier


def points_of(target: Screened) -> Points:
    screen = target.screens[0]
    assert isinstance(screen, ThresholdsByGroup)
    assert screen.points is not None
    return screen.points


def test_it_is_sound_and_leaves_the_scores(sound: Callable[..., Screened], ward: Classifier, play: Callable[..., dict[str, Floats]]) -> None:
    after = play(sound(ThresholdsByGroup("sex")))
    assert np.array_equal(after["score"], play(ward)["score"])


def test_outcomes_are_flagged_equally_often_on_the_rows_it_was_set_on(ward: Classifier) -> None:
    shelf = KeptShelf()
    wrapped = ThresholdsByGroup("age", cuts=(55.0, 65.0)).wrap(ward, shelf)
    assert isinstance(wrapped, Screened)
    scores, table, points = ward.held_out(shelf), ward.table("search"), points_of(wrapped)
    share = (scores[table.y == 1] >= ward.threshold).mean()
    group = np.digitize(table.x[:, 0], (55.0, 65.0))
    for k in range(3):
        ranked = scores[(table.y == 1) & (group == k)]
        flagged = (ranked >= points.thresholds[k]).mean()
        assert share <= flagged <= share + 1 / len(ranked)


def test_the_group_is_read_from_the_row_as_it_came() -> None:
    screen = ThresholdsByGroup("age", cuts=(50.0,), points=Points(column=1, thresholds=(0.2, 0.8), other=0.5))
    open_ = np.zeros(4, dtype=np.int8)
    tap = screen.begin(4, {})
    tap(INPUT, Signal(np.array([[0, 49.9], [0, 50.0], [0, np.nan], [0, 10.0]]), open_))
    said = tap(OUTPUT, Signal(np.array([[0.3, 0], [0.3, 1], [0.6, 0], [np.nan, np.nan]]), open_))
    assert np.array_equal(np.asarray(said.values), np.array([[0.3, 1], [0.3, 0], [0.6, 1], [np.nan, np.nan]]), equal_nan=True)


def test_a_group_with_few_outcomes_keeps_the_threshold(ward: Classifier) -> None:
    wrapped = ThresholdsByGroup("age", cuts=(20.0,)).wrap(ward, KeptShelf())
    assert isinstance(wrapped, Screened)
    assert points_of(wrapped).thresholds[0] == ward.threshold
    assert points_of(wrapped).other == ward.threshold


def test_one_group_of_all_is_as_before(ward: Classifier, play: Callable[..., dict[str, Floats]]) -> None:
    table = replace(ward.table("search"), x=np.where(np.arange(8) == 1, 0.0, ward.table("search").x), digest="one sex")
    alike = replace(ward, train=table, threshold=0.30, _orders={})
    wrapped = ThresholdsByGroup("sex").wrap(alike, KeptShelf())
    assert isinstance(wrapped, Screened)
    shelf = KeptShelf()
    scores = alike.held_out(shelf)[table.y == 1]
    assert (scores >= points_of(wrapped).thresholds[0]).sum() == (scores >= 0.30).sum()


def test_without_numbers_nothing_is_decided_anew() -> None:
    signal = Signal(np.array([[0.3, 1.0]]), np.zeros(1, dtype=np.int8))
    assert ThresholdsByGroup("sex").begin(1, {})(OUTPUT, signal) is signal


def test_what_does_not_fit_says_what_to_give(ward: Classifier) -> None:
    assert ThresholdsByGroup().unfit(ward).startswith("give `feature`")
    assert ThresholdsByGroup("height").unfit(ward) == "there is no feature «height» that tells the group"
    assert ThresholdsByGroup("age").unfit(ward) == "give cut points: the feature «age» is a number"
    assert ThresholdsByGroup("age", cuts=(50.0,)).id == "thresholds_by_group-age-50"
