"""Values changed as far as an evasion would change them, in directions that chance picks: the accidental counterpart of evasion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from keepstone.core.channel import INPUT, Act, Channel
from keepstone.core.errors import InputError
from keepstone.core.origin import Hazard
from keepstone.core.part import Tabular, part
from keepstone.core.usual import Unprepared
from keepstone.intake.slug import number
from keepstone.stats.chance import uniform
from keepstone.stats.perturb import Room, size
from keepstone.stats.pursuit import check_goal, submitted
from keepstone.stats.retry import decisions, luckiest

if TYPE_CHECKING:
    from keepstone.core.artefact import Shelf
    from keepstone.core.channel import Floats, Ints
    from keepstone.core.part import Oracle, Target
    from keepstone.core.trial import Trials


@part("condition")
@dataclass(frozen=True, kw_only=True)
class RandomChange(Unprepared):
    """Every value that can be moved goes to one end of its room, which end is a coin's.

    Law: a corner of the box of so many measurement errors around the row (divided by the column's cost), each end with chance 1/2, codes to any level;
    then settled as any move is. The realised size is that of an evasion that goes to corners.

    Attributes:
        errors: How far, in measurement errors.
        tries: 1 is pure chance. More is blind retry: the worst of so many tries, the row as it is being the first, chosen by the bare decision and never
            guided by it. The oracle is not asked.
        goal: What is the worst, where there are tries to choose from: "missed", "alarm" or "any".

    Raises:
        InputError: If `errors` is below 0, there is no try, or the goal is another word.

    Example:
        >>> RandomChange(errors=2.0).id, RandomChange(errors=2.0, tries=50).id
        ('random_change-2e', 'random_change-2e-50t')
    """

    errors: float = 1.0
    tries: int = 1
    goal: str = "missed"

    name: ClassVar[str] = "random_change"
    stream: ClassVar[str] = "test"
    origin: ClassVar[Hazard] = Hazard(cause="error as large as an attack, in random directions")
    channels: ClassVar[frozenset[Channel]] = frozenset({INPUT})

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        check_goal(self.goal, self.name)
        if not (self.errors >= 0 and self.tries >= 1):
            raise InputError(f"The «errors» of «random_change» must be 0 or more and its «tries» 1 or more; got {self.errors:g} and {self.tries}.")

    @property
    def id(self) -> str:
        """The name, the errors, and the tries and goal where there are several."""
        told = f"{self.name}-{number(self.errors)}e"
        return told if self.tries == 1 else f"{told}-{self.tries}t" + ("" if self.goal == "missed" else f"-{self.goal}")

    @property
    def title(self) -> str:
        """In plain words."""
        told = f"values moved by {self.errors:g} measurement error{'' if self.errors == 1 else 's'} in random directions"
        return told if self.tries == 1 else f"{told}, the worst of {self.tries} blind tries"

    @property
    def brief(self) -> str:
        """In two or three words, for a column's head."""
        return f"random ±{self.errors:g}" + ("" if self.tries == 1 else ", retried")

    @property
    def strength(self) -> float:
        """The errors."""
        return self.errors

    def unfit(self, target: Target) -> str:
        """It needs a column that can be moved."""
        if not isinstance(target, Tabular) or INPUT not in target.channels:
            return "the target is not a classifier of a table"
        return "" if any(feature.noisy for feature in target.features) else "give `error_abs` or `error_rel` of the features that can be changed"

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Throw the coins."""
        del oracle, shelf
        features = target.features if isinstance(target, Tabular) else ()

        def change(x: Floats) -> Floats:
            room = Room(x, features, self.errors)
            slots = len(room.slots)
            if not slots:
                return x

            def draw(k: int, at: Ints) -> Floats:
                return room.take(at).at(room.corner(uniform(trials, f"random_change.{k}", slots)[at]))

            return luckiest(x, draw, self.tries, lambda rows: decisions(target, rows), self.goal)

        return submitted(INPUT, change, lambda asked, x: size(asked, x, features))
