"""Hazard: an older version of a document is retrieved beside the new one, and says otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from keepstone.core.channel import Act, Channel
from keepstone.core.chat import DOCUMENT, Conversing
from keepstone.core.origin import Hazard
from keepstone.core.part import part
from keepstone.core.talked import Saying, stale, stated_first

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True)
class OutdatedDocument(Saying):
    """What an older leaflet said, before what the new one says; both bear their dates.

    Hazard: nobody takes old versions out of the index. The accidental counterpart of a poisoned document.

    Example:
        >>> OutdatedDocument().id
        'outdated_document'
    """

    name: ClassVar[str] = "outdated_document"
    id: ClassVar[str] = "outdated_document"
    title: ClassVar[str] = "an older document that says otherwise"
    brief: ClassVar[str] = "outdated document"
    stream: ClassVar[str] = "test"
    strength: ClassVar[float] = 1.0
    origin: ClassVar[Hazard] = Hazard(cause="old versions stay in the index")
    channels: ClassVar[frozenset[Channel]] = frozenset({DOCUMENT})

    def unfit(self, target: Target) -> str:
        """It needs questions with a sentence that is not so any more."""
        return super().unfit(target) or stale(cast("Conversing", target))

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Put the old sentence before each document."""
        del oracle, shelf
        items = cast("Conversing", target).corpus.items(trials)
        return Act(stated_first(DOCUMENT, [f"Leaflet of 2019: {item.stale} Leaflet of this year, which replaces it:" for item in items]))
