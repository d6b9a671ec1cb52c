"""Which flaw opens a door: an attack's success where a safety flaw is present against where it is absent (paper, section 5.3: safety to security)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.artefact import key_of
from keepstone.core.channel import Ruling
from keepstone.core.errors import InputError
from keepstone.core.part import Tabular, part
from keepstone.core.table import Rule
from keepstone.intake.slug import number, slug
from keepstone.stats.claims import Advantage
from keepstone.stats.groups import whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from keepstone.core.channel import Floats
    from keepstone.core.claim import Claim
    from keepstone.core.part import Target
    from keepstone.core.trial import Outcome

SCOPES = ("missed", "alarm", "any")


@dataclass(frozen=True)
class LowMargin:
    """The flaw is that a case lies near the operating point: |score - threshold| is at most `width` in ordinary use."""

    threshold: float
    width: float


@dataclass(frozen=True)
class InGroup:
    """The flaw is that a case belongs to a group that is served worse, or to one of several such groups of one attribute."""

    attribute: str
    group: str
    also: tuple[str, ...] = ()

    @property
    def groups(self) -> tuple[str, ...]:
        """All of them."""
        return (self.group, *self.also)


@dataclass(frozen=True)
class AnyOf:
    """The flaw is that a case lies in one of several weak slices."""

    rules: tuple[Rule, ...]


@part("metric")
@dataclass(frozen=True, kw_only=True)
class SuccessBy:
    """Attack success (see `attack_success`) in two parts, present and absent; the number is the difference.

    Attributes:
        flaw: Where it is present: a weak slice (`Rule`), `AnyOf` several, a `LowMargin`, or `InGroup`.
        scope: "missed", "alarm" or "any", as in `attack_success`.
        told: Where it is present in plain words, "where dzgroup is CHF"; made from the flaw where it is not given.

    Raises:
        InputError: If the scope is another word.

    Example:
        >>> SuccessBy(flaw=InGroup("age_band", "80+")).id
        'success_by-age_band-80_plus-missed'
    """

    flaw: Rule | AnyOf | LowMargin | InGroup
    scope: str = "missed"
    told: str = ""

    name: ClassVar[str] = "success_by"
    parts: ClassVar[tuple[str, ...]] = ("present", "absent")
    claim: ClassVar[Claim] = Advantage()

    def __post_init__(self) -> None:
        """Refuse an unknown scope."""
        if self.scope not in SCOPES:
            raise InputError(f"The «scope» of «success_by» must be one of {', '.join(SCOPES)}; got {self.scope!r}.")

    @property
    def id(self) -> str:
        """Name, flaw and scope."""
        if isinstance(self.flaw, Rule):
            word = f"slice-{key_of(self.flaw)[:8]}"
        elif isinstance(self.flaw, AnyOf):
            word = f"slices-{key_of(self.flaw)[:8]}"
        elif isinstance(self.flaw, LowMargin):
            word = f"margin-{number(self.flaw.width)}"
        else:
            word = "-".join(slug(one) for one in (self.flaw.attribute, *self.flaw.groups))
        return f"{self.name}-{word}-{self.scope}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"attack success {self.told or self._where()}, against elsewhere"

    def _where(self) -> str:
        if isinstance(self.flaw, Rule):
            return f"where {self.flaw}"
        if isinstance(self.flaw, AnyOf):
            return f"where {' or '.join(str(rule) for rule in self.flaw.rules)}"
        if isinstance(self.flaw, LowMargin):
            return f"within {self.flaw.width:g} of the threshold"
        return f"where {self.flaw.attribute} is {' or '.join(self.flaw.groups)}"

    def unfit(self, target: Target) -> str:
        """It needs the attribute of a group."""
        if not isinstance(self.flaw, InGroup) or not isinstance(target, Tabular) or self.flaw.attribute in target.table("test").groups:
            return ""
        return f"give `groups` with «{self.flaw.attribute}»: the group that each case belongs to"

    def loss(self, outcome: Outcome, calm: Callable[[], Outcome]) -> Floats:
        """Read the losses, float64 (trials, 2)."""
        before, truth = calm(), np.asarray(outcome.columns["truth"], dtype=np.float64)
        right = (np.asarray(before.columns["ruling"]) <= Ruling.CHANGED) & (np.asarray(before.columns["flagged"], dtype=np.float64) == truth)
        wanted = {"missed": truth == 1, "alarm": truth == 0, "any": np.ones(len(truth), dtype=bool)}[self.scope]
        answered = np.asarray(outcome.columns["ruling"]) <= Ruling.CHANGED
        turned = answered & (np.asarray(outcome.columns["flagged"], dtype=np.float64) != truth)
        present = whole(self._present(before), outcome.columns["unit"])
        inside = np.column_stack([present, ~present]) & (right & wanted)[:, None]
        return np.where(inside, turned[:, None], np.nan).astype(np.float64)

    def _present(self, before: Outcome) -> NDArray[np.bool_]:
        """Tell which trials have the flaw, as the cases are before anything befalls them."""
        if isinstance(self.flaw, Rule):
            return self.flaw.holds(np.asarray(before.columns["x"], dtype=np.float64))
        if isinstance(self.flaw, AnyOf):
            x = np.asarray(before.columns["x"], dtype=np.float64)
            return np.asarray(np.any([rule.holds(x) for rule in self.flaw.rules], axis=0))
        if isinstance(self.flaw, LowMargin):
            return np.asarray(np.abs(np.asarray(before.columns["score"], dtype=np.float64) - self.flaw.threshold) <= self.flaw.width)
        return np.isin(np.asarray(before.columns[f"group:{self.flaw.attribute}"]), self.flaw.groups)
