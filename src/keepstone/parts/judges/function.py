"""A judge that is a function of yours: from question and reply to yes or no, or to a score."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.chat import Opinion
from keepstone.core.part import part
from keepstone.intake.outside import Hung, Thread, Unusable, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.chat import Exchange

MOST_HUNG = 3


@part("judge")
@dataclass(frozen=True, eq=False, kw_only=True)
class Function:
    """Calls `function(question, reply)`, which answers True or False, or a score that is 1 from the threshold on.

    What it raises, an answer of another kind or one that takes too long is no answer: an ERROR of that trial. After a few calls in a row that hang no other
    of a batch is begun.

    Attributes:
        function: From question and reply to a truth value or a score.
        threshold: The score from which it says 1.
        seconds: Longest time that one call may take.

    Example:
        >>> from keepstone.core.chat import Exchange
        >>> long = Function(function=lambda question, reply: len(reply), threshold=5)
        >>> [one.says for one in long.read([Exchange("Why?", "Because."), Exchange("Why?", "So.")])]
        [True, False]
    """

    function: Callable[[str, str], object]
    threshold: float = 0.5
    seconds: float = 60.0

    name: ClassVar[str] = "function"
    id: ClassVar[str] = "function"

    @property
    def recipe(self) -> str:
        """The file and its digest, where the function came from one, else its name; and the threshold."""
        source = getattr(self.function, "recipe", getattr(self.function, "__qualname__", type(self.function).__name__))
        return f"{source} from {self.threshold!r}"

    @property
    def title(self) -> str:
        """In a few words."""
        return "a function of yours"

    def read(self, said: Sequence[Exchange]) -> list[Opinion]:
        """Call it for each exchange, in turn. A call that hangs is left behind."""

        def call(one: Exchange) -> object:
            return self.function(one.question, one.reply)

        thread, hung, out = Thread(call), 0, []
        for one in said:
            if hung == MOST_HUNG:
                out.append(Opinion(None, f"calls before it took longer than {self.seconds:g} s"))
                continue
            try:
                out.append(Opinion(self._read(thread.ask(one, self.seconds))))
            except Hung:
                thread, hung = Thread(call), hung + 1
                out.append(Opinion(None, f"the call took longer than {self.seconds:g} s"))
                continue
            except Exception as error:  # noqa: BLE001  a function from outside may raise anything
                out.append(Opinion(None, told(error, "The judge")))
            hung = 0
        return out

    def _read(self, answer: object) -> bool:
        plain = answer.item() if isinstance(answer, np.generic) else answer
        if isinstance(plain, bool):
            return plain
        if not isinstance(plain, int | float) or math.isnan(plain):
            raise Unusable("the judge must answer True or False, or a number")
        return plain >= self.threshold
