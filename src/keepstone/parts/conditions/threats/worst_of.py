"""The worst of several attacks on each case: whatever turns it counts, and what is left has withstood them all within their budgets.

Adversary (NIST AI 100-2 E2025, evasion): whoever may do any of it, and tries one after the other. Each attack has its own budget, knowledge and access, as
where it is played by itself; one question more for each checks whether what it found turns the case. A case stands only if every attack failed on it.

Why together: a defence that stops one attack may only have moved the attacker to another, and a case is as weak as the weakest way to it (Croce & Hein
2020, *Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free attacks*: the worst case over attacks, for each point).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.artefact import key_of
from keepstone.core.channel import INPUT, Act, Channel, Ruling, Signal
from keepstone.core.errors import InputError
from keepstone.core.origin import Adversary
from keepstone.core.part import part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.channel import Column, Floats, Ints
    from keepstone.core.part import Oracle, Target, Threat
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True)
class WorstOf:
    """Several attacks on the input, for an outcome that is not flagged; what turns a case is what it is shown.

    Attributes:
        attacks: Two at least, each on the input and on the same stream, in the order in which they are tried.

    Raises:
        InputError: If there are fewer, or one acts elsewhere.

    Example:
        >>> from keepstone.parts.conditions.threats.withheld_values import WithheldValues
        >>> WorstOf((WithheldValues(count=1), WithheldValues(count=3))).title
        'the worst of 2 attacks on each case (102 queries): 1 withheld; 3 withheld'
    """

    attacks: tuple[Threat, ...]

    name: ClassVar[str] = "worst_of"
    stream: ClassVar[str] = "test"
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse what can't be tried one after the other."""
        if len(self.attacks) < 2:
            raise InputError(f"The «attacks» of «worst_of» must be two at least; got {len(self.attacks)}.")
        strange = [one.id for one in self.attacks if one.channels != self.channels or one.stream != self.stream or getattr(one, "goal", "missed") != "missed"]
        if strange:
            raise InputError(f"The «attacks» of «worst_of» must act on the input of the test cases, for no flag; got «{strange[0]}».")

    @property
    def id(self) -> str:
        """The name, how many attacks, the queries of all, and a word that tells which."""
        return f"{self.name}-{len(self.attacks)}-{self.origin.queries}q-{key_of([one.id for one in self.attacks])[:6]}"

    @property
    def title(self) -> str:
        """In plain words."""
        told = "; ".join(str(getattr(one, "brief", one.title)) for one in self.attacks)
        return f"the worst of {len(self.attacks)} attacks on each case ({self.origin.queries} queries): {told}"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return f"worst of {len(self.attacks)} attacks"

    @property
    def goal(self) -> str:
        """What they are after."""
        return "missed"

    @property
    def origin(self) -> Adversary:
        """Somebody who may do all of it."""
        access = frozenset[str]().union(*(one.origin.access for one in self.attacks))
        knowledge = frozenset[str]().union(*(one.origin.knowledge for one in self.attacks))
        queries = sum(one.origin.queries + 1 for one in self.attacks)
        return Adversary(goal="this case is judged as I want", queries=queries, access=access, knowledge=knowledge)

    @property
    def strength(self) -> float:
        """The largest of theirs."""
        return max(one.strength for one in self.attacks)

    @property
    def counterpart(self) -> str:
        """None of its own."""
        return "each of the attacks has a counterpart of its own, and is held against it"

    @property
    def retried(self) -> None:
        """None of its own."""
        return

    def unfit(self, target: Target) -> str:
        """It needs what each of them needs."""
        return next((why for one in self.attacks if (why := one.unfit(target))), "")

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """All that they need."""
        return tuple(artefact for one in self.attacks for artefact in one.needs(target))

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Try one after the other, each on the cases as they are."""
        turned_by = np.zeros(len(trials), dtype=np.float64)

        def tap(channel: Channel, signal: Signal) -> Signal:
            if channel != INPUT:
                return signal
            x = np.asarray(signal.values, dtype=np.float64)
            best = x.copy()
            for number, attack in enumerate(self.attacks, 1):
                act = attack.begin(trials, _Own(oracle, attack.origin, len(trials)), shelf, target)
                found = np.asarray(act.tap(channel, signal).values, dtype=np.float64)
                moved = ~((found == x) | (np.isnan(found) & np.isnan(x))).all(axis=1)
                of = np.flatnonzero(moved & (turned_by == 0))
                turned = of[_unflagged(oracle, found[of], of)]
                best[turned], turned_by[turned] = found[turned], number
            return Signal(best, signal.rulings, signal.last)

        def told() -> dict[str, Column]:
            return {"turned_by": turned_by, "acted": (turned_by > 0).astype(np.float64)}

        return Act(tap, told)


def _unflagged(oracle: Oracle, rows: Floats, of: Ints) -> NDArray[np.bool_]:
    """Which rows are answered and not flagged."""
    said = oracle.ask(Signal(rows, np.zeros(len(rows), dtype=np.int8)), of)
    return np.asarray((np.asarray(said.rulings) <= Ruling.CHANGED) & (np.asarray(said.values, dtype=np.float64)[:, 1] == 0))


class _Own:
    """The oracle as one attack has it by itself: no scores where it may not see them, and its own budget."""

    def __init__(self, oracle: Oracle, origin: Adversary, trials: int) -> None:
        self.oracle, self.origin = oracle, origin
        self.spent = np.zeros(trials, dtype=np.int64)

    def ask(self, signal: Signal, of: Ints) -> Signal:
        """Answer rows."""
        np.add.at(self.spent, of, 1)
        said = self.oracle.ask(signal, of)
        if "scores" in self.origin.access:
            return said
        values = np.array(said.values, dtype=np.float64)
        values[:, 0] = values[:, 1]
        return Signal(values, said.rulings, said.last)

    def left(self) -> Ints:
        """Queries left, one a trial."""
        return self.origin.queries - self.spent
