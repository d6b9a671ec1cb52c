"""Threat: injections that others collected and labelled, said by the user, from a package that is installed (NIST AI 100-2 E2025, direct prompt injection)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.catalog.packages import collected, known
from keepstone.core.channel import Act
from keepstone.core.origin import Adversary
from keepstone.core.part import part
from keepstone.parts.conditions.hazards.collected_texts import CollectedTexts, OfCollection

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True)
class KnownInjections(OfCollection):
    """An injection of a collection in the place of what the user says. What is known to everybody is the least that must be withstood.

    Attributes:
        source: Which collection, a name of the catalogue's `packages.toml`.

    Example:
        >>> KnownInjections().id
        'known_injections-s_labs'
    """

    name: ClassVar[str] = "known_injections"
    brief: ClassVar[str] = "known injections"
    instead: ClassVar[bool] = True  # of the trial's own question, which is then not asked
    retried: ClassVar[None] = None
    origin: ClassVar[Adversary] = Adversary(goal="the assistant leaves its rules", knowledge=frozenset({"public data"}))

    @property
    def title(self) -> str:
        """In plain words."""
        one = known(self.source)
        return f"{one.title} ({one.package}, {one.licence})"

    @property
    def counterpart(self) -> CollectedTexts | str:
        """The harmless texts of the same collection."""
        harmless = known(self.source).form == "labelled"
        return CollectedTexts(self.source) if harmless else f"the collection «{self.source}» holds no harmless texts"

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Say one of them in each conversation."""
        del oracle, shelf, target
        return self.said(trials, collected(self.source).injections)
