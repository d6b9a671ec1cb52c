"""Evasion by score queries: values are moved within measurement error until the answer turns, guided by the score.

Adversary (NIST AI 100-2 E2025, evasion, black-box, score-based queries):
    goal        integrity violation of a chosen case: an outcome that is not flagged ("missed"), a false alarm ("alarm"), or the other decision ("any")
    knowledge   the columns, their measurement errors and bounds, and what stands in front of the model; nothing of the model or its training data
    capability  writes values of the columns that can be changed, within so many measurement errors of what is true, and sees so many answers for a case

The search works on corners, then one slot at a time, and keeps what lowers the score: a random corner first, both ends of each slot in random order,
one jump to all ends that helped, then single slots redrawn anywhere between their ends. A case whose answers all look alike is tried with moves that turn
many other cases (`keepstone.stats.rehearsal`), then with fresh random corners. Where scores are withheld or coarse the search is that of `evasion_labels`.
Everything that is asked about a case counts towards its budget.

Where a screen hides the scores, the attacker has asked before it was put up, as often as now: what was found then is tried first, one question of the
budget. A score that is hidden now does not take back what it told; a defence that rests on that alone must not look like one (Athalye, Carlini & Wagner
2018, *Obfuscated gradients give a false sense of security*; Tramer et al. 2020, *On adaptive attacks to adversarial example defenses*).

The search is of the family of Square (Andriushchenko et al. 2020, *Square attack: a query-efficient black-box adversarial attack via random search*) and
SimBA (Guo et al. 2019, *Simple black-box adversarial attacks*), with the constraints of a table.

A case that was handed to a person is no success. What ends in "withstood" is this search within this budget, no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import INPUT, Act, Channel, Signal
from keepstone.core.origin import Adversary
from keepstone.core.part import Tabular, part
from keepstone.core.screened import Screened, allowed
from keepstone.core.usual import Unprepared
from keepstone.intake.slug import number
from keepstone.parts.conditions.hazards.random_change import RandomChange
from keepstone.stats.chance import uniform
from keepstone.stats.perturb import Room, size
from keepstone.stats.pursuit import Pursuit, at_stake, check_goal, check_positive, submitted
from keepstone.stats.rays import pursue
from keepstone.stats.rehearsal import coarse, rehearsed

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Floats, Ints
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials
    from keepstone.stats.pursuit import Said

    Flags = NDArray[np.bool_]

PASS = 0.7
"""Largest share of the budget that one pass over both ends of all slots may take; where it would take more, several slots are probed together."""
LOOKS = 4
"""Questions after which a case whose answers were all alike is searched otherwise."""
WORDS = {"missed": "no flag", "alarm": "a flag", "any": "another decision"}


@part("condition")
@dataclass(frozen=True)
class EvasionScores(Unprepared):
    """Values moved within measurement error, guided by the score.

    Attributes:
        errors: How far a value may be moved, in measurement errors of the column (divided by the column's cost), at least 0.
        queries: Answers seen for each case, at least 1; restarts are included.
        goal: "missed", "alarm" or "any".

    Raises:
        InputError: If a number is out of range or the goal is another word.

    Example:
        >>> EvasionScores(errors=0.5).id
        'evasion_scores-0p5e-50q'
    """

    errors: float = 1.0
    queries: int = 50
    goal: str = "missed"

    name: ClassVar[str] = "evasion_scores"
    stream: ClassVar[str] = "test"
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        check_goal(self.goal, self.name)
        check_positive(self.queries, "queries", self.name)
        check_positive(self.errors + 1, "errors", self.name)

    @property
    def id(self) -> str:
        """The name, the errors, the queries, and the goal where it is not the usual one."""
        told = f"{self.name}-{number(self.errors)}e-{self.queries}q"
        return told if self.goal == "missed" else f"{told}-{self.goal}"

    @property
    def title(self) -> str:
        """In plain words."""
        far = f"{self.errors:g} measurement error{'' if self.errors == 1 else 's'}"
        return f"values moved by at most {far} for {WORDS[self.goal]}, guided by the score ({self.queries} queries)"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return f"evasion ±{self.errors:g}"

    @property
    def origin(self) -> Adversary:
        """Somebody who sees scores."""
        access, knowledge = frozenset({"inputs", "scores"}), frozenset({"features", "defence"})
        return Adversary(goal="this case is judged as I want", queries=self.queries, access=access, knowledge=knowledge)

    @property
    def strength(self) -> float:
        """The errors."""
        return self.errors

    @property
    def counterpart(self) -> RandomChange:
        """As large a change in random directions."""
        return RandomChange(errors=self.errors, goal=self.goal)

    @property
    def retried(self) -> RandomChange:
        """The worst of as many random changes as there are queries."""
        return RandomChange(errors=self.errors, tries=self.queries, goal=self.goal)

    def unfit(self, target: Target) -> str:
        """It needs a table with a column that has a measurement error and can be changed."""
        if not isinstance(target, Tabular) or INPUT not in target.channels:
            return "the target is not a classifier of a table"
        return "" if any(feature.noisy for feature in target.features) else "give `error_abs` or `error_rel` of the features that can be changed"

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Search for each case."""
        features = target.features if isinstance(target, Tabular) else ()

        def attack(x: Floats) -> Floats:
            room = Room(x, features, self.errors)
            if not room.slots:
                return x
            pursuit = Pursuit(oracle, target, x, goal=self.goal, queries=self.queries, stake=at_stake(target, trials, self.goal))
            hidden, queries = coarse(target, shelf, trials.seed), allowed(target, self.queries)
            if hidden and isinstance(target, Screened):
                self._remembered(trials, pursuit, target, room)
            learn = partial(rehearsed, target, shelf, self.goal, trials.seed, errors=self.errors)
            if not hidden:
                return _Search(trials, pursuit, room).run(queries, learn)
            pursue(trials, pursuit, room, learn(), queries)
            return pursuit.best

        return submitted(INPUT, attack, lambda asked, x: size(asked, x, features))

    def _remembered(self, trials: Trials, pursuit: Pursuit, target: Screened, room: Room) -> None:
        """Try first what the same search, with the same budget, found on the model before its scores were hidden."""
        stake = at_stake(target, trials, self.goal)
        before = Pursuit(_Bare(target.target), target, pursuit.x, goal=self.goal, queries=self.queries, stake=stake)
        found = _Search(trials, before, room).run(allowed(target, self.queries), lambda: np.zeros((0, len(room.slots))))
        of = pursuit.open()
        pursuit.ask(found[of], of)


class _Bare:
    """Answers of the model as it was before anything stood in front of it."""

    def __init__(self, target: Target) -> None:
        self.target = target

    def ask(self, signal: Signal, of: Ints) -> Signal:
        """Answer rows."""
        del of
        return self.target.answer(signal)

    def left(self) -> Ints:
        """Not counted here."""
        return np.zeros(0, dtype=np.int64)


class _Search:
    """The search for a batch of cases, a few questions each at a time."""

    def __init__(self, trials: Trials, pursuit: Pursuit, room: Room) -> None:
        self.trials, self.pursuit, self.room = trials, pursuit, room
        rows, self.slots = len(pursuit.x), len(room.slots)
        self.blocks = self.slots
        self.order = np.argsort(uniform(trials, "evasion.turn", self.slots), axis=1, kind="stable")
        self.place = np.zeros((rows, self.slots))  # the best place with a visible answer
        self.jump = np.zeros((rows, self.slots))  # of each block, the end that did best by itself
        self.gain = np.zeros((rows, self.slots))
        self.blind = np.ones(rows, dtype=bool)  # all answers so far were alike

    def run(self, queries: int, rehearse: Callable[[], Floats]) -> Floats:
        """Ask until the budget is used or no case is open."""
        spent, self.blocks = 0, min(self.slots, max(1, int(PASS * (queries - 2) / 2)))
        while len(of := self.pursuit.open()) and spent < queries:
            chance = uniform(self.trials, f"evasion.{spent}", self.slots * 2)[of].reshape(len(of), 2, self.slots)
            places, block = self._proposals(spent, of, chance)
            blind = self.blind[of] & (spent >= LOOKS)
            if blind.any():
                places = self._learned(places, blind, rehearse()[spent - LOOKS :], chance)
            base = self.pursuit.value[of]
            room = self.room.take(of)
            said = self.pursuit.ask_all([room.at(place) for place in places], of)
            for place, told in zip(places, said, strict=True):
                base = self._learn((of, place, block), base, told)
            spent += len(places)
        return self.pursuit.best

    def _proposals(self, spent: int, of: Ints, chance: Floats) -> tuple[list[Floats], Flags | None]:
        """What to ask next: a corner; both ends of each block in turn; the jump; then single slots redrawn. And which slots are probed, if any."""
        probe, here, now = (spent - 1) // 2, np.arange(len(of)), self.place[of]
        if spent == 0:
            return [self.room.corner(chance[:, 0])], None
        if probe < self.blocks:
            block = self._block(of, probe)
            signs = np.where(now == -1, 1.0, -1.0) if self.blocks == self.slots else self.room.corner(chance[:, 0])
            second = np.where(now == 0, 1.0, 0.0) if self.blocks == self.slots else -signs
            return [np.where(block, signs, now), np.where(block, second, now)], block
        if spent == 1 + 2 * self.blocks:
            return [np.where(self.jump[of] != 0, self.jump[of], now)], None
        base = np.where(np.isfinite(self.pursuit.first[of])[:, None], now, self.jump[of])
        redrawn = [base.copy(), base.copy()]
        for turn, place in enumerate(redrawn):
            where = chance[:, turn, -1] * self.slots
            place[here, where.astype(np.int64) % self.slots] = 2 * (where % 1) - 1
        return redrawn, None

    def _block(self, of: Ints, probe: int) -> Flags:
        """The slots that are probed together, in an order of each case's own: one, or some where the budget is too small for each."""
        inside = np.zeros((len(of), self.slots), dtype=bool)
        np.put_along_axis(inside, self.order[of], np.broadcast_to(np.arange(self.slots) * self.blocks // self.slots == probe, inside.shape), axis=1)
        return inside

    def _learned(self, places: list[Floats], blind: Flags, learned: Floats, chance: Floats) -> list[Floats]:
        """For blind cases the next of the learned places instead, then corners."""
        corners = [self.room.corner(chance[:, turn]) for turn in range(len(places))]
        others = [np.broadcast_to(learned[turn], own.shape) if turn < len(learned) else corners[turn] for turn, own in enumerate(places)]
        return [np.where(blind[:, None], other, own) for other, own in zip(others, places, strict=True)]

    def _learn(self, asked: tuple[Ints, Floats, Flags | None], base: Floats, said: Said) -> Floats:
        """Keep what was better, and what each end did by itself; give the best value so far."""
        of, place, block = asked
        better = said.value < base
        self.place[of[better]] = place[better]
        shown = np.where(np.isfinite(said.value), said.value, base)
        self.blind[of[said.handed | (np.isfinite(said.value) & (said.value != self.pursuit.first[of]))]] = False
        if block is not None:
            known = np.isfinite(base) & np.isfinite(said.value)
            gain = np.where(said.handed, np.inf, np.where(known, base, 0.0) - np.where(known, shown, 0.0))
            more = block & (gain[:, None] > self.gain[of])
            self.gain[of] = np.where(more, gain[:, None], self.gain[of])
            self.jump[of] = np.where(more, place, self.jump[of])
        return np.minimum(base, shown)
