"""How the tests of mitigations of a chat system play one cell: the mean loss of a metric under a condition, through a mitigation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from keepstone.core.cell import Arm
from keepstone.core.trial import Outcome, Trials
from keepstone.measure.play import play
from keepstone.measure.shelf import KeptShelf

if TYPE_CHECKING:
    from keepstone.core.part import AnyCondition, Metric, Mitigation, Target

ITEMS = 400
NEAR = 0.1
"""How far a rate of `ITEMS` draws may lie from its expectation: four standard deviations of a fair coin's."""


def played(target: Target, mitigation: Mitigation, condition: AnyCondition, items: int = ITEMS) -> Outcome:
    """Play the first items of a condition's stream, with the mitigation in place."""
    shelf = KeptShelf()
    return play(mitigation.wrap(target, shelf), Arm(target, condition, mitigation), Trials(7, condition.stream, 0, items), shelf)


def rate(target: Target, mitigation: Mitigation, condition: AnyCondition, metric: Metric) -> float:
    """The mean loss."""
    outcome = played(target, mitigation, condition)
    return float(np.nanmean(metric.loss(outcome, lambda: outcome)[:, 0]))
