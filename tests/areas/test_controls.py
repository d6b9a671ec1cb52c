"""What is said of a control is true of it."""

from __future__ import annotations

import numpy as np
import pytest

from keepstone.areas import controls
from keepstone.areas.ward import Ward
from keepstone.core.channel import PARAMETERS, TRAINING, Channel, Signal
from keepstone.core.part import Parametric, Trainable
from keepstone.core.table import Rule
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.targets.classifier import Classifier

ALL = (
    controls.linear(),
    controls.linear(kept=Ward(error=6), fill=0),
    controls.linear(kept=Ward(attribute="race", names=("a", "b"))),
    controls.immutable_only(),
    controls.constant(),
    controls.constant(1.0),
    controls.mistaken(),
    controls.unfair(),
    controls.memorising(),
    controls.scrambled(),
    controls.misjoined(),
    controls.misjoined(roll=0),
    controls.proxy(),
    controls.proxy(apart=False),
)


def rates(target: Classifier) -> tuple[float, float]:
    flagged = target.scorer(target.test.x).scores >= target.threshold
    dead = target.test.y == 1
    return float((~flagged)[dead].mean()), float(flagged[~dead].mean())


def test_controls_are_told_apart_and_shared() -> None:
    assert len({target.recipe for target in ALL}) == len(ALL)
    assert len({target.id for target in ALL}) == len(ALL)
    assert controls.linear() is controls.linear()
    assert all(set(target.id) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-") for target in ALL)


@pytest.mark.parametrize(
    ("target", "missed", "alarms"),
    [
        (controls.perfect(), (0, 0), (0, 0)),
        (controls.constant(), (1, 1), (0, 0)),
        (controls.constant(1.0), (0, 0), (1, 1)),
        (controls.mistaken(), (1, 1), (1, 1)),
        (controls.linear(), (0.01, 0.15), (0.01, 0.2)),
        (controls.memorising(), (0.25, 0.6), (0.1, 0.4)),
    ],
)
def test_error_rates_are_as_told(target: Classifier, missed: tuple[float, float], alarms: tuple[float, float]) -> None:
    found = rates(target)
    assert missed[0] <= found[0] <= missed[1]
    assert alarms[0] <= found[1] <= alarms[1]


def test_nothing_at_rest_moves_the_immutable_one() -> None:
    target = controls.immutable_only()

    def wreck(channel: Channel, signal: Signal) -> Signal:
        values = np.array(signal.values, dtype=np.float64)
        values = 1 - values if channel == PARAMETERS else np.column_stack([values[:, :-1], 1 - values[:, -1]])
        return Signal(values, signal.rulings)

    assert {TRAINING, PARAMETERS} <= target.channels
    assert isinstance(target, Trainable)
    assert isinstance(target, Parametric)
    for other in (target.fit(wreck, 1), target.altered(wreck)):
        assert isinstance(other, Classifier)
        assert rates(other) == (0, 0)


def test_unfair_misses_one_group_only() -> None:
    target = controls.unfair()
    flagged = target.scorer(target.test.x).scores >= target.threshold
    first = np.array(target.test.groups["ward"]) == "north"
    dead = target.test.y == 1
    assert not flagged[first].any()
    assert flagged[dead & ~first].all()


def test_memorising_follows_every_label_and_misjoined_rolls_half_of_the_rows() -> None:
    target = controls.memorising()
    assert (target.scorer(target.test.x).scores >= 0).all()
    assert float(np.mean((target.held_out(KeptShelf()) >= target.threshold) == (target.table("train").y == 1))) < 0.8
    there, here = (np.nan_to_num(controls.misjoined(roll=roll).test.x) for roll in (14, 0))
    moved = (there != here).any(axis=1)
    assert not moved[:300].any()
    assert moved[300:].mean() > 0.95


def test_a_sliced_control_misses_inside_the_rule_and_nowhere_else() -> None:
    rule = Rule(((2, "a", ">", 3.0), (0, "b", "missing", 0.0)))
    for weak in (True, False):
        target = controls.sliced(rule, 6, weak=weak)
        inside, dead = rule.holds(target.test.x), target.test.y == 1
        flagged = target.scorer(target.test.x).scores >= target.threshold
        assert 0.4 < inside.mean() < 0.6
        assert target.test.x.shape[1] == 6
        assert flagged[dead & ~inside].all()
        assert flagged[dead & inside].any() != weak
        assert not flagged[~dead].any()


def test_a_guarded_control_answers_nobody_outside() -> None:
    target = controls.guarded(kept=Ward(fact="years"))
    x = np.array([[50.0, 0, 0, 5, 9, 9, 9, 9], [7.0, 0, 0, 5, 9, 9, 9, 9]])
    said = target.answer(Signal(x, np.zeros(2, dtype=np.int8)))
    assert np.isnan(np.asarray(said.values)[:, 1]).tolist() == [False, True]
    assert np.asarray(said.rulings).tolist() == [0, 3]


def test_the_ward_has_the_groups_and_deliveries_that_are_asked_for() -> None:
    table = Ward(attribute="race", names=tuple("abcdefgh"), batch=5).table("test", "age")
    assert sorted(set(table.groups["race"])) == list("abcdefgh")
    assert (table.batch == 5).mean() == 0.5
