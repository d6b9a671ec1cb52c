"""What many parts do in the same way. A part takes a base where it has nothing of its own to say; the protocols of `core.part` ask for no base."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, cast

from keepstone.core.channel import TRAINING
from keepstone.core.part import Trainable
from keepstone.core.screened import screened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.part import Learner, Screen, Target

UNTRAINABLE = "give `train` and `fit`: the target can't be trained again"


class Fitting:
    """A metric that can be read on every target of its kind."""

    def unfit(self, target: Target) -> str:
        """It fits."""
        del target
        return ""


class Unprepared:
    """A condition or a mitigation that needs nothing made ahead."""

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """Nothing."""
        del target
        return ()


class Around(Unprepared):
    """A mitigation that only reads and changes what flows: it stands around the target as it is."""

    def wrap(self, target: Target, shelf: Shelf) -> Target:
        """Stand around the target."""
        del shelf
        return screened(target, cast("Screen", self))


class Relearned(Unprepared):
    """A mitigation that trains the target another way."""

    def unfit(self, target: Target) -> str:
        """It needs a target that can be trained again."""
        return "" if isinstance(target, Trainable) and TRAINING in target.channels else UNTRAINABLE

    @abstractmethod
    def learner(self, target: Trainable) -> Learner:
        """How it trains the target."""

    def wrap(self, target: Target, shelf: Shelf) -> Target:
        """Train it again."""
        return target.relearned(self.learner(target), shelf) if isinstance(target, Trainable) else target
