"""The rows behind findings: those that lost, of the table that was asked, in the trials that were played, and only where a person asks."""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from keepstone.areas import controls
from keepstone.core.errors import PartError
from keepstone.core.origin import Area
from keepstone.core.part import Tabular
from keepstone.core.probe import Probe, Scope
from keepstone.core.system import Autonomy, Stage, System
from keepstone.govern.personal import NOTICE
from keepstone.ledger.keys import InsecureDevelopmentKey
from keepstone.lifecycle import assess as order
from keepstone.lifecycle import inventory
from keepstone.lifecycle.opening import Opened
from keepstone.lifecycle.personal import MOST
from keepstone.lifecycle.record import Record
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.conditions.threats.rows_in_model import RowsInModel
from keepstone.parts.metrics.found import Found
from keepstone.parts.metrics.missed import Missed
from keepstone.parts.targets.classifier import Classifier

SYSTEM = System(name="ward", purpose="to test", domain="health", autonomy=Autonomy.ADVISES, stage=Stage.DEVELOPMENT, population="", affected=())


def apart(target: Classifier) -> Classifier:
    """The same target with the rows of either table counted from 0, as of two files."""
    number = np.arange(len(target.test), dtype=np.int64)
    train = replace(target.table("train"), row=number, unit=-1 - number, file="train.csv")
    return replace(target, test=replace(target.test, row=number, unit=number, file="test.csv"), train=train)


def probes(scope: Scope) -> Iterator[Probe]:
    """A finding that fails on the cases."""
    nominal = inventory.part("condition", "nominal")()
    yield Probe(risk=scope.risk("robustness.ordinary_use"), condition=nominal, metric=Missed(), limit=0.1)


def kept(scope: Scope) -> Iterator[Probe]:
    """A finding that fails on training rows and cases together."""
    yield Probe(risk=scope.risk("protection.rows_in_model"), condition=RowsInModel(), metric=Found(), limit=0.1)


@pytest.fixture(autouse=True)
def areas(monkeypatch: pytest.MonkeyPatch) -> None:
    made = (types.SimpleNamespace(AREA=Area.ROBUSTNESS, probes=probes), types.SimpleNamespace(AREA=Area.PROTECTION, probes=kept))
    monkeypatch.setattr(inventory, "areas", lambda kind="table": iter(made))


def run(folder: Path, target: Tabular, *, rounds: int | None = None, show: bool = True) -> order.Assessed:
    choice, shelf = order.Choice(show_rows=show, rounds=rounds), KeptShelf()
    planned = order.prepare(SYSTEM, Opened(target, {"data": "d", "target": "t"}, "made up"), choice, shelf)
    return order.assess(planned, choice, InsecureDevelopmentKey(), place=order.Place(record=Record(folder)))


def test_rows_are_of_the_table_that_was_asked_whatever_their_numbers(tmp_path: Path) -> None:
    target = apart(controls.memorising())
    found = run(tmp_path, target).personal
    assert found is not None
    by_id = {one.finding: one for one in found.findings}
    stood = by_id["protection.rows_in_model.found"]
    assert len(stood.cases) == MOST < stood.lost
    assert all(one.trained for one in stood.cases)  # only training rows stand in the model, and the cases have the same numbers
    missed = by_id["robustness.nominal.missed"]
    assert not any(one.trained for one in missed.cases)
    assert all(one.outcome == 1 for one in missed.cases)
    for one, table in ((stood.cases[0], target.table("train")), (missed.cases[0], target.test)):
        place = table.row.tolist().index(one.row)
        assert one.values[0] == f"{table.x[place, 0]:.10g}"
        assert one.values[2] == table.features[2].levels[int(table.x[place, 2])]
        assert one.outcome == table.y[place]


def test_they_are_written_beside_the_result_with_what_the_file_holds(tmp_path: Path) -> None:
    found = run(tmp_path, controls.memorising()).personal
    written = json.loads((tmp_path / "rows.json").read_bytes())
    assert written["notice"] == NOTICE
    assert "personal data" in NOTICE
    assert found is not None
    assert [one["finding"] for one in written["findings"]] == [one.finding for one in found.findings]


def test_only_trials_that_the_run_played_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RowsInModel, "begin", counted := Counted(RowsInModel.begin))
    assert run(tmp_path / "shown", controls.memorising(), rounds=1).personal is not None
    shown, counted.trials = counted.trials, []
    run(tmp_path / "plain", controls.memorising(), rounds=1, show=False)
    assert shown == counted.trials


class Counted:
    """Notes what a condition was begun on."""

    def __init__(self, begin: Callable[..., object]) -> None:
        self.begin, self.trials = begin, list[object]()

    def __get__(self, part: object, _kind: object) -> object:
        def noted(trials: object, *rest: object) -> object:
            self.trials.append(trials)
            return self.begin(part, trials, *rest)

        return noted


def test_without_being_asked_for_nothing_is_written_and_what_was_there_goes(tmp_path: Path) -> None:
    run(tmp_path, controls.memorising())
    assert run(tmp_path, controls.memorising(), show=False).personal is None
    assert not (tmp_path / "rows.json").exists()


def test_an_arm_in_error_has_no_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> object:
        msg = "no"
        raise PartError(msg)

    monkeypatch.setattr(RowsInModel, "begin", broken)
    found = run(tmp_path, controls.memorising()).personal
    assert found is not None
    assert [one.finding for one in found.findings] == ["robustness.nominal.missed"]
