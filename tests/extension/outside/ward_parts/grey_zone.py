"""A grey zone: a case whose score lies between two values is handed to a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import OUTPUT, Channel, Ruling, Signal
from keepstone.core.errors import InputError
from keepstone.core.part import part
from keepstone.core.screened import screened
from keepstone.intake.slug import number

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.channel import Tap
    from keepstone.core.part import Target


@part("mitigation")
@dataclass(frozen=True)
class GreyZone:
    """No answer between two scores; a person decides.

    Attributes:
        low: Score from which a person decides, in [0, 1].
        high: Score from which the answer stands again, above `low`.
    """

    low: float = 0.2
    high: float = 0.4

    name: ClassVar[str] = "grey_zone"
    channels: ClassVar[frozenset[Channel]] = frozenset({OUTPUT})

    def __post_init__(self) -> None:
        """Refuse a zone that is none."""
        if not 0 <= self.low < self.high <= 1:
            raise InputError(f"The «low» must be below the «high», both in [0, 1]; got {self.low:g} and {self.high:g}.")

    @property
    def id(self) -> str:
        """The name and the two scores: "grey_zone-0p2-0p4"."""
        return f"{self.name}-{number(self.low)}-{number(self.high)}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"a person decides between the scores {self.low:g} and {self.high:g}"

    def unfit(self, target: Target) -> str:
        """Say why it can't be used on a target."""
        return "" if OUTPUT in target.channels else "the target has no output"

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """Nothing is made ahead."""
        return ()

    def wrap(self, target: Target, shelf: Shelf) -> Target:
        """Give the target behind this screen; an attack then goes through it and knows it."""
        return screened(target, self)

    def begin(self, rows: int, memory: MutableMapping[str, bytes]) -> Tap:
        """Rule on each row by itself. This very object can stand before the deployed model."""

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != OUTPUT:
                return signal
            values = np.array(signal.values, dtype=np.float64)  # (rows, 2): score and decision
            grey = (values[:, 0] >= self.low) & (values[:, 0] < self.high) & (signal.rulings <= Ruling.CHANGED)
            values[grey] = np.nan
            return Signal(values, np.where(grey, np.int8(Ruling.ABSTAINED), signal.rulings), signal.last)

        return tap
