"""Coarse output: the score is rounded before a client sees it, the decision is as it was.

Less to climb along for an attack and less to tell members of the training data from others by (Shokri et al. 2017, *Membership inference attacks against
machine learning models*, section 8). Rounded scores have ties: a true-positive rate at few false alarms must break them by chance, or it looks better
than it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import OUTPUT, Channel, Signal
from keepstone.core.errors import InputError
from keepstone.core.part import part
from keepstone.core.usual import Around
from keepstone.intake.slug import number

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from keepstone.core.channel import Tap
    from keepstone.core.part import Target

DIGITS = 12


@part("mitigation")
@dataclass(frozen=True)
class CoarseOutput(Around):
    """Scores in steps.

    Attributes:
        step: Distance of two scores that can be told apart, in (0, 1].

    Raises:
        InputError: If the step is not in (0, 1].

    Example:
        >>> tap = CoarseOutput(step=0.25).begin(1, {})
        >>> tap(OUTPUT, Signal(np.array([[0.3, 1.0]]), np.zeros(1, dtype=np.int8))).values.tolist()
        [[0.25, 1.0]]
    """

    step: float = 0.1

    name: ClassVar[str] = "coarse_output"
    channels: ClassVar[frozenset[Channel]] = frozenset({OUTPUT})

    def __post_init__(self) -> None:
        """Refuse a step that is none."""
        if not 0 < self.step <= 1:
            msg = f"The «step» of coarse_output must be above 0 and at most 1; got {self.step}."
            raise InputError(msg)

    @property
    def id(self) -> str:
        """The name and the step: "coarse_output-0p1"."""
        return f"{self.name}-{number(self.step)}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"scores rounded to steps of {self.step:g}"

    def unfit(self, target: Target) -> str:
        """It fits every target that answers with score and decision."""
        return "" if OUTPUT in target.channels else "the target has no output"

    def begin(self, rows: int, memory: MutableMapping[str, bytes]) -> Tap:
        """Round the score of each row."""
        del rows, memory

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != OUTPUT:
                return signal
            values = np.array(signal.values, dtype=np.float64)
            values[:, 0] = np.minimum(np.round(np.rint(values[:, 0] / self.step) * self.step, DIGITS), 1.0)
            return Signal(values, signal.rulings, signal.last)

        return tap
