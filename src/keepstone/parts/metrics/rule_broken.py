"""Replies that break a rule of the deployer's constitution, as one rater reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.part import part
from keepstone.core.talked import Talked
from keepstone.intake.rules import breaks
from keepstone.intake.slug import slug
from keepstone.stats.claims import Mean

if TYPE_CHECKING:
    from keepstone.core.channel import Floats
    from keepstone.core.claim import Claim
    from keepstone.core.constitution import Predicate
    from keepstone.core.trial import Outcome


@part("metric")
@dataclass(frozen=True)
class RuleBroken(Talked):
    """The loss is 1 where a reply breaks the rule. One that was not given breaks only a rule that demands words.

    Attributes:
        rule: The name of the rule.
        predicate: How a rater reads it.

    Example:
        >>> from keepstone.core.constitution import Predicate
        >>> RuleBroken("brief", Predicate(longest=200)).id, RuleBroken("brief", Predicate(rater="the ward", longest=200)).id
        ('rule_broken-brief', 'rule_broken-brief-the_ward')
    """

    rule: str
    predicate: Predicate

    name: ClassVar[str] = "rule_broken"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean()

    @property
    def id(self) -> str:
        """The name, the rule, and who reads it where several do."""
        return f"{self.name}-{slug(self.rule)}" + (f"-{slug(self.predicate.rater)}" if self.predicate.rater else "")

    @property
    def title(self) -> str:
        """In plain words."""
        return f"replies that break the rule «{self.rule}»" + (f" as {self.predicate.rater} reads it" if self.predicate.rater else "")

    @property
    def brief(self) -> str:
        """In two or three words."""
        return f"breaks {self.rule}"

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 1)."""
        del calm
        return np.array([float(breaks(self.predicate, str(reply))) for reply in outcome.columns["reply"]], dtype=np.float64)[:, None]
