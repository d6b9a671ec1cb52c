"""A risk: what may happen to whom, through what origin, to which asset, and what it opens on the other half."""

from __future__ import annotations

from dataclasses import dataclass

from keepstone.core.origin import Area, Origin, Side
from keepstone.core.system import Harm, Property


@dataclass(frozen=True, kw_only=True)
class Risk:
    """One row of the risk register (ISO 14971: hazard to harm; NIST AI 100-2: goal, knowledge, capability).

    Attributes:
        id: Stable word, "area.name".
        title: In plain words.
        area: Which of the twelve areas answers for it.
        source: A `Hazard` or an `Adversary`; the area must admit it.
        harm: What could happen.
        asset: Kind of asset concerned.
        loses: Which property of the asset is lost.
        enables: Ids of risks on the other half that it opens.
        references: Ids in public frameworks, with edition: "NISTAML.022", "ATLAS AML.T0043", "OWASP ML01:2023".
    """

    id: str
    title: str
    area: Area
    source: Origin
    harm: Harm
    asset: str
    loses: Property
    enables: frozenset[str] = frozenset()
    references: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a source of the other half."""
        self.area.admit(self.source)

    @property
    def side(self) -> Side:
        """The half, which follows from the source."""
        return self.area.side
