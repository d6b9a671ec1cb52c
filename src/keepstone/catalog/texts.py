"""What one table of each catalogue file holds. A field that is not listed here is refused: a catalogue is data, never code."""

from __future__ import annotations

import msgspec


class RiskText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is the same of every risk.

    Attributes:
        id: "area.name".
        title: In plain words.
        harm: Name of the harm that it ends in.
        asset: Kind of asset concerned.
        loses: Which property of it is lost.
        enables: Ids of risks of the other half that it opens a door for.
        references: Ids in public frameworks.
        unmeasured: Where nothing measures it by itself: why, and what would change that; else "".
        of: "table", "chat" or "agent", the kind of target that it is a risk of; "" where of any.
    """

    id: str
    title: str
    harm: str
    asset: str
    loses: str
    enables: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    unmeasured: str = ""
    of: str = ""


class HazardText(RiskText, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A risk of safety, with what brings it about."""

    cause: str


class ThreatText(RiskText, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A risk of security.

    Attributes:
        goal: What the attacker wants.
        access: What is seen or changed for it.
        knowledge: What is known beforehand.
        queries: Most answers seen, for each case or for the whole attack, as `each` says.
        each: "case", "model", or "" where none are needed.
    """

    goal: str
    access: tuple[str, ...]
    knowledge: tuple[str, ...]
    queries: int
    each: str


class HarmText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A harm in general words."""

    name: str
    title: str
    to: str
    kind: str
    severity: int
    reversible: bool


class LimitText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A limit that holds where nobody adopted another.

    Attributes:
        finding: Id of the finding, or a pattern with `*`.
        limit: Largest mean loss.
        reason: Why this number.
        source: What it rests on.
    """

    finding: str
    limit: float
    reason: str
    source: str


class CaseText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A known case.

    Attributes:
        id: Its id in the collection that holds it.
        title: What was reported, in our words.
        domains: For which domains it is proposed; empty for any.
        risks: Ids of the risks that it speaks for.
    """

    id: str
    title: str
    domains: tuple[str, ...]
    risks: tuple[str, ...]


class FrameworkText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A public framework, in one edition.

    Attributes:
        title: What it is.
        edition: Which edition the ids belong to.
        shown_as: What stands before an id, or "".
        address: Where it is published.
        read_from: Where the ids were read.
        ids: Every id that exists in it.
    """

    title: str
    edition: str
    shown_as: str
    address: str
    read_from: str
    ids: tuple[str, ...]


class WordText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A word of the house.

    Attributes:
        name: The word.
        says: What it means, in one or two sentences.
        see: Other words of the list.
    """

    name: str
    says: str
    see: tuple[str, ...] = ()


class Hazards(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """hazards.toml."""

    risk: tuple[HazardText, ...]


class Threats(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """threats.toml."""

    risk: tuple[ThreatText, ...]


class Harms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """harms.toml."""

    harm: tuple[HarmText, ...]


class Domain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """domains/NAME.toml."""

    title: str
    limit: tuple[LimitText, ...]


class Precedents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """precedents.toml."""

    case: tuple[CaseText, ...]


class Frameworks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """frameworks.toml."""

    framework: dict[str, FrameworkText]


class Glossary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """glossary.toml."""

    word: tuple[WordText, ...]
