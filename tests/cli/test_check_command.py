"""`keepstone check`."""

from __future__ import annotations

import json
from pathlib import Path

from hostile.spoil import ran

GOOD = '''
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keepstone.core.channel import INPUT, Act, Signal
from keepstone.core.origin import Hazard
from keepstone.core.part import part


@part("condition")
@dataclass(frozen=True, kw_only=True)
class Gale:
    """Every lab value is blown up by a share.

    Attributes:
        by: The share.
    """

    by: float = 0.1
    name: ClassVar[str] = "gale"
    title: ClassVar[str] = "a gale"
    stream: ClassVar[str] = "test"
    origin: ClassVar[Hazard] = Hazard(cause="wind")
    channels: ClassVar = frozenset({INPUT})

    @property
    def id(self):
        return "gale"

    @property
    def strength(self):
        return self.by

    def unfit(self, target):
        return ""

    def needs(self, target):
        return ()

    def begin(self, trials, oracle, shelf, target):
        moves = np.array([not feature.immutable and feature.kind == "number" for feature in target.features])
        return Act(lambda channel, signal: Signal(np.where(moves, signal.values * (1 + self.by), signal.values), signal.rulings))
'''
BAD = GOOD.replace("(1 + self.by)", "(1 + np.random.rand())").replace('return "gale"', 'return "gale 1.5"')


def test_a_part_that_keeps_the_rules(tmp_path: Path) -> None:
    (tmp_path / "gale.py").write_text(GOOD.replace("Signal(np.where", "signal if channel != INPUT else Signal(np.where"), encoding="utf-8")
    got = ran(["check", "gale.py"], tmp_path)
    assert got.code == 0, got.out
    assert "all rules hold" in got.out
    assert "every condition must do" in got.out
    assert "entry point" in got.out


def test_a_part_that_does_not(tmp_path: Path) -> None:
    (tmp_path / "gale.py").write_text(BAD.replace("Signal(np.where", "signal if channel != INPUT else Signal(np.where"), encoding="utf-8")
    got = ran(["check", "gale.py"], tmp_path)
    assert got.code == 1
    assert "letters, digits" in got.out
    assert "the same outcome each time" in got.out
    document = json.loads(ran(["check", "gale.py", "--json"], tmp_path).out)
    assert len(document["parts"][0]["problems"]) >= 2
    assert document["rules"]["condition"]


def test_an_installed_module_by_its_name(tmp_path: Path) -> None:
    assert ran(["check", "keepstone.parts.metrics.error"], tmp_path).code == 0
