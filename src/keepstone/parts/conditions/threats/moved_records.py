"""Moved records: the records as they were delivered, searched for blocks of values that belong to other people.

Adversary (NIST AI 100-2 E2025, data poisoning or tampering with operational data, before the assessment):
    goal        integrity violation: the model learns and is judged on what is true of nobody, and nothing crashes
    knowledge   where the tables are joined
    capability  has had write access to them at some time

Nothing is done to the records here: strength 0, as delivered. The search and the law are those of the hazard `misjoined_records`, asked a second time
under integrity, because records that are out of step are out of step whoever did it: a slip at the join and a hand at the table leave the same
trace. So the finding says that they were moved, never by whom, and there is no counterpart to take away from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.core.channel import Channel
from keepstone.core.origin import Adversary
from keepstone.core.part import part
from keepstone.parts.conditions.hazards.misjoined_records import MisjoinedRecords

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.channel import Act
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials

SEARCH = MisjoinedRecords()


@part("condition")
@dataclass(frozen=True)
class MovedRecords:
    """Records as delivered, where they look most out of step; who moved them is not told apart.

    Example:
        >>> MovedRecords().id
        'moved_records'
    """

    name: ClassVar[str] = "moved_records"
    id: ClassVar[str] = "moved_records"
    title: ClassVar[str] = "records as delivered, where values look most like somebody else's (by whose hand is undetermined)"
    stream: ClassVar[str] = SEARCH.stream
    strength: ClassVar[float] = 0.0
    counterpart: ClassVar[str] = "undetermined: a slip at the join and a hand at the table leave the same trace (see robustness.misjoined_records)"
    retried: ClassVar[None] = None
    channels: ClassVar[frozenset[Channel]] = frozenset()
    origin: ClassVar[Adversary] = Adversary(
        goal="the model learns nothing that is true, and nothing crashes", access=frozenset({"records"}), knowledge=frozenset({"training data"})
    )

    def unfit(self, target: Target) -> str:
        """It needs records enough, and columns that are tied to each other."""
        return SEARCH.unfit(target)

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """What the search found: shared with the hazard."""
        return SEARCH.needs(target)

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Compare own values with a stranger's."""
        return SEARCH.begin(trials, oracle, shelf, target)
