"""Label only: the client is told the decision and not how sure the model is.

It looks like a fix, since an attack that climbs along scores has nothing to climb along. The decision leaks the score at the threshold, so an attack that
asks for decisions gets as far: obfuscation, which the adaptive rule must show (Tramèr et al. 2020, *On adaptive attacks to adversarial example
defenses*). It is also a control for the engine itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import OUTPUT, Channel, Signal
from keepstone.core.part import part
from keepstone.core.usual import Around

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from keepstone.core.channel import Tap
    from keepstone.core.part import Target


@part("mitigation")
@dataclass(frozen=True)
class LabelOnly(Around):
    """The score is the decision, 0 or 1; the decision is as it was.

    Example:
        >>> tap = LabelOnly().begin(1, {})
        >>> tap(OUTPUT, Signal(np.array([[0.3, 1.0]]), np.zeros(1, dtype=np.int8))).values.tolist()
        [[1.0, 1.0]]
    """

    name: ClassVar[str] = "label_only"
    id: ClassVar[str] = "label_only"
    title: ClassVar[str] = "the decision alone, without a score"
    channels: ClassVar[frozenset[Channel]] = frozenset({OUTPUT})

    def unfit(self, target: Target) -> str:
        """It fits every target that answers with score and decision."""
        return "" if OUTPUT in target.channels else "the target has no output"

    def begin(self, rows: int, memory: MutableMapping[str, bytes]) -> Tap:
        """Replace the score of each row."""
        del rows, memory

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != OUTPUT:
                return signal
            values = np.array(signal.values, dtype=np.float64)
            values[:, 0] = values[:, 1]
            return Signal(values, signal.rulings, signal.last)

        return tap
