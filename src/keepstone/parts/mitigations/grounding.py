"""Mitigation: a reply is only let out where its numbers and names stand in what it was given; else it abstains (grounding check).

It compares words and asks nobody: a false sentence without a number or a name passes, and a right answer that is reckoned or known otherwise is held back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import INPUT, OUTPUT, Channel, Ruling, Signal
from keepstone.core.chat import DOCUMENT, PROMPT, TOOL
from keepstone.core.part import part
from keepstone.core.talked import Around
from keepstone.intake.grounds import claims, words

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from keepstone.core.channel import Tap


@part("mitigation")
@dataclass(frozen=True)
class Grounding(Around):
    """Holds back a reply that says a number, or a name, which stands neither in the document nor in the question.

    Attributes:
        prompt: Whether what the deployer says counts as given too. Without it a reply may not even name the emergency number that the prompt gives.
        names: Whether names are held against it, beside numbers: words in capitals that begin no sentence. In German every noun is one.

    Example:
        >>> tap = Grounding().begin(2, {})
        >>> _ = tap(DOCUMENT, Signal(["Parking costs 2 euros."] * 2, np.zeros(2, dtype=np.int8)))
        >>> tap(OUTPUT, Signal(["It is 2 euros.", "It is 250 euros."], np.zeros(2, dtype=np.int8))).rulings.tolist()
        [0, 2]
    """

    prompt: bool = True
    names: bool = True

    name: ClassVar[str] = "grounding"
    brief: ClassVar[str] = "grounding"
    channels: ClassVar[frozenset[Channel]] = frozenset({PROMPT, DOCUMENT, TOOL, INPUT, OUTPUT})

    @property
    def id(self) -> str:
        """The name, and what is left out of it."""
        return self.name + ("" if self.prompt else "-noprompt") + ("" if self.names else "-numbers")

    @property
    def title(self) -> str:
        """In plain words."""
        return f"replies with {'numbers or names' if self.names else 'numbers'} that nothing given holds held back"

    def begin(self, rows: int, memory: MutableMapping[str, bytes]) -> Tap:
        """Remember what each conversation was given, then read its reply."""
        del memory
        given: list[set[str]] = [set() for _ in range(rows)]
        sources = {DOCUMENT, TOOL, INPUT} | ({PROMPT} if self.prompt else set())

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel in sources:
                for known, text in zip(given, signal.values, strict=True):
                    known.update(words(str(text)))
            if channel != OUTPUT:
                return signal
            told = zip(signal.values, given, strict=True)
            held = [Ruling.ALLOWED if claims(str(text), names=self.names) <= known else Ruling.ABSTAINED for text, known in told]
            return Signal(signal.values, np.maximum(np.asarray(signal.rulings), held).astype(np.int8), signal.last)

        return tap
