"""A plan stands in the ledger before the first trial, a result afterwards, each once."""

from __future__ import annotations

import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from keepstone.areas import controls
from keepstone.core.origin import Area
from keepstone.core.probe import Probe, Scope
from keepstone.core.system import Autonomy, Stage, System
from keepstone.ledger.canonical import digest_file
from keepstone.ledger.keys import InsecureDevelopmentKey
from keepstone.lifecycle import assess as order
from keepstone.lifecycle import inventory, registry
from keepstone.lifecycle.opening import Opened
from keepstone.lifecycle.record import Record
from keepstone.measure.shelf import KeptShelf
from keepstone.measure.state import OnProgress
from keepstone.parts.metrics.missed import Missed

SYSTEM = System(name="ward", purpose="to test", domain="health", autonomy=Autonomy.ADVISES, stage=Stage.DEVELOPMENT, population="", affected=())
KEY = InsecureDevelopmentKey()
DATA = f"sha256:{5:064x}"


def probes(scope: Scope) -> Iterator[Probe]:
    nominal = inventory.part("condition", "nominal")()
    yield Probe(risk=scope.risk("robustness.ordinary_use"), condition=nominal, metric=Missed(), limit=0.1)


@pytest.fixture(autouse=True)
def areas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventory, "areas", lambda kind="table": iter((types.SimpleNamespace(AREA=Area.ROBUSTNESS, probes=probes),)))


def run(folder: Path, ledger: str, *, seed: int = 7, resume: bool = False, on_progress: OnProgress | None = None) -> order.Assessed:
    choice, shelf = order.Choice(seed=seed, resume=resume), KeptShelf()
    planned = order.prepare(SYSTEM, Opened(controls.linear(), {"data": DATA, "target": "t"}, "made up"), choice, shelf)
    opened = registry.opened(ledger, KEY)
    try:
        return order.assess(planned, choice, KEY, place=order.Place(record=Record(folder), ledger=opened), on_progress=on_progress)
    finally:
        opened.store.close()


def kinds(ledger: str) -> list[object]:
    opened = registry.opened(ledger, KEY)
    found = [one["predicateType"] for one in opened.statements()]
    opened.store.close()
    return found


@pytest.fixture
def ledger(tmp_path: Path) -> str:
    place = str(tmp_path / "ledger.db")
    registry.found(place, "example.org/log", KEY).store.close()
    return place


def test_the_plan_is_there_before_the_first_trial_and_the_result_after_the_last(tmp_path: Path, ledger: str) -> None:
    seen: list[list[object]] = []

    def look(step: object) -> bool:
        del step
        seen.append(kinds(ledger))
        return True

    found = run(tmp_path / "out", ledger, on_progress=look)
    assert seen
    assert all(one == [registry.PLAN] for one in seen)
    assert kinds(ledger) == [registry.PLAN, registry.RESULT]
    assert found.uses == 0
    opened = registry.opened(ledger, KEY)
    told = registry.standing(opened.statements(), digest_file(tmp_path / "out" / "plan.json"), digest_file(tmp_path / "out" / "result.json"))
    assert (told.planned, told.concluded, told.exploratory) == (0, 1, False)
    result = list(opened.statements())[1]["predicate"]
    assert isinstance(result, dict)
    assert sum(len(result[name]) for name in ("passedTests", "warnedTests", "failedTests")) == len(found.document.findings)
    opened.store.close()


def test_the_same_run_is_told_once_and_another_on_the_same_cases_is_counted(tmp_path: Path, ledger: str) -> None:
    run(tmp_path / "out", ledger)
    assert run(tmp_path / "out", ledger, resume=True).uses == 0
    assert kinds(ledger) == [registry.PLAN, registry.RESULT]
    assert run(tmp_path / "other", ledger, seed=8).uses == 1
    assert kinds(ledger) == [registry.PLAN, registry.RESULT] * 2


def test_a_result_without_a_plan_before_it_is_exploratory() -> None:
    assert registry.Standing(None, 3).exploratory
    assert registry.Standing(4, 3).exploratory
    assert not registry.Standing(2, 3).exploratory
    assert "does not stand" in registry.Standing(2, None).sentence
