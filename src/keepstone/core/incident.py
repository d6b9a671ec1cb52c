"""An incident, a risk or a misuse as facts, and what it is: safety, security, both, or not yet to be said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

UNKNOWN = "unknown"
KINDS = ("incident", "risk", "misuse")
Value: TypeAlias = str | tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Incident:
    """What is known of one case.

    Attributes:
        case: Its id, or "".
        title: In plain words.
        kind: "incident", "risk" or "misuse".
        facts: By name, a value, or several of a fact that has many. What is left out is unknown.
        evidence: By name of a fact, what it rests on.
        text: A free text that facts may be proposed from, or "".
    """

    case: str = ""
    title: str = ""
    kind: str = "incident"
    facts: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    evidence: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    text: str = ""

    def fact(self, name: str) -> Value:
        """Give a fact, unknown where it is left out.

        >>> Incident(facts={"intent": "none"}).fact("relation")
        'unknown'
        """
        return self.facts.get(name, UNKNOWN)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a case is.

    Attributes:
        class_: "safety", "security", "both" or "undetermined".
        directions: From which half to which: "security->safety", "safety->security", "cycle".
        potential: Directions that were only shown to be possible.
        flags: What the class alone doesn't say.
        rule: Name of the rule that gave the class.
        says: Reasons, in plain words.
        decided: Names of the facts that decided.
        missing: The fact without which there is no class, or "".
    """

    class_: str
    directions: tuple[str, ...] = ()
    potential: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    rule: str = ""
    says: tuple[str, ...] = ()
    decided: tuple[str, ...] = ()
    missing: str = ""


@dataclass(frozen=True, kw_only=True)
class Home:
    """Where a case belongs.

    Attributes:
        area: One of the twelve.
        side: Its half.
        owner: Who answers for it.
        references: Ids in public frameworks, proposed.
        mit: Subdomain of the MIT AI Risk Repository, proposed.
    """

    area: str
    side: str
    owner: str
    references: tuple[str, ...]
    mit: str


@dataclass(frozen=True, kw_only=True)
class Triage:
    """A case that was triaged.

    Attributes:
        incident: The case.
        outcome: What it is.
        homes: Where it belongs: one of each half that the class holds.
        flips: By fact that can decide, what each other value would make of the class; only where it would be another.
        question: The unknown fact whose answer is worth most, or "".
        proposed: By fact that was proposed from the text, how probable it is.
    """

    incident: Incident
    outcome: Outcome
    homes: tuple[Home, ...]
    flips: Mapping[str, Mapping[str, str]]
    question: str
    proposed: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
