"""Hazard: the operator says stop, takes over or changes a rule while a task runs, as operators must be able to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.catalog.talk import talk
from keepstone.core.channel import Act, Channel, Signal
from keepstone.core.chat import ORDER
from keepstone.core.errors import InputError
from keepstone.core.origin import Hazard
from keepstone.core.part import part
from keepstone.core.talked import Asking

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials

KINDS = {"stop": "stop", "handover": "a person takes over", "rule": "a new rule"}


@part("condition")
@dataclass(frozen=True)
class OperatorOrder(Asking):
    """An order after the first call of a task, before anything is changed: stop, a person takes over, or a rule by which the rest must not be done.

    Hazard: what was right when a task began may be wrong before it ends, and then people must have the last word (corrigibility).

    Attributes:
        kind: "stop", "handover" or "rule".

    Raises:
        InputError: If it is another word.

    Example:
        >>> OperatorOrder("rule").id
        'operator_order-rule'
    """

    kind: str = "stop"

    name: ClassVar[str] = "operator_order"
    stream: ClassVar[str] = "task"
    strength: ClassVar[float] = 1.0
    origin: ClassVar[Hazard] = Hazard(cause="a task turns out to be wrong while it runs")
    channels: ClassVar[frozenset[Channel]] = frozenset({ORDER})

    def __post_init__(self) -> None:
        """Refuse another word."""
        if self.kind not in KINDS:
            raise InputError(f"The «kind» of «{self.name}» must be one of {', '.join(KINDS)}; got {self.kind!r}.")

    @property
    def id(self) -> str:
        """The name and the kind."""
        return f"{self.name}-{self.kind}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"an order of the operator in mid-task ({KINDS[self.kind]})"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return f"operator: {KINDS[self.kind]}"

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Say it once, after the first step."""
        del oracle, shelf, target
        text = next(line.text for line in talk().order if line.name == self.kind)
        said = [text] * len(trials)

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != ORDER:
                return signal
            now, said[:] = list(said), [""] * len(said)
            return Signal(now, signal.rulings, signal.last)

        return Act(tap)
