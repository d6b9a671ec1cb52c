"""Mitigations together, in the order given: a pair that somebody names is a row of the matrix like any other.

The first is nearest to the model. Two that read the same channel are no two lines of defence: whoever controls the channel meets them as one, and
`channels` says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.core.channel import Channel
from keepstone.core.errors import InputError
from keepstone.core.part import part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.part import Mitigation, Target


@part("mitigation")
@dataclass(frozen=True)
class Composed:
    """Several mitigations, applied in order.

    One that trains the model again after a screen is in place has the screen find its numbers anew, so the order matters only for what flows.

    Attributes:
        parts: At least two.

    Raises:
        InputError: If there are fewer than two.
    """

    parts: tuple[Mitigation, ...]

    name: ClassVar[str] = "composed"

    def __post_init__(self) -> None:
        """Refuse what is no composition."""
        if len(self.parts) < 2:
            msg = f"The «parts» of composed must be at least two mitigations; got {len(self.parts)}."
            raise InputError(msg)

    @property
    def id(self) -> str:
        """The ids, joined: "plausibility_abstention-cover0p8" would read as one, so "--" stands between."""
        return "--".join(part.id for part in self.parts)

    @property
    def title(self) -> str:
        """In plain words."""
        return ", then ".join(part.title for part in self.parts)

    @property
    def channels(self) -> frozenset[Channel]:
        """What any of them reads."""
        return frozenset[Channel]().union(*(part.channels for part in self.parts))

    def unfit(self, target: Target) -> str:
        """Why one of them can't be used."""
        return next((f"{part.id}: {why}" for part in self.parts if (why := part.unfit(target))), "")

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """What the first needs; the others stand on a target that is not there yet, and find theirs when it is."""
        return self.parts[0].needs(target)

    def wrap(self, target: Target, shelf: Shelf) -> Target:
        """Apply one after the other."""
        for one in self.parts:
            target = one.wrap(target, shelf)
        return target
