"""A metric that breaks a rule is told so, rule by rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pytest

from keepstone.areas import controls
from keepstone.core.channel import through
from keepstone.core.part import part
from keepstone.core.trial import Outcome, Trials
from keepstone.measure.checks.metrics import problems
from keepstone.stats.claims import Gap, Mean

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.core.channel import Floats
    from keepstone.core.claim import Claim
    from keepstone.core.part import Target


MEAN = Mean()


@part("metric")
@dataclass(frozen=True)
class Made:
    """A metric that does what it is told."""

    do: str = "right"
    parts: tuple[str, ...] = ("all",)
    claim: Claim = MEAN

    name: ClassVar[str] = "made"
    id: ClassVar[str] = "made"
    title: ClassVar[str] = "made for a test"

    def unfit(self, target: Target) -> str:
        return ""

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        flagged = np.asarray(outcome.columns["flagged"], dtype=np.float64)[:, None]
        right = np.nan_to_num(flagged, nan=1.0)
        deeds: dict[str, Callable[[], Floats]] = {
            "right": lambda: right,
            "flat": lambda: right[:, 0],
            "high": lambda: right + 1,
            "none": lambda: right * np.nan,
            "order": lambda: right * np.linspace(0, 1, len(right))[:, None],
            "others": lambda: np.abs(right - right.mean()),
            "drops": lambda: flagged,
            "two": lambda: np.column_stack([right, right]),
            "missing": lambda: np.asarray(outcome.columns["nonsense"], dtype=np.float64),
        }
        return deeds[self.do]()


def outcome() -> Outcome:
    return controls.linear().run(Trials(3, "test", 0, 120), through)


@pytest.mark.parametrize(
    ("metric", "told"),
    [
        (Made("flat"), "must be (trials, parts)"),
        (Made("high"), "in [0, 1]"),
        (Made("none"), "it counts none"),
        (Made("order"), "whatever the order of the trials"),
        (Made("others"), "whatever other trials there are"),
        (Made("drops"), "it was dropped"),
        (Made("missing"), "they have no column 'nonsense'"),
        (Made("two", ("a", "b"), Gap()), "can't be made of its losses"),
        (Made("two", ("a", "a"), Gap()), "must be at least one name, each another"),
        (Made("two", ("a", "b")), "can't be made of its losses"),
    ],
    ids=lambda value: getattr(value, "do", ""),
)
def test_one_that_breaks_a_rule_is_told_so(metric: Made, told: str) -> None:
    assert any(told in problem for problem in problems(metric, outcome(), outcome()))


def test_one_that_keeps_the_rules_has_no_problem() -> None:
    assert list(problems(Made(), outcome(), outcome())) == []
