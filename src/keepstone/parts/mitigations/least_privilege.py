"""Mitigation: a call of a tool is carried out only where a table of rights allows it to whoever asks (least privilege; NIST SP 800-53 AC-6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import Channel, Ruling, Signal
from keepstone.core.chat import CALL, SESSION, even, tools_of
from keepstone.core.errors import InputError
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
class LeastPrivilege(Asking):
    """Holds every call that the table does not allow, and those of tools that a person must approve.

    Who asks is read off the session, never off what is said. An assistant may want whatever it was talked into: what it may have done is decided elsewhere.

    Attributes:
        allowed: Rights, "ROLE TOOL" for anybody's affairs or "ROLE TOOL PARAMETER" where that parameter must name whoever asks. Empty: those of the target's
            own tools; where they are not known, none.
        approval: Tools that wait for a person. In a measurement nobody approves, so what honest users lose by it shows.

    Raises:
        InputError: If a right has another form.

    Example:
        >>> tap = LeastPrivilege(("patient book patient",)).begin(1, {})
        >>> _ = tap(SESSION, Signal(["patient Karl Brandt"], np.zeros(1, dtype=np.int8)))
        >>> call = '{"arguments":{"patient":"Anna Novak"},"name":"book"}'
        >>> tap(CALL, Signal([call], np.zeros(1, dtype=np.int8))).rulings.tolist()
        [3]
    """

    allowed: tuple[str, ...] = ()
    approval: tuple[str, ...] = ()

    name: ClassVar[str] = "least_privilege"
    channels: ClassVar[frozenset[Channel]] = frozenset({SESSION, CALL})

    def __post_init__(self) -> None:
        """Refuse a right that can't be meant."""
        strange = [right for right in self.allowed if len(right.split()) not in {2, 3}]
        if strange:
            raise InputError(f"A right under «allowed» of least_privilege must be «ROLE TOOL» or «ROLE TOOL PARAMETER»; got {strange[0]!r}.")

    @property
    def id(self) -> str:
        """The name, and whether somebody must approve."""
        return self.name + ("-approval" if self.approval else "")

    @property
    def title(self) -> str:
        """In plain words."""
        return "calls only by right" + (f", {len(self.approval)} of them approved by a person" if self.approval else "")

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return "rights, approval" if self.approval else "least privilege"

    def wrap(self, target: Target, shelf: Shelf) -> Target:
        """Stand around the target, with the rights of its tools where none are given."""
        del shelf
        tools = tools_of(target)
        own = tuple(f"{role} {tool.name}" for tool in tools for role in tool.roles)
        own += tuple(f"{role} {tool.name} {tool.whose}" for tool in tools for role in tool.own)
        return screened(target, replace(self, allowed=self.allowed or own), by=self)

    def begin(self, rows: int, memory: MutableMapping[str, bytes]) -> Tap:
        """Remember who asks, and rule each call."""
        del memory
        sessions = [""] * rows

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel == SESSION:
                sessions[:] = [str(text) for text in signal.values]
            if channel != CALL:
                return signal
            wanted = zip(signal.values, sessions, strict=True)
            held = [Ruling.BLOCKED if text and not self._may(str(text), session) else Ruling.ALLOWED for text, session in wanted]
            return Signal(signal.values, np.maximum(np.asarray(signal.rulings), held).astype(np.int8), signal.last)

        return tap

    def _may(self, text: str, session: str) -> bool:
        call, (role, _blank, user) = read(text), session.partition(" ")
        if call is None or call.name in self.approval:
            return False
        rights = [right.split() for right in self.allowed]
        mine = [right[2:] for right in rights if right[:2] == [role, call.name]]
        return any(not whose or (bool(user) and even(call.arguments.get(whose[0], "")) == even(user)) for whose in mine)
