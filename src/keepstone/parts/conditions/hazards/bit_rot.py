"""Bits of the parameters that flip by themselves, in memory or on disk: the accidental counterpart of tampering."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import PARAMETERS, Act, Channel, Signal
from keepstone.core.errors import InputError, PartError
from keepstone.core.origin import Hazard
from keepstone.core.part import Parametric, part
from keepstone.core.usual import Unprepared
from keepstone.stats.chance import Address, uniform

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


BITS = 64


@part("condition")
@dataclass(frozen=True, kw_only=True)
class BitRot(Unprepared):
    """So many bits of the parameters are the other one.

    Law: bits of the float64 parameters drawn one after another, each parameter and each of its 64 bits equally likely (a bit drawn twice flips back). A
    flip that would leave no number (infinite or NaN) does not happen: a program stops on it, and what stops is noticed.

    Attributes:
        bits: How many are drawn.

    Raises:
        InputError: If it is less than none.

    Example:
        >>> BitRot(bits=100).id
        'bit_rot-100'
    """

    bits: int = 100

    name: ClassVar[str] = "bit_rot"
    stream: ClassVar[str] = "test"
    origin: ClassVar[Hazard] = Hazard(cause="bits that flip by themselves")
    channels: ClassVar[frozenset[Channel]] = frozenset({PARAMETERS})

    def __post_init__(self) -> None:
        """Refuse less than no bit."""
        if self.bits < 0:
            raise InputError(f"The «bits» of «bit_rot» must be 0 or more; got {self.bits}.")

    @property
    def id(self) -> str:
        """The name and the bits."""
        return f"{self.name}-{self.bits}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"{self.bits} bit{'' if self.bits == 1 else 's'} of the parameters flipped by chance"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return "bit rot"

    @property
    def strength(self) -> float:
        """The bits."""
        return float(self.bits)

    def unfit(self, target: Target) -> str:
        """It needs parameters that can be reached and written."""
        if PARAMETERS not in target.channels or not isinstance(target, Parametric):
            return "give the model itself instead of a function: its parameters can't be reached"
        try:
            target.parameters()
        except PartError as error:
            return str(error)
        return ""

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Let bits flip."""
        del oracle, shelf, target
        luck = uniform(Address(trials.seed, trials.stream, 0, self.bits, trials.unit), "bit_rot", 2)

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != PARAMETERS or len(signal.rulings) == 0:
                return signal
            words = np.array(signal.values, dtype=np.float64).view(np.uint64)
            for place, bit in zip((luck[:, 0] * len(words)).astype(np.int64), (luck[:, 1] * BITS).astype(np.uint64), strict=True):
                flipped = words[place : place + 1] ^ np.left_shift(np.uint64(1), bit)
                if np.isfinite(flipped.view(np.float64)[0]):
                    words[place] = flipped[0]
            return Signal(words.view(np.float64), signal.rulings, signal.last)

        return Act(tap)
