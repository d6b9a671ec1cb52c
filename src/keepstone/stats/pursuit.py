"""One attack on a batch of rows, whatever it tries: it asks, keeps the best it found for each row, and goes on only where the goal is not reached.

Rows that nothing is at stake in, or that already are as the attacker wants, are left alone, rows whose answer has turned are dropped, and each row has a
budget of its own, restarts included. What an answer is worth depends on what it shows: with scores, how near the answer is to turning; with decisions
only, whether it turned; an answer that was handed to a person (abstained) is told from one that was refused (blocked).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from keepstone.core.channel import Act, Channel, Ruling, Signal
from keepstone.core.errors import InputError
from keepstone.core.part import Tabular
from keepstone.core.screened import allowed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from keepstone.core.channel import Column, Floats, Ints
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials

    Flags = NDArray[np.bool_]

GOALS = ("missed", "alarm", "any")
DIGITS = 9
"""Scores are compared to so many places, so that the size of a batch does not tell which of two equal rows is better."""


class Said(NamedTuple):
    """What was answered to tries.

    Attributes:
        value: float64 (rows,), the lower the better for the attacker; infinite where no score is shown.
        reached: bool (rows,), the answer is as the attacker wants.
        handed: bool (rows,), a person would decide.
    """

    value: Floats
    reached: Flags
    handed: Flags


def check_goal(goal: str, thing: str) -> None:
    """Refuse a goal that is none.

    Raises:
        InputError: If it is not one of `GOALS`.
    """
    if goal not in GOALS:
        raise InputError(f"The «goal» of «{thing}» must be one of {', '.join(GOALS)}; got {goal!r}.")


def check_positive(value: float, name: str, thing: str) -> None:
    """Refuse a number that is not above 0.

    Raises:
        InputError: If it is 0 or less, or not a number.
    """
    if not value > 0:
        raise InputError(f"The «{name}» of «{thing}» must be above 0; got {value:g}.")


class Pursuit:
    """An attack on rows: what was asked, and the best so far.

    Attributes:
        x: The rows as they are, float64 (rows, features).
        best: The best found for each row; the row itself where nothing better was.
        value: What the best is worth, float64 (rows,).
        first: What the row itself is worth.
        reached: bool (rows,), where the goal is reached by `best`.
    """

    def __init__(self, oracle: Oracle, target: Target, x: Floats, *, goal: str, queries: int, stake: Flags | None = None) -> None:
        """Ask once about each row as it is.

        Args:
            oracle: Answers, counted.
            target: To know how many answers it gives a client.
            x: The rows, float64 (rows, features).
            goal: "missed" (not flagged), "alarm" (flagged) or "any" (the other decision than now).
            queries: Budget of each row, this first question included.
            stake: bool (rows,), whom the attacker is after at all; all if not given.
        """
        self.oracle, self.x, self.best = oracle, x, x.copy()
        self.left: Ints = np.full(len(x), allowed(target, queries), dtype=np.int64)
        self._wanted: Floats = np.full(len(x), 1.0 if goal == "alarm" else 0.0)
        self.reached: Flags = np.zeros(len(x), dtype=bool)
        self._out: Flags = np.zeros(len(x), dtype=bool) if stake is None else ~stake
        self.first: Floats = np.full(len(x), np.inf)
        self.value: Floats = self.first
        self._begin(goal)

    def _begin(self, goal: str) -> None:
        every = np.flatnonzero((self.left > 0) & ~self._out)
        said, decision = self._asked(self.x[every], every)
        if goal == "any":
            self._wanted[every] = 1.0 - decision  # NaN where there is no decision to turn
            self._out[every] = np.isnan(decision)
            said = said._replace(value=np.where(decision == 0, -said.value, said.value), reached=np.zeros(len(every), dtype=bool))
        self.first[every] = said.value
        self.value = self.first.copy()
        self.reached[every] = said.reached

    def open(self) -> Ints:
        """The rows that are worth another question."""
        return np.flatnonzero(~self.reached & ~self._out & (self.left > 0))

    def ask(self, rows: Floats, of: Ints) -> Said:
        """Try rows, and keep what is better than the best so far.

        Args:
            rows: What to ask, float64 (tries, features).
            of: Which row of `x` each is a version of; each at most once.
        """
        said, _decision = self._asked(rows, of)
        better = said.reached | (said.value < self.value[of])
        self.best[of[better]] = rows[better]
        self.value[of[better]] = said.value[better]
        self.reached[of[said.reached]] = True
        return said

    def ask_all(self, versions: Sequence[Floats], of: Ints, use: Sequence[Flags] = ()) -> list[Said]:
        """Try several versions of the same rows in one call, as `ask` does each in turn; a row whose budget is used has no answer.

        Args:
            versions: What to ask, each float64 (tries, features).
            of: Which row of `x` the tries are versions of; each at most once.
            use: For each version, bool (tries,), which tries are worth a question; all if not given.
        """
        spent, paid = np.zeros(len(of), dtype=np.int64), []
        for turn in range(len(versions)):
            wanted = (self.left[of] > spent) & (use[turn] if use else True)
            spent += wanted
            paid.append(np.flatnonzero(wanted))
        rows, whose = [version[some] for version, some in zip(versions, paid, strict=True)], [of[some] for some in paid]
        said, _decision = self._asked(np.concatenate(rows), np.concatenate(whose))
        ends = np.cumsum([0, *(len(some) for some in paid)])
        out = []
        for turn, some in enumerate(paid):
            mine = slice(ends[turn], ends[turn + 1])
            value, reached, handed = np.full(len(of), np.inf), np.zeros(len(of), dtype=bool), np.zeros(len(of), dtype=bool)
            value[some], reached[some], handed[some] = said.value[mine], said.reached[mine], said.handed[mine]
            better = ~self.reached[of] & (reached | (value < self.value[of]))
            self.best[of[better]] = versions[turn][better]
            self.value[of[better]] = value[better]
            self.reached[of[reached]] = True
            out.append(Said(value, reached, handed))
        return out

    def probe(self, rows: Floats, of: Ints) -> Said:
        """Ask as `ask` does, and keep nothing: for what is done after the goal is reached."""
        return self._asked(rows, of)[0]

    def _asked(self, rows: Floats, of: Ints) -> tuple[Said, Floats]:
        np.subtract.at(self.left, of, 1)
        answer = self.oracle.ask(Signal(rows, np.zeros(len(rows), dtype=np.int8)), of)
        values, rulings = np.asarray(answer.values, dtype=np.float64), np.asarray(answer.rulings)
        score, decision = np.round(values[:, 0], DIGITS), np.where(rulings <= Ruling.CHANGED, values[:, 1], np.nan)
        wanted = self._wanted[of]
        value = np.where(np.isnan(decision) | np.isnan(score), np.inf, np.where(wanted == 1, -score, score))
        return Said(value, decision == wanted, rulings == Ruling.ABSTAINED), decision


def at_stake(target: Target, trials: Trials, goal: str) -> Flags | None:
    """Tell for which trials the goal is a harm: outcomes where it is a missed one, others where it is a false alarm.

    An attacker who wants somebody overlooked does not bother with cases that there is nothing to overlook in, nor does the target a favour there. It says
    whom the attack is after, and never guides it.

    Returns:
        bool (trials,); None where any other decision is a harm, or the target is no table.
    """
    if goal == "any" or not isinstance(target, Tabular):
        return None
    truth = target.table(trials.stream).y[target.order(trials)[trials.start : trials.stop]]
    return np.asarray(truth == (1 if goal == "missed" else 0))


def submitted(channel: Channel, attack: Callable[[Floats], Floats], sizes: Callable[[Floats, Floats], Floats]) -> Act:
    """Put an attack on a channel in motion: what it found is what is submitted.

    Args:
        channel: Where the rows flow.
        attack: From the rows as they are to the rows as submitted.
        sizes: From the rows as submitted and as they are to the realised size of each, float64 (rows,).

    Returns:
        The act; its notes are "size" and "acted".
    """
    notes: dict[str, Column] = {}

    def tap(place: Channel, signal: Signal) -> Signal:
        if place != channel:
            return signal
        x = np.asarray(signal.values, dtype=np.float64)
        found = attack(x)
        same = ((found == x) | (np.isnan(found) & np.isnan(x))).all(axis=1)
        notes["size"], notes["acted"] = sizes(found, x), (~same).astype(np.float64)
        return Signal(found, signal.rulings, signal.last)

    def told() -> Mapping[str, Column]:
        return notes

    return Act(tap, told)
