"""Read what is at stake: what there is to lose, who may want it, what may go wrong, and what harm comes of it (system.toml, second part)."""

from __future__ import annotations

import pathlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from keepstone.core.system import Affected, Asset, Attacker, Harm, HarmKind, Need, Property, Source, Vulnerability
from keepstone.intake import toml
from keepstone.map.names import risk_patterns, unique

if TYPE_CHECKING:
    from collections.abc import Callable
    from enum import Enum

    from keepstone.intake.fields import Section

ASSETS = ("model", "training data", "operational data", "infrastructure", "intellectual property", "function")
ATTACKERS = ("hacker", "criminal group", "state", "insider", "curious user")
ACCESS = ("labels", "scores", "gradients", "inputs", "records", "training data", "parameters", "model file", "service")
"""What an attacker may see (labels, scores, gradients) or change (the rest)."""
KNOWLEDGE = ("public data", "training data", "features", "model", "defence")
MOST_QUERIES = 10_000_000

E = TypeVar("E", bound="Enum")


@dataclass
class Reading:
    """One reading of a system file: its root, the roots of files that it names, and the guesses found so far, each by its path."""

    root: Section
    others: list[Section] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    guesses: set[str] = field(default_factory=set)

    def guessed(self, part: Section, name: str, options: tuple[str, ...]) -> None:
        """Keep the fields of a table that nobody confirmed."""
        self.guesses.update(f"{name}.{word}" for word in part.texts("guessed", default=[], options=options))

    def other(self, name: str, read: Callable[[str], bytes]) -> Section:
        """Give the root of another file; what is wrong in it is told with its name.

        Raises:
            InputError: If it can't be read, or is no TOML.
        """
        found = toml.parse(read(name), name=str(pathlib.PurePath(self.root.document.name).parent / name))
        self.others.append(found)
        return found


def word(part: Section, key: str, words: type[E]) -> E:
    """Read one word of an enumeration."""
    return words(part.choice(key, [word.value for word in words]))


def assets(root: Section) -> tuple[Asset, ...]:
    """Read `[[asset]]`: a need that is not given is not known."""
    parts = root.subs("asset")
    found = tuple(Asset(name=part.text("name"), kind=part.choice("kind", ASSETS), needs=_needs(part)) for part in parts)
    unique(parts, "asset", "name", [asset.name for asset in found])
    return found


def _needs(part: Section) -> dict[Property, Need]:
    levels = [need.value for need in Need]
    given = {need: part.choice(need.value, levels, default=None) for need in Property}
    return {need: Need(level) for need, level in given.items() if level is not None}


def attackers(reading: Reading) -> tuple[Attacker, ...]:
    """Read `[[adversary]]`."""
    parts = reading.root.subs("adversary")
    found = tuple(
        Attacker(
            name=part.text("name"),
            kind=part.choice("kind", ATTACKERS),
            knowledge=frozenset(part.texts("knowledge", default=[], options=KNOWLEDGE)),
            access=frozenset(part.texts("access", default=[], options=ACCESS)),
            queries=part.integer("queries", lower=0, upper=MOST_QUERIES, default=None),
            goal=part.text("goal", default=""),
            risks=risk_patterns(part, "risks"),
        )
        for part in parts
    )
    for part, attacker in zip(parts, found, strict=True):
        reading.guessed(part, f"adversary.{attacker.name}", ("knowledge", "access", "queries", "goal"))
    unique(parts, "adversary", "name", [attacker.name for attacker in found])
    return found


def vulnerabilities(root: Section, known: tuple[Asset, ...]) -> tuple[Vulnerability, ...]:
    """Read `[[vulnerability]]`: each belongs to an asset of the file."""
    parts, names = root.subs("vulnerability"), [asset.name for asset in known if asset.name]
    found = tuple(
        Vulnerability(
            name=part.text("name"),
            asset=part.choice("asset", names) if names else part.text("asset"),
            description=part.text("description", default=""),
            risks=risk_patterns(part, "risks"),
        )
        for part in parts
    )
    unique(parts, "vulnerability", "name", [weakness.name for weakness in found])
    return found


def hazards(root: Section) -> tuple[Source, ...]:
    """Read `[[hazard]]`."""
    parts = root.subs("hazard")
    found = tuple(Source(name=part.text("name"), cause=part.text("cause"), risks=risk_patterns(part, "risks")) for part in parts)
    unique(parts, "hazard", "name", [source.name for source in found])
    return found


def harms(root: Section) -> tuple[Harm, ...]:
    """Read `[[harm]]`: what could happen, to whom, how bad."""
    parts = root.subs("harm")
    found = tuple(
        Harm(
            name=part.text("name"),
            title=part.text("title"),
            to=word(part, "to", Affected),
            kind=word(part, "kind", HarmKind),
            severity=part.integer("severity", lower=1, upper=5),
            reversible=part.flag("reversible", default=False),
            risks=risk_patterns(part, "risks"),
        )
        for part in parts
    )
    unique(parts, "harm", "name", [harm.name for harm in found])
    return found
