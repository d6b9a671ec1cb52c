"""The decision table of intent triage, as data: facts, rules, directions, flags, contradictions, areas and owners from a TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

When = Mapping[str, tuple[str, ...]]


class FactText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact that is asked.

    Attributes:
        name: As it stands in a file.
        asks: The question.
        section: Section of the paper that it rests on.
        values: What may be answered, each in plain words.
        decides: Whether the class or a direction can hang on it.
        many: Whether several values may be given.
        free: Whether any words may be given.
    """

    name: str
    asks: str
    section: str
    values: dict[str, str] = {}
    decides: bool = False
    many: bool = False
    free: bool = False


class RuleText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"class_": "class"}):
    """A rule; the first whose condition fits gives the class.

    Attributes:
        name: In a few words.
        when: By fact, the values that fit.
        class_: The class.
        says: Why.
        names: The fact that is missing, or "".
        flags: What the class alone doesn't say.
        closed: Whether no direction is added.
    """

    name: str
    when: dict[str, tuple[str, ...]]
    class_: Literal["safety", "security", "undetermined"]
    says: str
    names: str = ""
    flags: tuple[str, ...] = ()
    closed: bool = False


class DirectionText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A direction that is added where it fits.

    Attributes:
        name: From which half to which.
        of: Classes that it is added to.
        when: By fact, the values that fit.
        says: Why.
        potential: Whether it was only shown to be possible.
    """

    name: Literal["security->safety", "safety->security", "cycle"]
    of: tuple[str, ...]
    when: dict[str, tuple[str, ...]]
    says: str
    potential: bool = False


class FlagText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A flag of a class."""

    name: str
    of: tuple[str, ...]
    when: dict[str, tuple[str, ...]]


class ContradictionText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Facts that can't stand together."""

    when: dict[str, tuple[str, ...]]
    says: str


class AreaText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An area that a case belongs to where the condition fits; ids in public frameworks."""

    name: str
    when: dict[str, tuple[str, ...]]
    references: tuple[str, ...]
    mit: str


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole table.

    Attributes:
        fact: What is asked, in order.
        rule: The first that fits gives the class.
        direction: All that fit are added.
        flag: All that fit are added.
        contradiction: None may fit.
        area: Of each half the first that fits.
        owner: By area, who answers for it.
    """

    fact: tuple[FactText, ...]
    rule: tuple[RuleText, ...]
    direction: tuple[DirectionText, ...]
    flag: tuple[FlagText, ...]
    contradiction: tuple[ContradictionText, ...]
    area: tuple[AreaText, ...]
    owner: dict[str, str]

    @property
    def facts(self) -> dict[str, FactText]:
        """The facts by name."""
        return {one.name: one for one in self.fact}

    @property
    def deciding(self) -> tuple[FactText, ...]:
        """The facts that a class or a direction can hang on."""
        return tuple(one for one in self.fact if one.decides)


@cache
def decision() -> Decision:
    """Give the decision table that comes with Keepstone.

    Example:
        >>> [one.name for one in decision().deciding][:2]
        ['intent', 'relation']
    """
    return msgspec.convert(tomllib.loads((files("keepstone.catalog") / "triage" / "decision.toml").read_text("utf-8")), Decision)
