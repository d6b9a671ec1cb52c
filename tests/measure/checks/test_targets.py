"""A target that breaks a rule is told so, rule by rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.areas import controls
from keepstone.core.channel import Signal, through
from keepstone.core.trial import Outcome, Trials
from keepstone.measure.checks.targets import behaviour, differ, problems
from keepstone.parts.targets.classifier import Classifier

if TYPE_CHECKING:
    from keepstone.core.channel import Ints, Tap


class Made(Classifier):
    """A classifier that does what it is told."""

    do = ""

    def size(self, stream: str) -> int:
        return 0 if self.do == "empty" else super().size(stream)

    def order(self, trials: Trials) -> Ints:
        order = super().order(trials)
        return order[::-1] if self.do == "order" and trials.stop == 90 and trials.start == 0 else order

    def run(self, trials: Trials, tap: Tap) -> Outcome:
        outcome = super().run(trials, through if self.do == "deaf" else tap)
        columns = dict(outcome.columns)
        if self.do == "split":
            columns["score"] = np.asarray(columns["score"], dtype=np.float64) * (len(trials) / 100)
        elif self.do == "wild":
            columns["score"] = np.asarray(columns["score"], dtype=np.float64) + 1
        elif self.do == "unsure":
            columns["flagged"] = np.asarray(columns["flagged"], dtype=np.float64) / 2
        elif self.do == "silent":
            del columns["truth"]
        elif self.do == "long":
            columns["extra"] = np.zeros(len(trials) + 1)
        return Outcome(columns, outcome.calls, outcome.broken, outcome.why)


def made(do: str) -> Made:
    target = Made(**{name: value for name, value in vars(controls.linear()).items() if name not in ("_made", "_orders")})
    object.__setattr__(target, "do", do)
    return target


@pytest.mark.parametrize(
    ("do", "told"),
    [
        ("empty", "must have trials of «test»"),
        ("split", "for any split of the trials"),
        ("wild", "must lie in [0, 1]"),
        ("unsure", "must be 0 or 1"),
        ("silent", "must have the columns truth"),
        ("long", "must have one value a trial"),
        ("deaf", "must not answer rows that were blocked"),
    ],
)
def test_one_that_breaks_a_rule_is_told_so(do: str, told: str) -> None:
    assert any(told in problem for problem in behaviour(made(do)))


def test_one_that_keeps_the_rules_has_no_problem() -> None:
    assert list(behaviour(made(""))) == []
    assert list(problems(controls.linear())) == []
    assert any('must be marked with @part("target")' in problem for problem in problems(made("")))


def test_a_difference_is_one_that_a_loss_could_show() -> None:
    one = controls.linear().run(Trials(3, "test", 0, 20), through)
    near = Outcome({**one.columns, "score": np.asarray(one.columns["score"]) + 1e-13}, one.calls, one.broken)
    far = Outcome({**one.columns, "score": np.asarray(one.columns["score"]) + 1e-5}, one.calls, one.broken)
    broken = Outcome(one.columns, one.calls, ~one.broken)
    assert [differ(one, other) for other in (one, near, far, broken)] == ["", "", "score", "broken"]
    assert Signal(np.zeros(1), np.zeros(1, dtype=np.int8)).last
