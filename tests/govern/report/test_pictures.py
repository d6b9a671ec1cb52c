"""The geometry of the pictures."""

from __future__ import annotations

import msgspec
from govern import synthetic
from hypothesis import given
from hypothesis import strategies as st

from keepstone.govern.report import pictures
from keepstone.govern.rows import Finding

BASE = Finding(id="a.b.c", side="safety", area="fairness", title="t", verdict="pass", limit=0.1, mean=0.05, lower=0.02, upper=0.08)
SHARES = st.floats(0, 1)


def place(at: str) -> float:
    return float(at.removesuffix("%"))


@given(st.tuples(SHARES, SHARES, SHARES).map(sorted), st.floats(0.001, 1))
def test_everything_of_a_finding_is_inside_the_picture_and_in_order(values: list[float], limit: float) -> None:
    lower, mean, upper = values
    row = msgspec.structs.replace(BASE, lower=lower, mean=mean, upper=upper, limit=limit)
    for plot in (pictures.finding_interval(row), pictures.against_limit(row)):
        assert plot is not None
        places = [place(at) for at in (plot.lower, plot.mean, plot.upper)]
        assert places == sorted(places)
        assert all(0 <= at <= 100 for at in [*places, place(plot.limit)])


@given(SHARES, st.floats(0.01, 1))
def test_the_limit_parts_the_small_picture_as_the_verdict_does(mean: float, limit: float) -> None:
    plot = pictures.against_limit(msgspec.structs.replace(BASE, lower=mean, mean=mean, upper=mean, limit=limit))
    assert plot is not None
    assert place(plot.limit) == 50
    assert (place(plot.mean) < 50) == (mean < limit) or abs(mean - limit) < 1e-3


def test_half_and_twice_the_limit_stand_evenly_around_it() -> None:
    half, twice = (pictures.against_limit(msgspec.structs.replace(BASE, lower=mean, mean=mean, upper=mean)) for mean in (0.05, 0.2))
    assert half is not None
    assert twice is not None
    assert place(half.mean) + place(twice.mean) == 100


def test_a_gap_below_zero_shows_zero_and_a_finding_without_a_number_nothing() -> None:
    plot = pictures.finding_interval(msgspec.structs.replace(BASE, lower=-0.02))
    assert plot is not None
    assert place(plot.lower) < place(plot.zero)
    assert pictures.finding_interval(msgspec.structs.replace(BASE, mean=None)) is None
    assert pictures.against_limit(msgspec.structs.replace(BASE, limit=0.0)) is None


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=8))
def test_a_scale_of_effects_holds_zero_and_has_round_ticks(values: list[float]) -> None:
    scale = pictures.effect_scale([pictures.Difference(value, value - 0.01, value + 0.01, 0.03) for value in values])
    assert scale.low <= 0 <= scale.high
    ticks = pictures.effect_ticks(scale)
    assert 1 <= len(ticks) <= 9
    assert "0" in [tick.label for tick in ticks]


def test_small_bins_are_left_out_of_the_calibration_plot() -> None:
    clinical = synthetic.not_met().clinical
    assert clinical is not None
    drawn = pictures.calibration(clinical)
    assert drawn is not None
    assert len(drawn.points) == len(clinical.calibration) - 1
    assert all(point.high <= point.y <= point.low for point in drawn.points)
    assert pictures.calibration(msgspec.structs.replace(clinical, calibration=())) is None
