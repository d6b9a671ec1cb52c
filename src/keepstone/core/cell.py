"""What is run and judged: arms, cells, pairs, and the plan that is written down and signed before the first trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, cast

from keepstone.core.artefact import key_of

if TYPE_CHECKING:
    from keepstone.core.claim import Claim, Comparison
    from keepstone.core.part import AnyCondition, Metric, Mitigation, Target
    from keepstone.core.probe import Probe, Unasked


class Design(Enum):
    """How evidence is gathered (STATISTICS: two designs, one interface)."""

    ALL_ITEMS = "all items"
    SEQUENTIAL = "sequential"


class Role(Enum):
    """What a comparison of two cells says."""

    INTENT = "intent"
    ATTACK_HARM = "attack_harm"
    EXPOSED_BY_FLAW = "exposed_by_flaw"
    MITIGATION = "mitigation"


@dataclass(frozen=True)
class Arm:
    """What runs: all metrics read on it share the outcomes.

    Attributes:
        target: What is asked.
        condition: What befalls it.
        mitigation: What is in place.
        unit: Which copy of a random artefact.
    """

    target: Target
    condition: AnyCondition
    mitigation: Mitigation
    unit: int = 0

    @cached_property
    def id(self) -> str:
        """Condition and mitigation."""
        return f"{self.condition.id}+{self.mitigation.id}" + (f"#{self.unit}" if self.unit else "")

    @property
    def at_rest(self) -> bool:
        """Whether the condition acts when the target is built: on its training data or its parameters."""
        return any(channel.at_rest for channel in self.condition.channels)

    @cached_property
    def build(self) -> str:
        """Digest of what is built for it: target, mitigation, and the condition where it acts at rest."""
        return key_of("build", self.target.recipe, self.condition if self.at_rest else None, self.mitigation, self.unit if self.at_rest else 0)

    @cached_property
    def key(self) -> str:
        """Digest of all that runs."""
        return key_of("arm", self.build, self.condition)


@dataclass(frozen=True)
class Cell:
    """An arm, read by a metric."""

    arm: Arm
    metric: Metric

    @cached_property
    def id(self) -> str:
        """Arm and metric."""
        return f"{self.arm.id}:{self.metric.id}"

    @cached_property
    def claim(self) -> Claim:
        """How the losses are judged: as the metric says, by bets where a unit of independence has several rows, since its loss is then their mean."""
        claim = self.metric.claim
        several = getattr(self.arm.target, "several", None)
        if several is None or not several(self.arm.condition.stream) or not is_dataclass(claim) or all(one.name != "real" for one in fields(claim)):
            return claim
        return cast("Claim", replace(claim, real=True))


@dataclass(frozen=True, kw_only=True)
class Held:
    """A cell held against a limit: a criterion in force.

    Attributes:
        id: Id of the finding.
        cell: What is measured.
        probe: Where it was declared.
        limit: Largest mean loss accepted.
        adopted: Who set it and why, or empty for a default of the catalogue.
        critical: Whether also held family-wise.
        floor: Id of the finding that must pass too, or "".
        provisional: Guesses that this verdict rests on; it can't be PASS.
        decidable: False where its trials are too few even without a loss.
    """

    id: str
    cell: Cell
    probe: Probe
    limit: float
    adopted: Mapping[str, str] = field(default_factory=dict)
    critical: bool = False
    floor: str = ""
    provisional: tuple[str, ...] = ()
    decidable: bool = True


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two cells compared on the same trials; or two parts of one cell (`against` None, an unpaired comparison).

    Attributes:
        id: Role and names.
        role: What the comparison says.
        of: The cell that may be worse.
        against: The cell that it is held against, or None.
        margin: "No worse" means worse by less than this.
        claim: How the difference is judged.
        about: What it is about: names by key (threat, counterpart, mitigation, column, flaw, tries ...).
    """

    id: str
    role: Role
    of: Cell
    against: Cell | None
    margin: float
    claim: Comparison
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that will be run and how it will be judged, fixed beforehand.

    Attributes:
        bounded: Whether a trial on which the target broke is counted in both ways, so that PASS and FAIL stand where they would stand however it had gone;
            else it makes an ERROR of every finding that it is in.
    """

    seed: int
    alpha: float
    design: Design
    held: tuple[Held, ...]
    pairs: tuple[Pair, ...]
    unasked: tuple[Unasked, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    profile: str = "quick"
    budget: float = float("inf")
    bounded: bool = False

    @cached_property
    def compared(self) -> frozenset[str]:
        """Ids of the arms that a comparison needs whole."""
        return frozenset(cell.arm.id for pair in self.pairs for cell in (pair.of, pair.against) if cell is not None)

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every cell once, in the order of the plan."""
        seen: dict[str, Cell] = {}
        for held in self.held:
            seen.setdefault(held.cell.id, held.cell)
        for pair in self.pairs:
            for cell in (pair.of, pair.against):
                if cell is not None:
                    seen.setdefault(cell.id, cell)
        return tuple(seen.values())

    @cached_property
    def arms(self) -> tuple[Arm, ...]:
        """Every arm once, in the order of the plan."""
        return tuple({cell.arm.id: cell.arm for cell in self.cells}.values())
