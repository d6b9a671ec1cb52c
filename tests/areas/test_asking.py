"""A limit is looked up by the finding, inside a part of the cases by the whole; a rule is told in the words of the table."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from keepstone.areas import controls
from keepstone.areas.asking import SMALLEST, cases, limit, smallest, words
from keepstone.core.origin import Area
from keepstone.core.system import Grouping
from keepstone.core.table import Rule
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.metrics.missed import Missed
from keepstone.parts.metrics.within import Within

if TYPE_CHECKING:
    from keepstone.core.probe import Scope


def scope(**more: object) -> Scope:
    return cast("Scope", SimpleNamespace(**({"target": controls.linear(), "limit": lambda *names: len(".".join(names)) / 100} | more)))


def test_a_limit_inside_a_part_is_that_for_all() -> None:
    inner = Missed()
    within = Within(inner=inner, label="x", column="batch", value="1")
    assert limit(scope(), Area.ROBUSTNESS, Nominal(), within) == limit(scope(), Area.ROBUSTNESS, Nominal(), inner) == 0.25


def test_cases_and_smallest_groups() -> None:
    table = cases(scope())
    assert table is not None
    assert len(table) == 600
    assert cases(scope(target=SimpleNamespace(size=lambda stream: 3))) is None
    assert cases(scope(), "nonsense") is None
    system = SimpleNamespace(data=SimpleNamespace(groups=(Grouping(attribute="sex", column="sex", minimum=7),)))
    assert smallest(scope(system=system), "sex") == 7
    assert smallest(scope(system=system), "race") == SMALLEST
    assert smallest(scope(system=SimpleNamespace(data=None)), "sex") == SMALLEST


def test_a_rule_is_told_in_the_words_of_the_table() -> None:
    features = controls.linear().features
    assert words(Rule(((1, "sex", "is", 1.0), (0, "age", ">", 70.5))), features) == "sex is male and age > 70.5"
    assert words(Rule(((9, "other", "is", 4.0), (4, "lab_a", "missing", 0.0))), features) == "other is 4 and lab_a missing"
