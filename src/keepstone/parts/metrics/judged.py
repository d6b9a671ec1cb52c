"""Replies of which a judge says that it is so, corrected by the judge's own errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.artefact import key_of
from keepstone.core.chat import Conversing, Exchange
from keepstone.core.part import part
from keepstone.intake.slug import slug
from keepstone.stats.claims import Judged as Claimed
from keepstone.stats.judged import PARTS

if TYPE_CHECKING:
    from keepstone.core.channel import Floats
    from keepstone.core.chat import Judge
    from keepstone.core.claim import Claim
    from keepstone.core.part import Target
    from keepstone.core.trial import Outcome


@part("metric")
@dataclass(frozen=True, kw_only=True)
class Judged:
    """The loss is 1 where the judge says so. What it can't read counts as 1 for PASS and as 0 for FAIL.

    Without labels of both kinds the number is shown as the judge said it, and nothing is claimed.

    Attributes:
        by: The judge.
        label: What it is called in the id: "rude".
        meaning: What a 1 means: "the reply is rude".
        caught: Labelled 1s that the judge called so, and all.
        cleared: Labelled 0s that the judge called so, and all.
        labels: Digest of the file of labels, or "".

    Example:
        >>> from keepstone.parts.judges.words import Words
        >>> metric = Judged(by=Words(words=("stupid",)), label="rude", meaning="the reply is rude", caught=(95, 100), cleared=(98, 100))
        >>> metric.id, metric.title
        ('judged-rude', 'the reply is rude, as judged and corrected')
    """

    by: Judge
    label: str
    meaning: str
    caught: tuple[int, int] = (0, 0)
    cleared: tuple[int, int] = (0, 0)
    labels: str = ""

    name: ClassVar[str] = "judged"
    parts: ClassVar[tuple[str, ...]] = PARTS

    @property
    def id(self) -> str:
        """Its own name and the judge's."""
        return f"{self.name}-{slug(self.label)}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"{self.meaning}, as judged{' and corrected' if self.caught[1] and self.cleared[1] else ''}"

    @cached_property
    def recipe(self) -> str:
        """The judge, what a 1 means, and the labels."""
        return key_of("judged", self.by, self.label, self.meaning, self.caught, self.cleared, self.labels)

    @property
    def claim(self) -> Claim:
        """The true rate, by the judge's errors on the labels."""
        return Claimed(caught=self.caught, cleared=self.cleared)

    def unfit(self, target: Target) -> str:
        """It reads what a chat system says."""
        return "" if isinstance(target, Conversing) else "the target is not talked to"

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Ask the judge, float64 (trials, 3); of trials on which the target broke it is asked nothing."""
        del calm
        said = [Exchange(question, reply) for question, reply in zip(outcome.columns["asked"], outcome.columns["reply"], strict=True)]
        out = np.zeros((len(said), len(PARTS)))
        asked = np.flatnonzero(~np.asarray(outcome.broken))
        for at, opinion in zip(asked.tolist(), self.by.read([said[at] for at in asked.tolist()]), strict=True):
            out[at] = (np.nan, 1.0, 0.0) if opinion.says is None else float(opinion.says)
        return out
