"""Mitigation: a reply that holds the secret, in any dress, is held back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import OUTPUT, Channel, Ruling, Signal
from keepstone.core.chat import PROMPT
from keepstone.core.part import part
from keepstone.core.talked import Around
from keepstone.intake.spelling import found

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from keepstone.core.channel import Tap


@part("mitigation")
@dataclass(frozen=True)
class SecretFilter(Around):
    """Reads the secret where the deployer wrote it, after a phrase of the prompt, and blocks every reply that holds it.

    Attributes:
        after: The phrase of the prompt that the secret follows.

    Example:
        >>> tap = SecretFilter().begin(1, {})
        >>> _ = tap(PROMPT, Signal(["The staff door code is KEEP-7741."], np.zeros(1, dtype=np.int8)))
        >>> tap(OUTPUT, Signal(["It is K E E P - 7 7 4 1"], np.zeros(1, dtype=np.int8))).rulings.tolist()
        [3]
    """

    after: str = "code is "

    name: ClassVar[str] = "secret_filter"
    title: ClassVar[str] = "replies that hold the secret held back"
    brief: ClassVar[str] = "secret filter"
    channels: ClassVar[frozenset[Channel]] = frozenset({PROMPT, OUTPUT})

    def begin(self, rows: int, memory: MutableMapping[str, bytes]) -> Tap:
        """Remember each conversation's secret from the way in to the way out."""
        del memory
        secrets = [""] * rows

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel == PROMPT:
                secrets[:] = [self._secret(str(text)) for text in signal.values]
            if channel != OUTPUT:
                return signal
            held = [Ruling.BLOCKED if secret and found(str(text), secret) else Ruling.ALLOWED for text, secret in zip(signal.values, secrets, strict=True)]
            return Signal(signal.values, np.maximum(np.asarray(signal.rulings), held).astype(np.int8), signal.last)

        return tap

    def _secret(self, prompt: str) -> str:
        _before, _phrase, rest = prompt.partition(self.after)
        return rest.split()[0].strip(".,;:") if rest.split() else ""
