"""A finding as the document has it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from fakes import Lost, held

from keepstone.core.result import Estimate, Finding, Verdict
from keepstone.core.system import Autonomy, Stage, System, TargetSpec
from keepstone.govern import rows
from keepstone.govern.summary import _statement, finding_row

NUMBERS = ("mean", "lower", "upper", "e_pass", "e_fail", "count", "nominal")


def found(trials: int) -> Finding:
    number = Estimate(mean=1 / trials, lower=0.001, upper=0.6, e_pass=1.5, e_fail=1.0, trials=trials, played=100, calls=100.0)
    return Finding(held=held(0.2, 0.3), estimate=number, verdict=Verdict.INCONCLUSIVE, nominal=0.25)


@pytest.mark.parametrize("trials", [1, 9])
def test_of_fewer_than_ten_people_the_verdict_is_written_down_and_no_number(trials: int) -> None:
    row = finding_row(found(trials))
    assert [getattr(row, name) for name in NUMBERS] == [None] * len(NUMBERS)
    assert (row.verdict, row.trials, row.calls) == ("inconclusive", trials, 100.0)


def test_of_ten_people_all_numbers_are_written_down() -> None:
    row = finding_row(found(10))
    assert [getattr(row, name) for name in NUMBERS] == [0.1, 0.001, 0.6, 1.5, 1.0, 1, 0.25]


def test_a_small_part_is_not_told_by_the_others() -> None:
    sizes = (("large", 90, 0.2), ("small", 7, 0.1), ("middle", 40, 0.3))
    metric: Any = type("Grouped", (Lost,), {"parts": ("large", "small", "middle")})()
    one = found(137)
    assert one.estimate is not None
    one = replace(one, held=held(0.2, 0.3, metric=metric), estimate=replace(one.estimate, parts=sizes))
    hidden = [rows.Share(name=name, trials=0, mean=None) for name in ("small", "middle")]
    assert finding_row(one).parts == (rows.Share(name="large", trials=90, mean=0.2), *hidden)


@pytest.mark.parametrize(
    ("corpus", "population", "said"),
    [
        (
            "clinic",
            "patients",
            "Speaks of conversations that the corpus «clinic» can make; these are not the conversations of the people named (patients).",
        ),
        (
            "file:own.csv",
            "",
            "Speaks of conversations like the items of «own.csv» and their templates; these are not the conversations of those who will use it.",
        ),
    ],
)
def test_of_a_chat_system_the_statement_speaks_of_the_questions_that_were_made(corpus: str, population: str, said: str) -> None:
    one = System(
        name="s",
        purpose="p",
        domain="general",
        autonomy=Autonomy.ADVISES,
        stage=Stage.DEVELOPMENT,
        population=population,
        affected=(),
        target=TargetSpec(chat="reference:clinic", corpus=corpus),
    )
    assert _statement(one) == said
