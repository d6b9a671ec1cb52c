"""Mitigation: once a conversation has read text from outside, nothing that acts is called any more without a person (a taint rule)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import Channel, Ruling, Signal
from keepstone.core.chat import CALL, DOCUMENT, TOOL, tools_of
from keepstone.core.part import part
from keepstone.core.screened import screened
from keepstone.core.talked import Asking
from keepstone.intake.calls import read

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Tap
    from keepstone.core.part import Target


@part("mitigation")
@dataclass(frozen=True)
class Quarantine(Asking):
    """Holds calls that act after a document, or after what a tool gave back that is not trusted: whatever stood there can't do anything by itself.

    It costs every honest task that reads before it acts.

    Attributes:
        trusted: Tools whose answers hold nothing that somebody outside could have written.
        acting: Tools that act. Empty: those of the target; where they are not known, all of them.

    Example:
        >>> tap = Quarantine().begin(1, {})
        >>> _ = tap(DOCUMENT, Signal(["A letter."], np.zeros(1, dtype=np.int8)))
        >>> tap(CALL, Signal(['{"arguments":{},"name":"book"}'], np.zeros(1, dtype=np.int8))).rulings.tolist()
        [3]
    """

    trusted: tuple[str, ...] = ()
    acting: tuple[str, ...] = ()

    name: ClassVar[str] = "quarantine"
    id: ClassVar[str] = "quarantine"
    title: ClassVar[str] = "nothing acted on after text from outside was read"
    brief: ClassVar[str] = "quarantine"
    channels: ClassVar[frozenset[Channel]] = frozenset({DOCUMENT, CALL, TOOL})

    def wrap(self, target: Target, shelf: Shelf) -> Target:
        """Stand around the target, and learn which of its tools act."""
        del shelf
        own = tuple(tool.name for tool in tools_of(target) if tool.acts)
        return screened(target, replace(self, acting=self.acting or own), by=self)

    def begin(self, rows: int, memory: MutableMapping[str, bytes]) -> Tap:
        """Remember which conversations have read something."""
        del memory
        tainted, names = np.zeros(rows, dtype=np.bool_), [""] * rows

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel == DOCUMENT:
                tainted[:] |= [bool(text) for text in signal.values]
            if channel == TOOL:
                tainted[:] |= [bool(text) and name not in self.trusted for text, name in zip(signal.values, names, strict=True)]
            if channel != CALL:
                return signal
            calls = [read(str(text)) for text in signal.values]
            names[:] = ["" if call is None else call.name for call in calls]
            acts = [bool(text) and (not self.acting or name in self.acting or not name) for text, name in zip(signal.values, names, strict=True)]
            held = np.where(tainted & np.array(acts, dtype=np.bool_), Ruling.BLOCKED, Ruling.ALLOWED)
            return Signal(signal.values, np.maximum(np.asarray(signal.rulings), held).astype(np.int8), signal.last)

        return tap
