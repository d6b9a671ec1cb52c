"""A batch of trials is an address, not data: randomness, items and resuming are functions of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from keepstone.core.channel import Column, Floats


@dataclass(frozen=True)
class Trials:
    """The trials from `start` to `stop` of a stream.

    Attributes:
        seed: The run's seed.
        stream: Which population the trials are drawn from: "test", "train", "pool" (members and others), "records".
        start: First trial, from 0.
        stop: One past the last.
        unit: Which copy of a random artefact (stolen model, poisoned model) they use.
    """

    seed: int
    stream: str
    start: int
    stop: int
    unit: int = 0

    @property
    def recipe(self) -> str:
        """The address in a line."""
        return f"{self.seed} {self.stream!r} {self.start} {self.stop} {self.unit}"

    def __len__(self) -> int:
        """The number of trials."""
        return self.stop - self.start


@dataclass(frozen=True)
class Outcome:
    """What happened in a batch of trials.

    Attributes:
        columns: By name, one value a trial. A classifier gives "truth" (0/1), "score", "flagged" (0/1), "ruling", "row" (its
            number in the data), "unit", "batch", "x" (the rows as they are), "asked" (the rows as they reached the model),
            "group:NAME" (text), "meant", "forecast", "member" where known, and the notes of the condition.
        calls: float64, the cost of each trial in rows answered by the model.
        broken: bool, where the target raised, hung or gave nonsense: an ERROR, counted the worst way, never dropped.
        why: What broke, by row number.
    """

    columns: Mapping[str, Column]
    calls: Floats
    broken: NDArray[np.bool_]
    why: Mapping[int, str] = field(default_factory=dict)
