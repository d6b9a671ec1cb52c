"""Records out of step are found without knowing where or which columns, and data that are in step stay quiet."""

from __future__ import annotations

import pathlib
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.areas import controls, ward
from keepstone.core.cell import Arm
from keepstone.core.table import Feature, Table
from keepstone.core.trial import Trials
from keepstone.intake.model import Guarded
from keepstone.measure.play import play
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.conditions.hazards.misjoined_records import MisjoinedRecords, _half, _Joined, _windows
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.targets.classifier import Classifier
from keepstone.stats.chance import Address, normal, order

if TYPE_CHECKING:
    from keepstone.core.channel import Floats, Ints

EXAMPLE = pathlib.Path(__file__).parents[4] / "examples" / "healthcare"


def joined(rows: int = 3000, *, shift: int = 0, late: float = 0.5, ties: float = 0.8) -> Table:
    """Two blocks of four columns that share what is behind them; from `late` on, the second stands `shift` rows too far down."""
    draws = normal(Address(5, "joined", 0, rows), "values", 10)
    behind = np.repeat(draws[:, :2], 4, axis=1)
    x = ties * behind[:, [0, 4, 0, 4, 0, 4, 0, 4]] + np.sqrt(1 - ties**2) * draws[:, 2:]
    at = int(rows * late)
    x[at:, 4:] = np.roll(x[at:, 4:], shift, axis=0)
    number = np.arange(rows, dtype=np.int64)
    features = tuple(Feature(name=f"c{k}") for k in range(8))
    return Table(features, x, (number % 2).astype(np.int8), number, number, {}, number * 0, f"joined-{rows}-{shift}-{late}-{ties}")


def target_of(table: Table) -> Classifier:
    """A target whose records are this table; what it answers plays no part."""
    return Classifier("records", table.digest, Guarded(ward.Always(0.0)), 0.5, table)


def asked(table: Table) -> Floats:
    target = target_of(table)
    outcome = play(target, Arm(target, MisjoinedRecords(), Nothing()), Trials(3, "records", 0, len(table)), KeptShelf())
    mismatch = np.asarray(outcome.columns["mismatch"], dtype=np.float64)
    by_row = np.full(len(table), np.nan)
    by_row[np.asarray(outcome.columns["row"], dtype=np.int64)] = mismatch
    return by_row


def test_a_late_half_out_of_step_is_found_and_nothing_else_is_claimed_on() -> None:
    table = joined(shift=9)
    found = _Joined(table).make(None)
    assert found["suspect"][0] == pytest.approx(0.5, abs=0.04)
    assert {tuple(found["block"][:4]), tuple(found["block"][4:])} == {(1, 1, 1, 1), (0, 0, 0, 0)}
    mismatch = asked(table)
    counted = ~np.isnan(mismatch)
    assert not counted[:1400].any()
    assert mismatch[counted].mean() == pytest.approx(0.5, abs=0.05)
    assert set(mismatch[counted].tolist()) == {0.0, 1.0}


@pytest.mark.parametrize("late", [0.8, 0.9])
def test_a_small_part_out_of_step_is_found(late: float) -> None:
    found = _Joined(joined(rows=6000, shift=5, late=late)).make(None)
    assert found["suspect"][0] == pytest.approx(1 - late, abs=0.03)


def test_records_in_step_stay_quiet_and_all_of_the_other_half_is_asked() -> None:
    table = joined()
    found, mismatch = _Joined(table).make(None), asked(table)
    assert found["suspect"][0] == 0
    assert (~np.isnan(mismatch)).mean() == pytest.approx(0.5, abs=0.01)
    assert np.nanmean(mismatch) < 0.3


def test_columns_that_are_not_tied_can_t_tell() -> None:
    target = target_of(joined(ties=0.0))
    assert "nothing in these records ties" in MisjoinedRecords().unfit(target)
    small = target_of(joined(rows=300))
    assert "400 records" in MisjoinedRecords().unfit(small)


@pytest.mark.parametrize(("rows", "columns"), [(569, 30), (400, 12), (2000, 60)])
def test_many_columns_without_any_tie_are_not_asked_about(rows: int, columns: int) -> None:
    x = normal(Address(5, "loose", 0, rows), "values", columns)  # so many columns fit the rows that they were fitted to, and no others
    number = np.arange(rows, dtype=np.int64)
    features = tuple(Feature(name=f"c{k}") for k in range(columns))
    table = Table(features, x, (number % 2).astype(np.int8), number, number, {}, number * 0, f"loose-{rows}-{columns}")
    assert "nothing in these records ties" in MisjoinedRecords().unfit(target_of(table))


def test_the_controls_come_out_as_they_must() -> None:
    bad, good = (asked_target(roll) for roll in (14, 0))
    assert bad > 0.42
    assert good < 0.25


def asked_target(roll: int) -> float:
    target = controls.misjoined(roll=roll)
    assert not MisjoinedRecords().unfit(target)
    outcome = play(target, Arm(target, MisjoinedRecords(), Nothing()), Trials(3, "records", 0, target.size("records")), KeptShelf())
    return float(np.nanmean(np.asarray(outcome.columns["mismatch"], dtype=np.float64)))


def test_rows_in_any_order_of_batches_are_cut_within_their_batch() -> None:
    batch: Ints = np.arange(1000, dtype=np.int64) % 2
    window = _windows(batch)
    assert len(set(window.tolist())) == 4
    assert all(len(set(batch[window == at].tolist())) == 1 for at in range(4))
    assert max(np.bincount(_windows(np.zeros(100_000, dtype=np.int64)))) >= 500


def test_the_searched_half_never_parts_a_unit() -> None:
    unit: Ints = np.repeat(np.arange(300, dtype=np.int64), 3)[order(1, "x", 900)]
    half = _half(unit)
    assert half.mean() == 0.5
    assert all(len(set(half[unit == name].tolist())) == 1 for name in range(300))


def test_missing_values_and_codes_are_no_ties_of_their_own() -> None:
    table = joined()
    x = table.x.copy()
    x[:1500, 2] = np.nan  # a column that one delivery does not have
    x[:, 0] = np.digitize(x[:, 0], [-0.5, 0.5])
    x[normal(Address(1, "gone", 0, len(x)), "gone", 8) > 1] = np.nan
    features = (Feature(name="c0", kind="category", levels=("low", "middle", "high")), *table.features[1:])
    assert _Joined(replace(table, x=x, features=features, digest="holes")).make(None)["suspect"][0] == 0


def test_the_published_table_is_out_of_step_and_the_careful_one_is_not() -> None:
    sys.path.insert(0, str(EXAMPLE))
    try:
        import model  # type: ignore[import-not-found]
    finally:
        sys.path.pop(0)
    found = {}
    for name in ("careful", "published"):
        read = model.read(EXAMPLE / "data" / f"{name}.csv.gz")
        number = np.array(read.columns["patient"], dtype=np.int64)
        batch = np.array(read.columns["batch"], dtype=np.int64)
        features = tuple(Feature(name=word, kind="category" if word in model.LEVELS else "number") for word in model.FEATURES)
        table = Table(features, read.X, read.y.astype(np.int8), number, number, {}, batch, name)
        found[name] = (table, asked(replace(table, row=np.arange(len(table), dtype=np.int64))))
    careful, published = (found[name][1] for name in ("careful", "published"))
    assert np.nanmean(careful) < 0.25
    assert np.nanmean(published) > 0.45
    second_phase = found["published"][0].batch % 2 == 0
    assert second_phase[~np.isnan(published)].mean() > 0.95
    assert (~np.isnan(published)).sum() > 1900
