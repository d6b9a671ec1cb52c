"""Hazard: what people write about everything and nothing, from a labelled collection that somebody else made: the harmless part of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.catalog.packages import collected, known
from keepstone.core.channel import INPUT, Act, Channel, Signal
from keepstone.core.origin import Hazard
from keepstone.core.part import part
from keepstone.core.talked import Saying
from keepstone.intake.packages import unread
from keepstone.stats.chance import drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


@dataclass(frozen=True)
class OfCollection(Saying):
    """Texts of a collection in the place of what the user says, one drawn for each conversation.

    Attributes:
        source: Which collection, a name of the catalogue's `packages.toml`.
    """

    source: str = "s_labs"

    name: ClassVar[str]
    stream: ClassVar[str] = "test"
    strength: ClassVar[float] = 1.0
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse a collection that is not known."""
        known(self.source)

    @property
    def id(self) -> str:
        """The name and the collection."""
        return f"{self.name}-{self.source}"

    @property
    def recipe(self) -> str:
        """The collection with package, version, digest and licence; as it is known, where it can't be read."""
        return f"{self.name} {known(self.source).pinned if self._unread else collected(self.source).taken.recipe}"

    @property
    def _unread(self) -> str:
        return unread(known(self.source).pinned)

    def unfit(self, target: Target) -> str:
        """It is said to a chat system, and the package must be installed, with the file that is known."""
        return super().unfit(target) or self._unread

    @staticmethod
    def said(trials: Trials, texts: Sequence[str]) -> Act:
        """Say one of some texts in each conversation, and not what the user would have said."""
        chosen = drawn(trials, "collected", texts)

        def tap(channel: Channel, signal: Signal) -> Signal:
            return Signal(chosen, signal.rulings, signal.last) if channel == INPUT else signal

        return Act(tap)


@part("condition")
@dataclass(frozen=True)
class CollectedTexts(OfCollection):
    """A harmless text of a collection in the place of what the user says. A guard that is wrong about it sends away people who mean nothing.

    Attributes:
        source: Which collection, a name of the catalogue's `packages.toml`.

    Example:
        >>> CollectedTexts().id
        'collected_texts-s_labs'
    """

    name: ClassVar[str] = "collected_texts"
    brief: ClassVar[str] = "harmless texts"
    origin: ClassVar[Hazard] = Hazard(cause="people write about everything")

    @property
    def title(self) -> str:
        """In plain words."""
        one = known(self.source)
        return f"harmless texts: {one.title} ({one.package}, {one.licence})"

    def unfit(self, target: Target) -> str:
        """The collection must hold some."""
        return super().unfit(target) or ("" if collected(self.source).harmless else f"the collection «{self.source}» holds no harmless texts")

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Say one of them in each conversation."""
        del oracle, shelf, target
        return self.said(trials, collected(self.source).harmless)
