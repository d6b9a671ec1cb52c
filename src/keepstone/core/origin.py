"""Why something happens: by chance or by intent. The paper's dividing line (section 3), as types.

The side of a risk is never a label that someone types: it follows from the type of its source. Each of the twelve
areas (sections 5.1 and 5.2) answers for one type, and a wrong pair can't be built.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias, TypeVar

from keepstone.core.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Hazard:
    """An unintentional source of harm: chance, drift, design flaw, bias, a misspecified goal. Ordinary use is the mildest.

    Attributes:
        cause: What brings it about, in a few words.
    """

    cause: str


@dataclass(frozen=True, kw_only=True)
class Adversary:
    """An intentional source of harm: somebody who exploits a vulnerability of an asset (NIST AI 100-2: goal, knowledge, capability).

    Attributes:
        goal: What the attacker wants.
        queries: Most answers of the target that the attacker may see for one trial.
        access: What the attacker sees or changes: "labels", "scores", "gradients", "training data", "model file".
        knowledge: What is known beforehand: "none", "public data", "model", "defence".
    """

    goal: str
    queries: int = 0
    access: frozenset[str] = frozenset()
    knowledge: frozenset[str] = frozenset()


Origin: TypeAlias = Hazard | Adversary
O_co = TypeVar("O_co", bound=Origin, covariant=True)


class Side(Enum):
    """The two halves. Nominal use belongs to safety."""

    SAFETY = "safety"
    SECURITY = "security"


def side_of(origin: Origin) -> Side:
    """Give the half that an origin belongs to.

    >>> side_of(Hazard(cause="rain")).value
    'safety'
    """
    return Side.SAFETY if isinstance(origin, Hazard) else Side.SECURITY


class Area(Enum):
    """The paper's twelve focus areas, six a side. Each answers for one type of origin."""

    ALIGNMENT = "alignment"
    ROBUSTNESS = "robustness"
    TRANSPARENCY = "transparency"
    FAIRNESS = "fairness"
    CONTROL = "control"
    LONGTERM = "longterm"
    ADVERSARIAL = "adversarial"
    INTEGRITY = "integrity"
    PROTECTION = "protection"
    ACCESS = "access"
    RESILIENCE = "resilience"
    SUPPLY_CHAIN = "supply_chain"

    @property
    def side(self) -> Side:
        """The half that this area belongs to."""
        return Side.SAFETY if self in SAFETY_AREAS else Side.SECURITY

    def admit(self, origin: Origin) -> None:
        """Refuse an origin of the other half.

        Raises:
            InputError: If the origin's type is not the one that this area answers for.
        """
        if side_of(origin) is not self.side:
            wanted = "Hazard" if self.side is Side.SAFETY else "Adversary"
            raise InputError(f"The «source» of a risk in «{self.value}» must be {wanted}; got {origin!r}.")


SAFETY_AREAS = (Area.ALIGNMENT, Area.ROBUSTNESS, Area.TRANSPARENCY, Area.FAIRNESS, Area.CONTROL, Area.LONGTERM)
SECURITY_AREAS = (Area.ADVERSARIAL, Area.INTEGRITY, Area.PROTECTION, Area.ACCESS, Area.RESILIENCE, Area.SUPPLY_CHAIN)
