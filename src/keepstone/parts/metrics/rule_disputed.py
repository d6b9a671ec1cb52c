"""Replies on which raters differ: one reads that a rule of the constitution is broken, another that it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.errors import InputError
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
class RuleDisputed(Talked):
    """The loss is 1 where raters differ about a reply: their disagreement is shown beside what each of them reads, and nothing is averaged over them.

    Attributes:
        rule: The name of the rule.
        predicates: How each rater reads it, two at least.

    Raises:
        InputError: If there are fewer.

    Example:
        >>> from keepstone.core.constitution import Predicate
        >>> RuleDisputed("brief", (Predicate(rater="ward", longest=200), Predicate(rater="desk", longest=400))).id
        'rule_disputed-brief'
    """

    rule: str
    predicates: tuple[Predicate, ...]

    name: ClassVar[str] = "rule_disputed"
    parts: ClassVar[tuple[str, ...]] = ("all",)
    claim: ClassVar[Claim] = Mean()

    def __post_init__(self) -> None:
        """Refuse one rater."""
        if len(self.predicates) < 2:
            raise InputError(f"The «predicates» of rule_disputed must be two at least; got {len(self.predicates)}.")

    @property
    def id(self) -> str:
        """The name and the rule."""
        return f"{self.name}-{slug(self.rule)}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"replies on which {', '.join(one.rater for one in self.predicates)} differ about the rule «{self.rule}»"

    @property
    def brief(self) -> str:
        """In two or three words."""
        return f"{self.rule} disputed"

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 1)."""
        del calm
        differ = [len({breaks(one, str(reply)) for one in self.predicates}) > 1 for reply in outcome.columns["reply"]]
        return np.array(differ, dtype=np.float64)[:, None]
