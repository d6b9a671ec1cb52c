"""The order of a triage: read, propose from a text what is not known, refuse what contradicts itself, decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePath

from keepstone.catalog.intent import decision
from keepstone.core.errors import InputError
from keepstone.core.incident import Incident, Triage
from keepstone.core.origin import Area
from keepstone.intake import incident as reader
from keepstone.intake import toml
from keepstone.map import triage as verb
from keepstone.map.proposer import Proposer, proposer

LARGEST = 1 << 28  # bytes of a batch
ONE = 1 << 22  # bytes of a file of one case


def triage(
    facts: Mapping[str, object] | None = None, *, text: str = "", title: str = "", kind: str = "incident", owners: Mapping[str, str] | None = None
) -> Triage:
    """Say of an incident, a risk or a misuse whether it is safety, security or both, by the facts that are known.

    Args:
        facts: By name, as in a file: `keepstone explain triage` lists names and values.
        text: A free text; facts that are not given are proposed from it where they are probable enough.
        title: In plain words.
        kind: "incident", "risk" or "misuse".
        owners: By area, who answers for it in this system.

    Raises:
        InputError: A fact or a value is not known, or facts contradict each other.

    Example:
        >>> import keepstone as ks
        >>> found = ks.triage({"intent": "harm", "relation": "attacks", "harm": "realised", "harm_via_system": True})
        >>> found.outcome.class_, found.outcome.directions
        ('both', ('security->safety',))
    """
    raw: dict[str, object] = {"title": title, "kind": kind, "facts": facts or {}}
    if text or facts is None:
        raw["text"] = text
    return told(reader.of_plain(raw, decision().facts), name="triage", owners=owners)


def one(data: bytes, *, name: str, owners: Mapping[str, str] | None = None) -> Triage:
    """Triage the case of a TOML or JSON file.

    Raises:
        InputError: The file is wrong, or facts contradict each other.
    """
    read = reader.of_json if PurePath(name).suffix == ".json" else reader.of_toml
    return told(read(data, decision().facts, name=name), name=name, owners=owners)


def many(data: bytes, *, name: str, owners: Mapping[str, str] | None = None) -> Iterator[Triage | InputError]:
    """Triage a batch, one JSON object a line; of a line that is wrong the error, in its place."""
    for found in reader.of_lines(data, decision().facts, name=name):
        try:
            yield found if isinstance(found, InputError) else told(found, name=name, owners=owners)
        except InputError as error:
            yield error


def told(incident: Incident, *, name: str, owners: Mapping[str, str] | None = None, model: Proposer | None = None) -> Triage:
    """Triage one case; what its text makes probable is proposed first.

    Raises:
        InputError: Facts contradict each other.
    """
    label = f"{name}, case «{incident.case}»" if incident.case else name
    if wrong := verb.contradictions(incident):
        raise InputError([f"{label}: {sentence}" for sentence in wrong])
    proposed = {}
    if incident.text:
        for fact, (value, probability) in (model or proposer()).facts(incident.text).items():
            more = replace(incident, facts={**incident.facts, fact: value})
            if fact not in incident.facts and not verb.contradictions(more):
                incident, proposed[fact] = more, probability
    return verb.triage(incident, owners=owners, proposed=proposed)


def owners_in(data: bytes, *, name: str) -> dict[str, str]:
    """Read who answers for which area: a TOML file with a table [owner], `fairness = "model owner"`.

    Raises:
        InputError: It is no TOML, or names an area that does not exist.
    """
    root = toml.parse(data, name=name)
    part = root.sub("owner")
    found = {area.value: part.text(area.value, default="") for area in Area}
    root.finish()
    return {area: owner for area, owner in found.items() if owner}
