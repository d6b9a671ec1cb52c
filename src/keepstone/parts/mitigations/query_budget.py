"""Query budget: each client is answered a limited number of times, then refused.

**What is measured.** The grid holds one attack to one client: a trial is a client with its own count, ordinary use asks once, and an attack gets
`allowed(target, queries)` answers, the smaller of its own budget and this one. What is not: a client who comes back under many names (that needs a
threat with identities to spend), the refusal of honest clients who ask often (that needs a stream of requests with times), and a budget that is
refilled over time (time is a channel of its own). It bounds what each account learns, and no more than that.

In a guard the memory belongs to one client and outlives a request; row k of a batch is client k.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import INPUT, Channel, Ruling, Signal
from keepstone.core.errors import InputError
from keepstone.core.part import part
from keepstone.core.usual import Around

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from keepstone.core.channel import Tap
    from keepstone.core.part import Target

KEY = "query_budget.asked"


@part("mitigation")
@dataclass(frozen=True)
class QueryBudget(Around):
    """So many answers to each client.

    Attributes:
        queries: Answers that a client gets, at least 1.

    Raises:
        InputError: If the number is less than 1.

    Example:
        >>> screen, memory, row = QueryBudget(queries=2), {}, Signal(np.zeros((1, 3)), np.zeros(1, dtype=np.int8))
        >>> [int(screen.begin(1, memory)(INPUT, row).rulings[0]) for _ in range(3)]
        [0, 0, 3]
    """

    queries: int = 10

    name: ClassVar[str] = "query_budget"
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse a budget that answers nobody."""
        if self.queries < 1:
            msg = f"The «queries» of query_budget must be at least 1; got {self.queries}."
            raise InputError(msg)

    @property
    def allowance(self) -> int:
        """How many answers a client gets."""
        return self.queries

    @property
    def id(self) -> str:
        """The name and the number: "query_budget-10"."""
        return f"{self.name}-{self.queries}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"at most {self.queries} answers to one client"

    def unfit(self, target: Target) -> str:
        """It fits every target that is asked."""
        return "" if INPUT in target.channels else "the target is not asked anything"

    def begin(self, rows: int, memory: MutableMapping[str, bytes]) -> Tap:
        """Count one request of each client; row k is client k of this memory."""
        asked = np.zeros(rows, dtype=np.uint32)
        before = np.frombuffer(memory.get(KEY, b""), dtype="<u4")[:rows]
        asked[: len(before)] = before

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != INPUT:
                return signal
            speaking = np.array([not (isinstance(value, str) and not value) for value in signal.values], dtype=np.bool_)  # who sits a turn out asks nothing
            spent = (asked >= self.queries) & speaking
            asked[speaking & ~spent] += 1
            memory[KEY] = asked.astype("<u4").tobytes()
            rulings = np.where(spent, np.maximum(signal.rulings, Ruling.BLOCKED), signal.rulings).astype(np.int8)
            return Signal(signal.values, rulings, signal.last)

        return tap
