"""What befalls by chance follows the law that its docstring states."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from keepstone.areas import controls, ward
from keepstone.core.cell import Arm
from keepstone.core.channel import INPUT, PARAMETERS, TRAINING, Signal
from keepstone.core.errors import InputError
from keepstone.core.table import Feature, Table, Unit
from keepstone.core.trial import Trials
from keepstone.intake.model import Guarded
from keepstone.measure.play import Counted, Played, play
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.conditions.hazards.bit_rot import BitRot
from keepstone.parts.conditions.hazards.explained import Explained
from keepstone.parts.conditions.hazards.label_noise import LabelNoise
from keepstone.parts.conditions.hazards.missing_in_group import MissingInGroup
from keepstone.parts.conditions.hazards.missing_values import MissingValues
from keepstone.parts.conditions.hazards.misuse import Misuse
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.conditions.hazards.out_of_range import OutOfRange
from keepstone.parts.conditions.hazards.random_change import RandomChange
from keepstone.parts.conditions.hazards.rare_cases import RareCases
from keepstone.parts.conditions.hazards.retraining import Retraining
from keepstone.parts.conditions.hazards.sensor_noise import SensorNoise
from keepstone.parts.conditions.hazards.shift import Shift
from keepstone.parts.conditions.hazards.swapped_block import SwappedBlock
from keepstone.parts.conditions.hazards.unit_mixup import UnitMixup
from keepstone.parts.metrics.flips import Flips
from keepstone.parts.metrics.missed import Missed
from keepstone.parts.metrics.stability import Stability
from keepstone.parts.metrics.within import Within
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.targets.classifier import Classifier

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from keepstone.core.channel import Floats
    from keepstone.core.part import AnyCondition, Metric
    from keepstone.core.trial import Outcome

ROWS = ward.ROWS
CHANGEABLE = slice(ward.VISITS, 8)


def befall(condition: AnyCondition, target: Classifier | None = None, seed: int = 3) -> Outcome:
    asked = controls.linear() if target is None else target
    return play(asked, Arm(asked, condition, Nothing()), Trials(seed, condition.stream, 0, asked.size(condition.stream)), KeptShelf())


def rows(outcome: Outcome) -> tuple[Floats, Floats]:
    return np.asarray(outcome.columns["x"], dtype=np.float64), np.asarray(outcome.columns["asked"], dtype=np.float64)


def mean(condition: AnyCondition, metric: Metric, target: Classifier, seed: int = 3) -> float:
    arm = Arm(target, condition, Nothing())
    found = Played(arm, Trials(seed, condition.stream, 0, target.size(condition.stream)), (metric,)).make(KeptShelf())
    losses = found[f"loss:{metric.id}"].astype(np.float64)
    return float(losses[losses >= 0].mean() / 1000)


def bare(features: tuple[Feature, ...], x: Floats) -> Classifier:
    """A target of rows alone: it flags by the first column."""
    many = np.arange(len(x), dtype=np.int64)
    table = Table(features, x, (many % 2).astype(np.int8), many, many, {}, many * 0, "bare")
    return Classifier("bare", "bare", Guarded(lambda rows: np.nan_to_num(np.clip(rows[:, 0], 0, 1))), 0.5, table)


def test_noise_has_the_size_that_it_says_and_spares_what_can_t_move() -> None:
    x, asked = rows(befall(SensorNoise(errors=0.5)))
    off = (asked - x)[:, ward.LABS]
    inside = (x[:, ward.LABS] > 2) & (x[:, ward.LABS] < 18)
    assert np.nanstd(off[inside]) == pytest.approx(0.3, rel=0.05)
    assert abs(np.nanmean(off[inside])) < 0.02
    assert np.array_equal(asked[:, : ward.VISITS], x[:, : ward.VISITS])
    assert np.array_equal(asked[:, ward.VISITS], np.rint(asked[:, ward.VISITS]))
    assert np.array_equal(np.isnan(asked), np.isnan(x))


def test_noise_keeps_bounds_and_leaves_alone_what_was_beyond() -> None:
    target = bare((Feature(name="a", lower=0, upper=1, error_abs=1.0),), np.array([[0.5]] * 50 + [[7.0]] * 50))
    x, asked = rows(befall(SensorNoise(errors=2.0), target))
    beyond = x[:, 0] == 7
    assert (asked[~beyond] >= 0).all()
    assert (asked[~beyond] <= 1).all()
    assert (asked[beyond] <= 7).all()
    assert asked[beyond].std() > 0.1


def test_a_random_change_goes_to_the_ends_of_its_room() -> None:
    outcome = befall(RandomChange(errors=2.0))
    x, asked = rows(outcome)
    steps = np.abs(asked - x)[:, ward.LABS] / 1.2
    inside = (x[:, ward.LABS] > 2) & (x[:, ward.LABS] < 18)
    assert np.allclose(steps[inside], 1.0)
    assert 0.4 < float(((asked - x)[:, ward.LABS][inside] > 0).mean()) < 0.6
    assert np.asarray(outcome.columns["size"], dtype=np.float64).mean() == pytest.approx(2.0, abs=0.15)


def test_blind_retry_is_worse_than_one_try_and_asks_no_oracle() -> None:
    once, often = befall(RandomChange(errors=2.0)), befall(RandomChange(errors=2.0, tries=30))
    missed = [np.nanmean(Missed().loss(outcome, lambda: once)) for outcome in (once, often)]
    assert missed[1] > missed[0] + 0.1
    assert not np.asarray(often.columns["queries"]).any()
    x, asked = rows(often)
    calm = np.asarray(befall(Nominal()).columns["flagged"])
    assert np.array_equal(asked[calm == 0], x[calm == 0], equal_nan=True)


def test_one_value_is_in_another_unit() -> None:
    x, asked = rows(befall(UnitMixup()))
    changed = (asked != x) & ~np.isnan(x)
    assert (changed.sum(axis=1) <= 1).all()
    assert changed.any(axis=1).mean() > 0.98
    assert np.allclose(asked[changed], x[changed] * 0.1)
    share = changed.sum(axis=0)[ward.LABS] / changed.sum()
    assert np.allclose(share, 0.25, atol=0.07)


def test_a_unit_with_several_others_is_no_likelier_than_one_with_one() -> None:
    several = tuple(Unit(name=str(k), factor=2.0, offset=float(k)) for k in range(3))
    features = (Feature(name="a", units=several), Feature(name="b", units=(Unit(name="c", factor=3.0),)), Feature(name="i", units=several, immutable=True))
    x, asked = rows(befall(UnitMixup(), bare(features, np.ones((2000, 3)))))
    assert (asked[:, 1] != x[:, 1]).mean() == pytest.approx(0.5, abs=0.04)
    assert sorted(set(asked[:, 0].tolist())) == [1.0, 2.0, 3.0, 4.0]
    assert np.array_equal(asked[:, 2], x[:, 2])


def test_a_share_of_the_values_is_missing() -> None:
    x, asked = rows(befall(MissingValues(share=0.3)))
    hidden = np.isnan(asked) & ~np.isnan(x)
    assert hidden[:, ward.LABS].sum() / (~np.isnan(x[:, ward.LABS])).sum() == pytest.approx(0.3, abs=0.03)
    assert not hidden[:, : ward.LABS.start].any()
    assert np.array_equal(asked[~hidden], x[~hidden], equal_nan=True)


def test_a_count_of_values_is_missing_in_every_row_each_as_often() -> None:
    x, asked = rows(befall(MissingValues(count=2)))
    hidden = np.isnan(asked) & ~np.isnan(x)
    there = (~np.isnan(x[:, ward.LABS])).sum(axis=1)
    assert np.array_equal(hidden.sum(axis=1), np.minimum(there, 2))
    assert np.allclose(hidden[:, ward.LABS].mean(axis=0), 0.5, atol=0.07)


def test_values_are_missing_in_one_group_only() -> None:
    outcome = befall(MissingInGroup(attribute="sex", group="female", share=0.5))
    x, asked = rows(outcome)
    hidden: NDArray[np.bool_] = np.asarray((np.isnan(asked) & ~np.isnan(x)).any(axis=1))
    women = np.array([name == "female" for name in outcome.columns["group:sex"]])
    assert not hidden[~women].any()
    assert hidden[women].mean() > 0.9


def test_one_value_is_out_of_range() -> None:
    x, asked = rows(befall(OutOfRange()))
    changed = np.asarray((asked != x) & ~np.isnan(x))
    assert (changed.sum(axis=1) == 1).all()
    lower, upper = (np.array([getattr(feature, side) for feature in controls.linear().features]) for side in ("lower", "upper"))
    far = (asked < lower) | (asked > upper)
    assert np.array_equal(far, changed)
    assert not changed[:, : ward.VISITS].any()
    assert 0.4 < float((asked > upper).sum() / changed.sum()) < 0.6


def test_misuse_brings_people_from_outside_what_was_declared() -> None:
    x, asked = rows(befall(Misuse(feature="age")))
    assert (asked[:, ward.AGE] < 18).all()
    assert np.array_equal(asked[:, 1:], x[:, 1:], equal_nan=True)
    above = bare((Feature(name="a", kind="integer", lower=0, upper=10),), np.ones((50, 1)))
    assert (rows(befall(Misuse(feature="a"), above))[1] > 10).all()
    assert "`lower` or `upper` of «b»" in Misuse(feature="b").unfit(controls.linear())


def test_a_block_is_one_other_row_s() -> None:
    target = controls.linear()
    x, asked = rows(befall(SwappedBlock()))
    assert np.array_equal(asked[:, : ward.VISITS], x[:, : ward.VISITS])
    donors = {row.tobytes() for row in target.table("search").x[:, CHANGEABLE]}
    assert all(row.tobytes() in donors for row in asked[:, CHANGEABLE])
    named = rows(befall(SwappedBlock(columns=("lab_a",))))
    assert np.array_equal(np.delete(named[0], 4, axis=1), np.delete(named[1], 4, axis=1), equal_nan=True)
    assert "no feature «nonsense»" in SwappedBlock(columns=("nonsense",)).unfit(target)


def tapped(condition: AnyCondition, channel: object, values: Floats, unit: int = 0) -> Signal:
    target = controls.linear()
    act = condition.begin(Trials(3, f"rest.{condition.id}", 0, 1, unit), Counted(target, condition.origin, 1), KeptShelf(), target)
    return act.tap(channel, Signal(values, np.zeros(len(values), dtype=np.int8)))  # type: ignore[arg-type]


def test_labels_are_flipped_by_the_share_of_all_rows() -> None:
    train = controls.linear().table("train")
    values = np.column_stack([train.x, train.y.astype(np.float64)])
    changed = np.asarray(tapped(LabelNoise(share=0.1), TRAINING, values).values)[:, -1] != values[:, -1]
    assert changed.sum() == 60
    assert 0 < changed[train.y == 1].sum() < 60
    deaths = np.asarray(tapped(LabelNoise(share=0.1, among="outcomes"), TRAINING, values).values)[:, -1] != values[:, -1]
    assert deaths.sum() == deaths[train.y == 1].sum() == 60
    other = np.asarray(tapped(LabelNoise(share=0.1), TRAINING, values, unit=1).values)[:, -1] != values[:, -1]
    assert (other != changed).any()
    assert tapped(LabelNoise(), INPUT, values).values is values


def test_bits_flip_and_what_they_leave_is_a_number() -> None:
    values = np.linspace(1.0, 1.9, 50)
    flipped = np.asarray(tapped(BitRot(bits=40), PARAMETERS, values).values)
    assert np.isfinite(flipped).all()
    changed = np.bitwise_xor(values.view(np.uint64), flipped.view(np.uint64))
    assert 20 <= sum(int(word).bit_count() for word in changed) <= 40
    assert np.array_equal(np.asarray(tapped(BitRot(bits=0), PARAMETERS, values).values), values)


def test_retraining_flips_what_is_the_luck_of_training() -> None:
    assert mean(Retraining(copies=2), Flips(), controls.immutable_only()) == 0
    assert 0.05 < mean(Retraining(copies=2), Flips(), controls.memorising()) < 0.5
    assert mean(Retraining(copies=2), Flips(), controls.linear()) < 0.06


def test_retraining_takes_all_copies_and_leaves_unanswered_rows_alone() -> None:
    target = controls.memorising()
    answers = [np.asarray(befall(Retraining(copies=copies), target).columns["flagged"]) for copies in (1, 2)]
    other = (answers[0] != answers[1]).mean()
    assert 0.05 < other < 0.4
    act = Retraining().begin(Trials(3, "test", 0, 4), Counted(target, Retraining.origin, 4), KeptShelf(), target)

    def blocked(channel: object, signal: Signal) -> Signal:
        seen = act.tap(channel, signal)  # type: ignore[arg-type]
        return Signal(seen.values, np.array([3, 0, 0, 0], dtype=np.int8)) if channel == INPUT else seen

    outcome = target.run(Trials(3, "test", 0, 4), blocked)
    assert np.isnan(np.asarray(outcome.columns["flagged"])).tolist() == [True, False, False, False]


def test_a_shift_leaves_a_batch_out_of_the_training() -> None:
    train = controls.linear().table("train")
    values = np.column_stack([train.x, train.y.astype(np.float64)])
    shift = Shift(of="batch", value="1")
    assert np.array_equal(np.asarray(tapped(shift, TRAINING, values).rulings) == 3, train.batch == 1)
    women = Shift(of="sex", value="female")
    assert np.array_equal(np.asarray(tapped(women, TRAINING, values).rulings) == 3, np.array(train.groups["sex"]) == "female")
    assert "give `batch`" in shift.unfit(controls.linear())
    assert not women.unfit(controls.linear())
    assert "can't be trained again" in women.unfit(bare((Feature(name="a"),), np.ones((5, 1))))


def test_a_shift_of_prevalence_keeps_rates_and_changes_the_mix() -> None:
    outcome = befall(Shift(of="prevalence", to=0.6))
    truth, kept = np.asarray(outcome.columns["truth"], dtype=np.int64), np.asarray(outcome.columns["kept"])
    mine = kept[np.arange(len(truth)), truth] == 1
    assert mine[truth == 1].all()
    assert truth[mine].mean() == pytest.approx(0.6, abs=0.05)
    assert np.isnan(Within(inner=Missed(), label="kept", column="kept").loss(outcome, lambda: outcome)[~mine]).all()


def test_the_rare_are_a_twentieth_and_unlike_the_others() -> None:
    outcome = befall(RareCases())
    rare = np.asarray(outcome.columns["rare"]) == 1
    x, asked = rows(outcome)
    assert np.array_equal(x, asked, equal_nan=True)
    assert rare.mean() == pytest.approx(0.05, abs=0.025)
    far = np.nanmean(np.abs(x - np.nanmedian(x, axis=0)) / np.nanstd(x, axis=0), axis=1)
    assert far[rare].mean() > 1.5 * far[~rare].mean()


def test_a_planted_stranger_is_rare() -> None:
    target = controls.linear()
    odd = target.test.x.copy()
    odd[:20, ward.LABS] = [2.0, 18.0, 2.0, 18.0]  # each value is seen, together they are not
    planted = Classifier("planted", "planted", target.scorer, 0.3, Table(**{**vars(target.test), "x": odd, "digest": "odd"}), train=target.train)
    outcome = befall(RareCases(), planted)
    rare = np.asarray(outcome.columns["rare"]) == 1
    assert rare[np.asarray(outcome.columns["row"]) < ROWS + 20].all()


def test_an_explanation_that_follows_noise_is_told_from_one_that_does_not() -> None:
    assert mean(Explained(top=3), Stability(), controls.immutable_only()) == 0
    assert mean(Explained(), Stability(), controls.scrambled()) > 0.1
    assert mean(Explained(errors=0.0), Stability(), controls.scrambled()) == 0
    assert 0 < mean(Explained(top=3), Stability(), controls.linear()) < 0.3


@pytest.mark.parametrize(
    "build",
    [
        lambda: SensorNoise(errors=-1),
        lambda: RandomChange(errors=-1),
        lambda: RandomChange(tries=0),
        lambda: RandomChange(goal="luck"),
        lambda: UnitMixup(tries=0),
        lambda: MissingValues(share=1.1),
        lambda: MissingInGroup(attribute="a", group="b", share=-0.1),
        lambda: LabelNoise(share=2),
        lambda: LabelNoise(among="some"),
        lambda: BitRot(bits=-1),
        lambda: SwappedBlock(tries=0),
        lambda: Retraining(copies=0),
        lambda: Shift(of="prevalence", to=1.0),
        lambda: Explained(top=0),
    ],
)
def test_what_makes_no_sense_is_refused(build: Callable[[], object]) -> None:
    with pytest.raises(InputError, match="must be"):
        build()


def test_unfit_names_the_argument_that_would_help() -> None:
    nothing = bare((Feature(name="a", immutable=True),), np.ones((5, 1)))
    wanted = {
        SensorNoise(): "error_abs",
        RandomChange(): "error_abs",
        UnitMixup(): "units",
        MissingValues(): "missing",
        MissingInGroup(attribute="sex", group="female"): "groups",
        OutOfRange(): "lower",
        Misuse(feature="a"): "lower",
        LabelNoise(): "fit",
        BitRot(): "parameters",
        SwappedBlock(): "immutable",
        Retraining(): "fit",
        RareCases(): "train",
        Explained(): "train",
        Nominal(stream="train"): "train",
    }
    for condition, word in wanted.items():
        assert word in cast("AnyCondition", condition).unfit(nothing)
    fitting = [condition for condition in wanted if not isinstance(condition, Misuse)]
    assert [cast("AnyCondition", condition).unfit(controls.linear()) for condition in fitting] == [""] * len(fitting)
