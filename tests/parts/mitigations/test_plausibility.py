from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.core.channel import INPUT, OUTPUT, Ruling, Signal
from keepstone.core.errors import InputError
from keepstone.core.screened import Screened
from keepstone.core.table import Feature, Unit
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.mitigations.plausibility import Ordinary, Plausibility
from keepstone.stats.chance import Address, normal

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.core.channel import Floats
    from keepstone.parts.targets.classifier import Classifier

TEMP = Feature(name="temp", lower=25, upper=43, missing=True, units=(Unit(name="F", factor=1.8, offset=32),))
CREA = Feature(name="crea", lower=0.1, upper=30, units=(Unit(name="umol/L", factor=88.4), Unit(name="mg/L", factor=10)))
KIND = Feature(name="kind", kind="category", levels=("a", "b", "c"))
SEX = Feature(name="sex", kind="binary")
COUNT = Feature(name="count", kind="integer", lower=0, upper=9)


def looked_at(features: tuple[Feature, ...], rows: list[list[float]], how: Plausibility | None = None) -> tuple[list[list[float]], list[int]]:
    tap = replace(how or Plausibility(), outliers=0, features=features).begin(len(rows), {})
    passed = tap(INPUT, Signal(np.array(rows), np.zeros(len(rows), dtype=np.int8)))
    return np.round(np.asarray(passed.values, dtype=np.float64), 6).tolist(), passed.rulings.tolist()


def test_a_value_in_the_other_unit_is_converted() -> None:
    assert looked_at((TEMP,), [[37.0], [98.6], [104.0]]) == ([[37.0], [37.0], [40.0]], [0, 1, 1])


def test_a_value_that_no_unit_explains_is_refused_as_it_came() -> None:
    assert looked_at((TEMP,), [[20.0], [150.0]]) == ([[20.0], [150.0]], [Ruling.BLOCKED] * 2)


def test_without_repair_it_is_refused() -> None:
    assert looked_at((TEMP,), [[98.6]], Plausibility(repair=False)) == ([[98.6]], [Ruling.BLOCKED])


def test_of_two_units_the_more_ordinary_reading_is_taken() -> None:
    ordinary = Ordinary(middle=(1.0,), below=(0.5,), above=(1.0,), cut=np.inf)
    values, rulings = looked_at((CREA,), [[88.4], [200.0]], Plausibility(ordinary=ordinary))
    assert values == [[1.0], [2.262443]], "2.26 and not 20"
    assert rulings == [1, 1]


def test_a_row_with_one_repaired_and_one_impossible_value_is_refused_as_it_came() -> None:
    assert looked_at((TEMP, CREA), [[98.6, -1.0]]) == ([[98.6, -1.0]], [Ruling.BLOCKED])


@pytest.mark.parametrize(
    ("feature", "value", "ruling"),
    [
        (KIND, 2.0, 0),
        (KIND, 3.0, 3),
        (KIND, 0.5, 3),
        (SEX, 1.0, 0),
        (SEX, 2.0, 3),
        (COUNT, 9.0, 0),
        (COUNT, 2.5, 3),
        (COUNT, -1.0, 3),
        (TEMP, np.nan, 0),
        (CREA, np.nan, 3),
        (TEMP, np.inf, 3),
    ],
)
def test_what_a_value_may_be_follows_from_its_column(feature: Feature, value: float, ruling: int) -> None:
    assert looked_at((feature,), [[value]])[1] == [ruling]


def test_limits_of_use_refuse_what_may_be_right() -> None:
    assert looked_at((TEMP, COUNT), [[37.0, 1.0], [37.0, 5.0]], Plausibility(limits=(("count", 0, 4),)))[1] == [0, Ruling.BLOCKED]


def test_an_outlier_is_converted_where_that_makes_it_ordinary_and_refused_where_not() -> None:
    glucose = Feature(name="glucose", lower=5, upper=1800, units=(Unit(name="mmol/L", factor=0.0555),))
    ordinary = Ordinary(middle=(130.0,), below=(60.0,), above=(200.0,), cut=1.8)
    values, rulings = looked_at((glucose,), [[120.0], [7.0], [900.0]], Plausibility(ordinary=ordinary))
    assert values == [[120.0], [126.126126], [900.0]]
    assert rulings == [0, Ruling.CHANGED, Ruling.BLOCKED]


def test_it_is_sound_and_refuses_few_ordinary_rows(sound: Callable[..., Screened], play: Callable[..., dict[str, Floats]]) -> None:
    refused = play(sound(Plausibility()))["ruling"] > Ruling.CHANGED
    assert refused.mean() <= 0.05


def test_on_bounds_alone_ordinary_rows_pass_as_they_are(ward: Classifier, play: Callable[..., dict[str, Floats]], equal: Callable[..., bool]) -> None:
    assert equal(play(Plausibility(outliers=0).wrap(ward, KeptShelf())), play(ward))


def test_a_further_ordinary_row_is_an_outlier_no_more_often_than_promised() -> None:
    refused = []
    for run in range(60):
        rows = normal(Address(run, "ordinary", 0, 500), "rows", 3)
        middle, spread = np.median(rows[:200], axis=0), rows[:200].std(axis=0)
        known = Ordinary(tuple(middle), tuple(spread), tuple(spread), np.inf)
        strange = np.sort(known.deviation(rows[:200]).max(axis=1))
        cut = strange[int(np.ceil(201 * 0.9)) - 1]
        tap = Plausibility(outliers=0.1, features=tuple(Feature(name=name) for name in "abc"), ordinary=replace(known, cut=cut)).begin(300, {})
        refused.append(float((tap(INPUT, Signal(rows[200:], np.zeros(300, dtype=np.int8))).rulings == Ruling.BLOCKED).mean()))
    assert np.mean(refused) <= 0.1 + 3 * np.std(refused) / np.sqrt(60)
    assert np.mean(refused) >= 0.05


def test_the_cut_is_the_conformal_quantile_of_the_known_rows(ward: Classifier) -> None:
    wrapped = Plausibility(outliers=0.1).wrap(ward, KeptShelf())
    assert isinstance(wrapped, Screened)
    ready = wrapped.screens[0]
    assert isinstance(ready, Plausibility)
    assert ready.ordinary is not None
    strange = np.sort(ready.ordinary.deviation(ward.table("search").x).max(axis=1))
    assert ready.ordinary.cut == strange[int(np.ceil(601 * 0.9)) - 1]


def test_a_wrong_unit_is_undone_in_the_target(ward: Classifier, play: Callable[..., dict[str, Floats]]) -> None:
    features = tuple(replace(feature, units=(Unit(name="hundreds", factor=100.0),)) if feature.name == "lab_a" else feature for feature in ward.features)
    told = replace(ward, test=replace(ward.test, features=features), _orders={})
    wrapped = Plausibility(outliers=0).wrap(told, KeptShelf())
    x = ward.test.x[:50].copy()
    x[:, 4] *= 100
    said, plain = (target.answer(Signal(rows, np.zeros(50, dtype=np.int8))) for target, rows in ((wrapped, x), (ward, ward.test.x[:50])))
    assert np.allclose(np.asarray(said.values, dtype=np.float64), np.asarray(plain.values, dtype=np.float64))
    assert (said.rulings[~np.isnan(x[:, 4])] == Ruling.CHANGED).all()


def test_it_leaves_the_output_alone() -> None:
    signal = Signal(np.zeros((1, 2)), np.zeros(1, dtype=np.int8))
    assert Plausibility().begin(1, {})(OUTPUT, signal) is signal


def test_what_does_not_fit_says_what_to_give(ward: Classifier) -> None:
    assert Plausibility(limits=(("height", 0, 2),)).unfit(ward) == "there is no feature «height» to limit"
    bare = replace(ward, test=replace(ward.test, features=(Feature(name="a"),)), _orders={})
    assert Plausibility(outliers=0).unfit(bare).startswith("give bounds")


def test_a_share_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="«outliers»"):
        Plausibility(outliers=1.0)


def test_the_id_tells_two_apart() -> None:
    ids = [part.id for part in (Plausibility(), Plausibility(repair=False), Plausibility(outliers=0), Plausibility(limits=(("age", 18, 80.5),)))]
    assert ids == ["plausibility-0p02", "plausibility-0p02-refuse", "plausibility-0", "plausibility-0p02-age_18_80p5"]
