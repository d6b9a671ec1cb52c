"""Where something flows, what flows, and what sits on it.

The paper opens with one channel and two origins (section 1). Everything that acts on a target acts here: a condition first,
a mitigation behind it. A channel is in motion (input, output) or at rest (training data, parameters: they flow once, when the
target is built).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:  # a guard for text loads without numpy
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Ints: TypeAlias = NDArray[np.int64]
    Column: TypeAlias = NDArray[np.generic] | Sequence[str]  # the first axis is the trial
    Rulings: TypeAlias = NDArray[np.int8]


@dataclass(frozen=True)
class Channel:
    """A place where something flows into, inside or out of a target.

    Attributes:
        name: A word of the glossary.
        at_rest: Whether it flows once, when the target is built.
    """

    name: str
    at_rest: bool = False


INPUT = Channel("input")  # the rows that a classifier is asked about: float64 (rows, features), NaN is missing
OUTPUT = Channel("output")  # its answers: float64 (rows, 2), the score in [0, 1] and the decision 0 or 1
TRAINING = Channel("training", at_rest=True)  # float64 (rows, features + 1), the label last
PARAMETERS = Channel("parameters", at_rest=True)  # float64 (parameters,)
SEAL = Channel("seal", at_rest=True)  # what is kept beside the parameters to know them again: one text; whoever writes parameters may write it too


class Ruling(IntEnum):
    """What was decided about one row that flows. The higher wins; above CHANGED it goes no further."""

    ALLOWED = 0
    CHANGED = 1
    ABSTAINED = 2
    BLOCKED = 3
    STOPPED = 4


@dataclass(frozen=True)
class Signal:
    """What flows on a channel, for a batch of rows.

    Attributes:
        values: One row a trial (at rest: the whole).
        rulings: int8, one a row.
        last: False while a stream goes on.
    """

    values: Column
    rulings: Rulings
    last: bool = True


Tap: TypeAlias = Callable[[Channel, Signal], Signal]
"""Sits on channels and lets others through unchanged. Remembers within a batch's trials, never across them."""


def through(_channel: Channel, signal: Signal) -> Signal:
    """Let everything pass: the tap of a condition that does nothing."""
    return signal


def no_notes() -> Mapping[str, Column]:
    """Say nothing."""
    return {}


@dataclass(frozen=True)
class Act:
    """A condition at work on one batch: its tap, and afterwards what it has to say of each trial.

    Attributes:
        tap: What sits on the channels.
        notes: Called after the run; columns by name, one value a trial. Known names: "queries" (asked for that trial),
            "size" (realised change), "acted" (0/1: whether anything was changed), "guess" (an inference attack's score),
            "copied" (a stolen copy's decision); of an attack on what is said "carrier" and "encoding" (its words and their dress),
            "tries" (made until it worked, or all), "path" (what was tried, a line each).
    """

    tap: Tap = through
    notes: Callable[[], Mapping[str, Column]] = no_notes
