"""Conformance of parts from outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from keepstone.core.errors import InputError
from keepstone.lifecycle.checking import check, rules

HEAD = """
from dataclasses import dataclass
from typing import ClassVar
import numpy as np
from keepstone.core.part import part
from keepstone.stats.claims import Mean
"""
METRIC = '''
@part("metric")
@dataclass(frozen=True)
class Odd:
    """Odd."""

    by: int{default}
    name: ClassVar[str] = "odd"
    id: ClassVar[str] = "odd"
    title: ClassVar[str] = "odd"
    parts: ClassVar = ("all",)
    claim: ClassVar = Mean()

    def unfit(self, target):
        return ""

    def loss(self, outcome, calm):
        {loss}
'''
WRONG = 'return (np.asarray(outcome.columns["truth"]) != np.asarray(outcome.columns["flagged"]))[:, None].astype(float)'


def write(folder: Path, *, default: str = " = 1", loss: str = WRONG, end: str = "") -> str:
    path = folder / "odd.py"
    path.write_text(HEAD + METRIC.format(default=default, loss=loss) + end, encoding="utf-8")
    return str(path)


def test_a_metric_that_keeps_the_rules(tmp_path: Path) -> None:
    (found,) = check(write(tmp_path))
    assert (found.kind, found.name, found.id, found.problems, found.installed) == ("metric", "Odd", "odd", (), False)


@pytest.mark.parametrize(
    ("loss", "said"),
    [
        ("return np.full((len(outcome.calls), 1), 2.0)", "[0, 1]"),
        ("return np.zeros(len(outcome.calls))", "(trials, parts)"),
        ("raise RuntimeError('no\\nloss')", "It raised RuntimeError at odd.py:"),
        ("return outcome.columns['nowhere']", "no column 'nowhere'"),
    ],
)
def test_a_metric_that_does_not(loss: str, said: str, tmp_path: Path) -> None:
    (found,) = check(write(tmp_path, loss=loss))
    assert any(said in problem for problem in found.problems), found.problems


def test_a_part_that_needs_parameters_is_checked_as_the_examples_say(tmp_path: Path) -> None:
    (refused,) = check(write(tmp_path, default=""))
    assert "EXAMPLES = [Odd(...)]" in refused.problems[0]
    two = check(write(tmp_path, default="", end="\nEXAMPLES = [Odd(1), Odd(2), 'x']\n"))
    assert [one.problems for one in two] == [(), ()]


def test_a_class_that_is_only_imported_is_not_the_module_s(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text("from keepstone.parts.metrics.error import WrongDecision\n", encoding="utf-8")
    with pytest.raises(InputError, match="it defines none"):
        check(str(path))


@pytest.mark.parametrize("kind", ["target", "condition", "mitigation", "metric"])
def test_the_rules_of_each_kind_are_said(kind: str) -> None:
    assert rules(kind).startswith(f"What every {kind} must do")
