"""The bound of the largest value, on a curve whose largest value is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest

from keepstone.stats.supremum import ABSOLUTE, RELATIVE, Over, supremum

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass
class Waves:
    """Waves so narrow that the first nodes miss their tops; |P''| is known."""

    waves: float
    corner: float = 1.0
    asked: int = 0

    def at(self, t: NDArray[np.float64]) -> NDArray[np.float64]:
        self.asked += t.size
        return np.asarray(0.01 * (1 + np.sin(self.waves * t) * t), dtype=np.float64)

    def over(self, a: NDArray[np.float64], b: NDArray[np.float64]) -> Over:
        return Over(np.full(a.size, self.corner), np.full(a.size, 0.01 * (self.waves**2 * b.max() + 2 * self.waves)))

    def length(self, a: float, b: float) -> float:
        return 1.0 + b - a


@pytest.mark.parametrize("waves", [3.0, 50.0, 700.0])
def test_the_top_of_narrow_waves_is_found(waves: float) -> None:
    line = Waves(waves)
    top = float(line.at(np.linspace(0, 1, 400_001)).max())
    bound = supremum(line, 0.0, 1.0)
    assert top <= bound <= top * RELATIVE * 1.001 + ABSOLUTE


def test_a_corner_below_everything_found_ends_the_search() -> None:
    line = Waves(700.0, corner=0.0)
    supremum(line, 0.0, 1.0)
    assert line.asked < 20


def test_one_point() -> None:
    assert supremum(Waves(3.0), 0.25, 0.25) == pytest.approx(0.01 * (1 + np.sin(0.75) * 0.25))
