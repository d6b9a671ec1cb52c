"""Label flips: somebody changes the labels of chosen training rows, so that the model learns to overlook the outcome.

Adversary (NIST AI 100-2 E2025, poisoning, targeted at the training labels):
    goal        integrity violation: outcomes that are not flagged ("missed"), or false alarms ("alarm")
    knowledge   the training data; where the target was trained on the rows of "search", honest scores of them, else a linear surrogate of the attacker's own
    capability  changes the labels of a share of the rows, never a feature

Flipped are rows with the wanted label next to the operating point: there a label moves the boundary most, and looks least odd (uncertainty-based label
noise attacks: Biggio, Nelson & Laskov 2011, *Support vector machines under adversarial label noise*; Paudice, Munoz-Gonzalez & Lupu 2018, *Label
sanitization against label flipping poisoning attacks*). Rows are named by rank, so the same share flips the same rows in every run. The operating
point stays where it was, as for whoever does not know of the flips.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import TRAINING, Act, Channel, Signal
from keepstone.core.errors import InputError
from keepstone.core.origin import Adversary
from keepstone.core.part import Trainable, part
from keepstone.core.usual import Unprepared
from keepstone.intake.slug import number
from keepstone.parts.conditions.hazards.label_noise import LabelNoise

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Floats
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials

GOALS = {"missed": "outcomes", "alarm": "cases without the outcome"}
RIDGE = 10.0


@part("condition")
@dataclass(frozen=True, kw_only=True)
class LabelFlip(Unprepared):
    """Labels of chosen training rows are flipped.

    Attributes:
        share: How many, as a share of all training rows.
        goal: "missed" flips outcomes, "alarm" flips cases without.

    Raises:
        InputError: If the share is not in 0 .. 1 or the goal is another word.

    Example:
        >>> LabelFlip(share=0.05).id
        'label_flip-0p05'
    """

    share: float = 0.05
    goal: str = "missed"

    name: ClassVar[str] = "label_flip"
    stream: ClassVar[str] = "test"
    retried: ClassVar[None] = None
    channels: ClassVar[frozenset[Channel]] = frozenset({TRAINING})

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        if not 0 <= self.share <= 1:
            raise InputError(f"The «share» of «label_flip» must be in 0 .. 1; got {self.share:g}.")
        if self.goal not in GOALS:
            raise InputError(f"The «goal» of «label_flip» must be one of {', '.join(GOALS)}; got {self.goal!r}.")

    @property
    def id(self) -> str:
        """The name, the share, and the goal where it is not the usual one."""
        told = f"{self.name}-{number(self.share)}"
        return told if self.goal == "missed" else f"{told}-{self.goal}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"{self.share:.0%} of the training labels flipped on purpose: {GOALS[self.goal]} next to the operating point"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return f"{self.share:.0%} labels flipped"

    @property
    def origin(self) -> Adversary:
        """Somebody who can write labels."""
        told = frozenset({"training data"})
        return Adversary(goal="the model learns to overlook the outcome", access=told, knowledge=told)

    @property
    def strength(self) -> float:
        """The share."""
        return self.share

    @property
    def counterpart(self) -> LabelNoise:
        """As many labels of the same kind, whichever they are."""
        return LabelNoise(share=self.share, among="outcomes" if self.goal == "missed" else "all")

    def unfit(self, target: Target) -> str:
        """It needs a target that can be trained again."""
        known = TRAINING in target.channels and isinstance(target, Trainable)
        return "" if known else "give `train` and `fit`: the target can't be trained again"

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Choose the rows and flip their labels."""
        del trials, oracle

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != TRAINING or not isinstance(target, Trainable):
                return signal
            values = np.array(signal.values, dtype=np.float64)
            eligible = np.flatnonzero(values[:, -1] == (1 if self.goal == "missed" else 0))
            far = _distance(target, shelf, values)[eligible]
            chosen = eligible[np.argsort(far, kind="stable")[: round(self.share * len(values))]]
            values[chosen, -1] = 1 - values[chosen, -1]
            return Signal(values, signal.rulings, signal.last)

        return Act(tap)


def _distance(target: Trainable, shelf: Shelf, values: Floats) -> Floats:
    """How far each training row is from the operating point; rows without a score are farthest."""
    if target.size("search") == len(values) and np.array_equal(target.table("search").x, values[:, :-1], equal_nan=True):
        far = np.abs(target.held_out(shelf) - target.threshold)
    else:
        score = _linear(values)
        flagged = float(np.mean(values[:, -1]))  # the attacker guesses that as many are flagged as have the outcome
        far = np.abs(score - np.quantile(score, 1 - flagged))
    return np.where(np.isfinite(far), far, np.inf)


def _linear(values: Floats) -> Floats:
    """Scores of a linear surrogate: ridge regression of the label on standardised features, the mean in place of what is missing."""
    x, y = values[:, :-1], values[:, -1]
    known = ~np.isnan(x)
    count = np.maximum(known.sum(axis=0), 1)
    middle = np.where(known, x, 0.0).sum(axis=0) / count
    off = np.where(known, x - middle, 0.0)
    spread = np.sqrt((off**2).sum(axis=0) / count)
    z = off / np.where(spread > 0, spread, 1.0)
    weights = np.linalg.solve(z.T @ z + RIDGE * np.eye(z.shape[1]), z.T @ (y - y.mean()))
    scores: Floats = z @ weights
    return scores
