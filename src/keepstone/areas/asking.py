"""What the declarations of all areas do in the same way: look up a limit, and say a rule in the words of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.core.chat import Conversing
from keepstone.core.part import Tabular
from keepstone.parts.assistants.clinic import Clinic
from keepstone.parts.metrics.within import Within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.origin import Area
    from keepstone.core.part import AnyCondition, Metric, Target
    from keepstone.core.probe import Scope
    from keepstone.core.table import Feature, Rule, Table

SMALLEST = 100
"""Smallest group that is held against the rest, where nobody said otherwise."""


def limit(scope: Scope, area: Area, condition: AnyCondition, metric: Metric) -> float:
    """The catalogue's limit for a finding; inside a part of the cases it is that for all of them."""
    return scope.limit(area.value, condition.id, metric.inner.id if isinstance(metric, Within) else metric.id)


def judged(metric: Metric, target: Target) -> tuple[str, ...]:
    """The judge that a metric reads by and that nobody checked, which makes a verdict provisional; none for the scripted assistant, whose phrases are known.

    Args:
        metric: It, or the metric within it, names its judge under `judge`; one that compares with what is known has none.
        target: What is asked.
    """
    judge = str(getattr(getattr(metric, "inner", metric), "judge", ""))
    known = isinstance(target, Conversing) and isinstance(target.assistant, Clinic)
    return () if known or not judge else (judge,)


def cases(scope: Scope, stream: str = "test") -> Table | None:
    """The rows of a stream; None where the target has none."""
    return scope.target.table(stream) if isinstance(scope.target, Tabular) and scope.target.size(stream) else None


def smallest(scope: Scope, attribute: str) -> int:
    """The smallest group of an attribute that is held against the rest."""
    groups = scope.system.data.groups if scope.system.data is not None else ()
    return next((one.minimum for one in groups if one.attribute == attribute), SMALLEST)


def smallest_held(scope: Scope) -> tuple[str, str] | None:
    """The smallest group of the first attribute that is large enough to be held against the rest, with its attribute."""
    table = cases(scope)
    for attribute, names in scope.groups:
        sizes = [] if table is None else [(sum(one == name for one in table.groups[attribute]), name) for name in names]
        large = [(size, name) for size, name in sizes if size >= smallest(scope, attribute)]
        if large:
            return attribute, min(large)[1]
    return None


def words(rule: Rule, features: Sequence[Feature]) -> str:
    """Say a rule in plain words, codes by their names.

    Example:
        >>> from keepstone.core.table import Feature, Rule
        >>> words(Rule(((0, "sex", "is", 1.0), (1, "alb", "missing", 0.0))), (Feature(name="sex", kind="binary", levels=("f", "m")), Feature(name="alb")))
        'sex is m and alb missing'
    """
    told = []
    for column, name, how, value in rule.tests:
        levels = features[column].levels if column < len(features) else ()
        if how == "missing":
            told.append(f"{name} missing")
        elif how == "is" and 0 <= value < len(levels):
            told.append(f"{name} is {levels[int(value)]}")
        else:
            told.append(f"{name} {how} {value:g}")
    return " and ".join(told)
