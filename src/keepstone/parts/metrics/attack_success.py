"""How many right decisions an attack turns: the loss that a threat is after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import Ruling
from keepstone.core.errors import InputError
from keepstone.core.part import part
from keepstone.core.usual import Fitting
from keepstone.stats.claims import Mean

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.core.channel import Floats
    from keepstone.core.claim import Claim
    from keepstone.core.trial import Outcome

WORDS = {"missed": "right flags turned off", "alarm": "false alarms caused", "any": "right decisions turned"}


@part("metric")
@dataclass(frozen=True, kw_only=True)
class AttackSuccess(Fitting):
    """Of the decisions that were right in ordinary use, those that are wrong now.

    The loss is counted where the target answered and was right under ordinary use; it is 1 where it now answers and is wrong. Which cases count depends on
    the target and its mitigation, so arms are compared by missed outcomes over all cases instead (`Probe.paired`).

    Attributes:
        scope: "missed" (outcomes that were flagged), "alarm" (cases without the outcome that were not flagged) or "any".

    Raises:
        InputError: If the scope is another word.

    Example:
        >>> AttackSuccess(scope="missed").id
        'attack_success-missed'
    """

    scope: str = "missed"

    name: ClassVar[str] = "attack_success"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean()

    def __post_init__(self) -> None:
        """Refuse an unknown scope."""
        if self.scope not in WORDS:
            raise InputError(f"The «scope» of «attack_success» must be one of {', '.join(WORDS)}; got {self.scope!r}.")

    @property
    def id(self) -> str:
        """Name and scope."""
        return f"{self.name}-{self.scope}"

    @property
    def title(self) -> str:
        """In plain words."""
        return WORDS[self.scope]

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return "attack success"

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 1)."""
        before, truth = calm().columns, np.asarray(outcome.columns["truth"], dtype=np.float64)
        right = (np.asarray(before["ruling"]) <= Ruling.CHANGED) & (np.asarray(before["flagged"], dtype=np.float64) == truth)
        wanted = {"missed": truth == 1, "alarm": truth == 0, "any": np.ones(len(truth), dtype=bool)}[self.scope]
        answered = np.asarray(outcome.columns["ruling"]) <= Ruling.CHANGED
        turned = answered & (np.asarray(outcome.columns["flagged"], dtype=np.float64) != truth)
        return np.where(right & wanted, turned, np.nan)[:, None].astype(np.float64)
