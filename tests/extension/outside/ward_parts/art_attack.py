"""Attacks of ART that need decisions only, as threats (Nicolae et al. 2018, *Adversarial Robustness Toolbox*; Chen et al. 2020, *HopSkipJumpAttack*)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from keepstone.core.channel import INPUT, Act
from keepstone.core.errors import InputError
from keepstone.core.part import Tabular, part
from keepstone.intake.slug import number
from keepstone.parts.conditions.threats.evasion_labels import EvasionLabels
from keepstone.stats.chance import seed_of, uniform
from keepstone.stats.perturb import Room, size
from keepstone.stats.pursuit import Pursuit, submitted

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Floats
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials

FAR = 5.0
"""How far out an attack may ask, as a multiple of how far it may move a value."""
OPTIONS: dict[str, dict[str, object]] = {"HopSkipJump": {"norm": np.inf}, "BoundaryAttack": {"targeted": False}}
"""What each attack is told: near is within the box; any other decision will do."""
FIRST = 50
"""Random places far out that are tried for a first one with the wanted decision."""


class Over(Exception):
    """The goal is reached, or the answers are used up."""


@part("condition")
@dataclass(frozen=True)
class ArtAttack(EvasionLabels):
    """An attack of ART within measurement error, one of OPTIONS: they need decisions only, and begin at a place that they are given.

    Origin, budget, counterpart and strength are those of `EvasionLabels`. ART sees no row: it moves a place in a box, and the box is what lies within
    `errors` measurement errors, so that immutable columns, bounds, integers and one-hot groups hold whatever it does.

    Attributes:
        queries: Answers seen for each case.
        attack: Its class in art.attacks.evasion.
    """

    queries: int = 500
    attack: str = "HopSkipJump"

    name: ClassVar[str] = "art_attack"

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        super().__post_init__()
        if self.attack not in OPTIONS:
            raise InputError(f"The «attack» must be one of {', '.join(OPTIONS)}; got {self.attack!r}.")

    @property
    def id(self) -> str:
        """The name, the attack, the errors and the queries."""
        return f"{self.name}-{self.attack}-{number(self.errors)}e-{self.queries}q"

    def unfit(self, target: Target) -> str:
        """It needs ART, and what every evasion needs."""
        return super().unfit(target) if find_spec("art") else "pip install adversarial-robustness-toolbox packaging"

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Let ART search for each case, one after the other."""
        features = target.features if isinstance(target, Tabular) else ()

        def search(x: Floats) -> Floats:
            hunt = Pursuit(oracle, target, x, goal=self.goal, queries=self.queries)
            adapt(self.attack, hunt, Room(x, features, self.errors), trials)
            return hunt.best

        return submitted(INPUT, search, lambda asked, x: size(asked, x, features))


def adapt(attack: str, hunt: Pursuit, room: Room, trials: Trials) -> None:
    """Let an attack of ART move places; each is asked about within the budget, and the best is kept by `hunt`."""
    from art.attacks import evasion
    from art.estimators.classification import BlackBoxClassifier

    def told(at: int, places: Floats) -> Floats:
        said = []
        for place in places.astype(np.float64)[:, None]:
            if hunt.reached[at] or not hunt.left[at]:
                raise Over
            ask = hunt.ask if np.abs(place).max() <= 1 else hunt.probe  # what lies outside the box may be asked about, not submitted
            said.append(int(ask(room.take(np.array([at])).at(place), np.array([at])).reached[0]))
        return np.eye(2)[said]

    here, far = np.zeros((1, len(room.slots)), dtype=np.float32), [room.corner(uniform(trials, f"art.{k}", len(room.slots))) * FAR for k in range(FIRST)]
    for at in hunt.open():
        np.random.seed(seed_of(trials.seed, "art", trials.stream, trials.start + at))  # noqa: NPY002  ART draws from numpy's own generator
        black_box = BlackBoxClassifier(partial(told, at), here.shape[1:], 2, clip_values=(-FAR, FAR))
        with suppress(Over, StopIteration):
            first = next(place[[at]] for place in far if told(at, place[[at]])[0, 1])
            getattr(evasion, attack)(black_box, verbose=False, **OPTIONS[attack]).generate(here, x_adv_init=first)


EXAMPLES = [ArtAttack(queries=60)]  # what `keepstone check` plays
