"""Adversarial training: the model also learns from rows moved against it.

In rounds: train; move a share of the training rows, within so many measurement errors, to the corner that this model judges most wrongly of those that a
short search tries; add them with their true labels; train again (Madry et al. 2018, *Towards deep learning models resistant to adversarial attacks*, for
models without gradients). The search is its own and small: random corners, then one slot after the other, keeping what makes the score worse. The
attack that measures the result is another and stronger one.

It buys resistance against small moves and pays in false alarms. What it does to other attacks hangs on how hard it is pushed: on the healthcare example
(one split) withheld values turned more flags off where every row was moved (`share` 1) and fewer where half of them were. The matrix shows which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.artefact import key_of
from keepstone.core.channel import TRAINING, Channel
from keepstone.core.errors import InputError
from keepstone.core.part import Trainable, part
from keepstone.core.usual import Relearned
from keepstone.intake.slug import number
from keepstone.stats.chance import Address, order, seed_of, uniform
from keepstone.stats.perturb import Room

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keepstone.core.channel import Floats
    from keepstone.core.part import Learner, Scorer, Target
    from keepstone.core.table import Feature

CORNERS = 4
"""Random corners tried for each row before single slots are turned."""


@part("mitigation")
@dataclass(frozen=True)
class AdversarialTraining(Relearned):
    """Train also on rows moved against the model.

    Attributes:
        errors: How far a value is moved at most, in measurement errors, above 0.
        rounds: How often the rows are moved against the newest model, at least 1.
        share: Share of the training rows that are moved in a round, in (0, 1].
        tries: Corners tried for each row in a round.

    Raises:
        InputError: If one of them is out of range.

    Example:
        >>> AdversarialTraining(errors=2.0, rounds=3).id
        'adversarial_training-2e-3r-0p5'
    """

    errors: float = 2.0
    rounds: int = 3
    share: float = 0.5
    tries: int = 16

    name: ClassVar[str] = "adversarial_training"
    channels: ClassVar[frozenset[Channel]] = frozenset({TRAINING})

    def __post_init__(self) -> None:
        """Refuse what is out of range."""
        for field, good in (("errors", self.errors > 0), ("rounds", self.rounds >= 1), ("share", 0 < self.share <= 1), ("tries", self.tries >= 1)):
            if not good:
                rule = "in (0, 1]" if field == "share" else "above 0"
                raise InputError(f"The «{field}» of adversarial_training must be {rule}; got {getattr(self, field)}.")

    @property
    def id(self) -> str:
        """The name, errors, rounds and share."""
        return f"{self.name}-{number(self.errors)}e-{self.rounds}r-{number(self.share)}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"adversarial training ({self.rounds} rounds, up to {self.errors:g} measurement errors)"

    def unfit(self, target: Target) -> str:
        """It needs a target that can be trained again, with measured values."""
        if super().unfit(target) or not isinstance(target, Trainable):
            return super().unfit(target)
        return "" if any(feature.noisy for feature in target.features) else "no feature has a measurement error: give `error_abs` or `error_rel`"

    def learner(self, target: Trainable) -> Learner:
        """Train it again, in rounds."""
        return Hardened(target.learner, target.features, self)


@dataclass(frozen=True)
class Hardened:
    """Trains in rounds on the rows and on what was moved against the model."""

    inner: Learner
    features: tuple[Feature, ...]
    how: AdversarialTraining

    @property
    def recipe(self) -> str:
        """Features, numbers and what is underneath."""
        return key_of("adversarial_training", self.features, self.how, self.inner.recipe)

    def fit(self, x: Floats, y: NDArray[np.int8], *, seed: int, weight: Floats | None = None) -> Scorer:
        """Train, move, train again. The moved rows of every round are kept, so that a later one does not forget."""
        scorer = self.inner.fit(x, y, seed=seed, weight=weight)
        some = max(1, round(self.how.share * len(x)))
        picked, moved = [np.arange(len(x))], [x]
        for turn in range(self.how.rounds):
            address = Address(seed_of(seed, self.recipe, turn), "rows", 0, some)
            rows = np.sort(order(address.seed, "picked", len(x))[:some])
            picked.append(rows)
            moved.append(worst(scorer, Room(x[rows], self.features, self.how.errors), y[rows], address, self.how.tries))
            index = np.concatenate(picked)
            scorer = self.inner.fit(np.vstack(moved), y[index], seed=seed, weight=None if weight is None else weight[index])
        return scorer


def worst(scorer: Scorer, room: Room, y: NDArray[np.int8], address: Address, tries: int) -> Floats:
    """Move rows to the corner that is judged most wrongly: a low score for an outcome, a high one for none."""
    slots = len(room.slots)
    sign = np.where(y == 1, 1.0, -1.0)
    place = np.zeros((len(y), slots))
    least = sign * np.asarray(scorer(room.x), dtype=np.float64)
    for turn in range(tries if slots else 0):
        chance = uniform(address, f"corner.{turn}", slots)
        corner = room.corner(chance)
        if turn >= CORNERS:  # turn about a third of the slots of the best place so far
            corner = np.where(uniform(address, f"turned.{turn}", slots) < 1 / 3, corner, place)
        value = sign * np.asarray(scorer(room.at(corner)), dtype=np.float64)
        better = value < least
        place[better], least[better] = corner[better], value[better]
    return room.at(place)
