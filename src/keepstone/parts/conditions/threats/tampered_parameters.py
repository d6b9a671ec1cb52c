"""Tampered parameters: somebody changes a few numbers of the model, those that do most harm, and the file still loads.

Adversary (NIST AI 100-2 E2025, model poisoning):
    goal        integrity violation: outcomes that are not flagged ("missed"), or false alarms ("alarm")
    knowledge   the model, and cases with their outcome to try changes on (the rows of "search", never those that are claimed on)
    capability  overwrites up to so many of the parameters

One number is enough where many cases pass through it: a leaf of an early tree, an intercept, a large coefficient (Rakin, He & Fan 2019, *Bit-flip
attack*, for neural networks). Which one is found by halving: some blocks of parameters are shifted, of those that move the scores most the half is kept
that moves them more, until one is left; of the finalists those are overwritten that together turn most cases. Where there are few parameters all are tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import PARAMETERS, SEAL, Act, Channel, Ruling, Signal
from keepstone.core.errors import InputError, PartError
from keepstone.core.origin import Adversary
from keepstone.core.part import Parametric, Tabular, part
from keepstone.core.usual import Unprepared
from keepstone.ledger.seal import CHECKSUM, checksum
from keepstone.parts.conditions.hazards.bit_rot import BitRot
from keepstone.stats.chance import order
from keepstone.stats.rehearsal import cover

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Floats
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials

GOALS = {"missed": "outcomes are not flagged", "alarm": "alarms are false"}
CASES = 200
BLOCK = 32
REACH = 10.0
"""The new number is so many times the largest that is there: enough to decide for whatever passes through it."""


@part("condition")
@dataclass(frozen=True, kw_only=True)
class TamperedParameters(Unprepared):
    """Numbers of the model are overwritten.

    Attributes:
        edits: At most how many, at least 0.
        tries: About how many altered models the attacker tries out, at least 16.
        goal: "missed" or "alarm".

    Raises:
        InputError: If a number is out of range or the goal is another word.

    Example:
        >>> TamperedParameters().id
        'tampered_parameters-1'
    """

    edits: int = 1
    tries: int = 96
    goal: str = "missed"

    name: ClassVar[str] = "tampered_parameters"
    stream: ClassVar[str] = "test"
    retried: ClassVar[None] = None
    channels: ClassVar[frozenset[Channel]] = frozenset({PARAMETERS})

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        if self.edits < 0 or self.tries < 16:
            raise InputError(f"The «edits» of «tampered_parameters» must be 0 or more and its «tries» 16 or more; got {self.edits} and {self.tries}.")
        if self.goal not in GOALS:
            raise InputError(f"The «goal» of «tampered_parameters» must be one of {', '.join(GOALS)}; got {self.goal!r}.")

    @property
    def id(self) -> str:
        """The name, the edits, and what is not as usual."""
        told = f"{self.name}-{self.edits}" + ("" if self.tries == TamperedParameters.tries else f"-{self.tries}t")
        return told if self.goal == "missed" else f"{told}-{self.goal}"

    @property
    def title(self) -> str:
        """In plain words."""
        return f"{'one number' if self.edits == 1 else f'up to {self.edits} numbers'} of the model overwritten so that {GOALS[self.goal]}"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return "parameters overwritten"

    @property
    def origin(self) -> Adversary:
        """Somebody who can write the model."""
        access, knowledge = frozenset({"parameters"}), frozenset({"model"})
        return Adversary(goal="the model overlooks the outcome, and its file still loads", access=access, knowledge=knowledge)

    @property
    def strength(self) -> float:
        """The edits."""
        return float(self.edits)

    @property
    def counterpart(self) -> BitRot:
        """A bit of as many numbers flipped by chance."""
        return BitRot(bits=self.edits)

    def unfit(self, target: Target) -> str:
        """It needs parameters that can be reached and written, and cases to try changes on."""
        if PARAMETERS not in target.channels or not isinstance(target, Parametric):
            return "give the model itself instead of a function: its parameters can't be reached"
        if not isinstance(target, Tabular) or not target.size("search"):
            return "give `train` or `search`: there are no cases to try changes on"
        try:
            target.parameters()
        except PartError as error:
            return str(error)
        return ""

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Find the numbers and overwrite them."""
        del oracle, shelf

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel == SEAL:
                return _resealed(signal, written[-1]) if written else signal
            if channel != PARAMETERS or not self.edits or not len(signal.values) or not isinstance(target, Parametric) or not isinstance(target, Tabular):
                return signal
            values = np.array(signal.values, dtype=np.float64)
            bench = _Bench(target, trials.seed, values, self.goal)
            for place, sign in _finalists(bench, trials.seed, self.tries, self.edits):
                values[place] = sign * bench.large
            written.append(values)
            return Signal(values, signal.rulings, signal.last)

        written: list[Floats] = []
        return Act(tap)


def _resealed(signal: Signal, values: Floats) -> Signal:
    """A checksum is made to fit, since anybody can; what needs a key stays as it is."""
    kept = [checksum(values.tobytes()) if str(text).startswith(CHECKSUM) else str(text) for text in signal.values]
    return Signal(kept, signal.rulings, signal.last)


class _Bench:
    """Where changes are tried: cases that the attacker wants judged otherwise."""

    def __init__(self, target: Parametric, seed: int, values: Floats, goal: str) -> None:
        table = target.table("search") if isinstance(target, Tabular) else None
        assert table is not None  # noqa: S101  unfit has asked
        cases = np.flatnonzero(table.y == (1 if goal == "missed" else 0))
        self.x = table.x[cases[order(seed, "tampered.cases", len(cases))[:CASES]]]
        self.target, self.values = target, values
        self.large = REACH * max(float(np.abs(values).max()), 1e-6)
        self.wanted = 0.0 if goal == "missed" else 1.0
        self.score = self._asked(lambda values: values)[0]

    def _asked(self, edit: Callable[[Floats], Floats]) -> tuple[Floats, Floats]:
        new = edit(self.values.copy())
        altered = self.target.altered(lambda channel, signal: _resealed(signal, new) if channel == SEAL else Signal(new, signal.rulings, signal.last))
        said = altered.answer(Signal(self.x, np.zeros(len(self.x), dtype=np.int8)))
        values = np.asarray(said.values, dtype=np.float64)
        return values[:, 0], np.where(np.asarray(said.rulings) <= Ruling.CHANGED, values[:, 1], np.nan)

    def shifted(self, start: int, stop: int, sign: float) -> float:
        """How much the scores go the wanted way when a block is shifted."""

        def edit(values: Floats) -> Floats:
            values[start:stop] += sign * self.large / REACH
            return values

        change = self._asked(edit)[0] - self.score
        change = np.where(np.isfinite(change), change, 0.0)
        return float(change.mean()) if self.wanted == 1 else -float(change.mean())

    def turned(self, edits: Sequence[tuple[int, float]]) -> NDArray[np.bool_]:
        """Which cases are judged as wanted when numbers are overwritten."""

        def edit(values: Floats) -> Floats:
            for place, sign in edits:
                values[place] = sign * self.large
            return values

        turned: NDArray[np.bool_] = self._asked(edit)[1] == self.wanted
        return turned


def _finalists(bench: _Bench, seed: int, tries: int, edits: int) -> list[tuple[int, float]]:
    """The numbers to overwrite and with which sign: those that together turn most cases, none that turns no further one."""
    count = len(bench.values)
    if 2 * count <= tries:
        places = [(place, sign) for place in range(count) for sign in (-1.0, 1.0)]
    else:
        blocks = [(start, min(start + BLOCK, count)) for start in range(0, count, BLOCK)]
        some = [blocks[at] for at in order(seed, "tampered.blocks", len(blocks))[: max(edits, tries // 4)]]
        gains = {(block, sign): bench.shifted(block[0], block[1], sign) for block in some for sign in (-1.0, 1.0)}
        best = sorted(gains, key=lambda one: -gains[one])[: max(edits, tries // 16)]
        places = [(_halved(bench, block, sign, gains[block, sign]), sign) for block, sign in best]
    ranked = cover(np.array([bench.turned([one]) for one in places]), len(places))
    taken, most = list[tuple[int, float]](), 0
    for at in ranked:
        if len(taken) == edits:
            break
        count = int(bench.turned([*taken, places[at]]).sum())
        if count > most:
            taken, most = [*taken, places[at]], count
    return taken


def _halved(bench: _Bench, block: tuple[int, int], sign: float, whole: float) -> int:
    """The number of a block that moves the scores most, found by halving.

    Args:
        bench: Where changes are tried.
        block: From which number to which.
        sign: Which way it is shifted.
        whole: How much the scores move when all of it is.
    """
    start, stop = block
    while stop - start > 1:
        middle = (start + stop) // 2
        left = bench.shifted(start, middle, sign)
        start, stop, whole = (start, middle, left) if left >= whole - left else (middle, stop, whole - left)
    return start
