"""Mitigation: personal identifiers in a reply are masked, or the reply is held back: e-mail addresses, telephone numbers, bank accounts, payment cards.

Each counts by a check of its own (check digits, form), so a room number or a dose is none. Names, addresses of houses and illnesses are not seen: whether
those are personal is no property of the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import OUTPUT, Channel, Ruling, Signal
from keepstone.core.errors import InputError
from keepstone.core.part import part
from keepstone.core.talked import Around
from keepstone.intake.identifiers import masked, value_of

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from keepstone.core.channel import Tap


@part("mitigation")
@dataclass(frozen=True)
class PersonalFilter(Around):
    """Masks every identifier of a reply, but those that the operator gives out himself.

    Attributes:
        own: Identifiers that may be said: the desk's number, the clinic's address.
        hold: Whether a reply with another is held back whole.

    Raises:
        InputError: If one of `own` is no identifier.

    Example:
        >>> tap = PersonalFilter(("desk@example.org",)).begin(2, {})
        >>> tap(OUTPUT, Signal(["Ask desk@example.org.", "Ask anna@example.org."], np.zeros(2, dtype=np.int8))).values
        ['Ask desk@example.org.', 'Ask [e-mail].']
    """

    own: tuple[str, ...] = ()
    hold: bool = False

    name: ClassVar[str] = "personal_filter"
    brief: ClassVar[str] = "personal filter"
    channels: ClassVar[frozenset[Channel]] = frozenset({OUTPUT})

    def __post_init__(self) -> None:
        """Refuse what is no identifier: it would be taken for one that is allowed."""
        strange = [text for text in self.own if not value_of(text)]
        if strange:
            raise InputError(f"The «own» of personal_filter must be e-mail addresses, telephone numbers, IBANs or cards; got {strange[0][:40]!r}.")

    @property
    def id(self) -> str:
        """The name, "-hold" where replies are held back."""
        return f"{self.name}-hold" if self.hold else self.name

    @property
    def title(self) -> str:
        """In plain words."""
        return "replies with personal identifiers held back" if self.hold else "personal identifiers masked in replies"

    @cached_property
    def _allowed(self) -> frozenset[str]:
        return frozenset(map(value_of, self.own))

    def begin(self, rows: int, memory: MutableMapping[str, bytes]) -> Tap:
        """Read each reply."""
        del rows, memory

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != OUTPUT:
                return signal
            before = [str(text) for text in signal.values]
            after = [masked(text, self._allowed) for text in before]
            what = Ruling.BLOCKED if self.hold else Ruling.CHANGED
            held = [Ruling.ALLOWED if old == new else what for old, new in zip(before, after, strict=True)]
            return Signal(before if self.hold else after, np.maximum(np.asarray(signal.rulings), held).astype(np.int8), signal.last)

        return tap
