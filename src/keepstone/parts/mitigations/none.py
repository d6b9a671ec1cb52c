"""No mitigation: the target as it is. It is a mitigation too, so that every comparison has two ends of one kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.core.channel import Channel
from keepstone.core.part import part
from keepstone.core.usual import Unprepared

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Target


@part("mitigation")
@dataclass(frozen=True)
class Nothing(Unprepared):
    """The target as it is.

    Example:
        >>> Nothing().id
        'none'
    """

    name: ClassVar[str] = "none"
    id: ClassVar[str] = "none"
    title: ClassVar[str] = "no mitigation"
    channels: ClassVar[frozenset[Channel]] = frozenset()

    def unfit(self, target: Target) -> str:
        """It fits every target."""
        del target
        return ""

    def wrap(self, target: Target, shelf: Shelf) -> Target:
        """Give the target back."""
        del shelf
        return target
