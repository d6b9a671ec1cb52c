"""Load the catalogue: risks, harms, limits by domain, known cases, frameworks and words, checked against each other.

What people and standards bodies write is TOML here, so that an auditor can read and change it; nothing in it is ever run. The folder has one
digest, which stands in every result.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.resources
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import msgspec

from keepstone.catalog import texts
from keepstone.catalog.pattern import most_specific
from keepstone.core.errors import InputError
from keepstone.core.origin import Area
from keepstone.core.system import Affected, Harm, HarmKind, Property

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

S = TypeVar("S", bound=msgspec.Struct)
T = TypeVar("T")
ASSETS = ("model", "training data", "operational data", "infrastructure", "intellectual property", "function")


@dataclass(frozen=True)
class Catalog:
    """Everything that the catalogue knows.

    Attributes:
        risks: By id: hazards first, then threats, in the order of the files.
        harms: By name.
        domains: By name, limits that hold where nobody adopted another.
        cases: Known cases, by id.
        frameworks: By short name.
        words: By word.
        digest: Of every file of the folder.
    """

    risks: Mapping[str, texts.HazardText | texts.ThreatText]
    harms: Mapping[str, Harm]
    domains: Mapping[str, texts.Domain]
    cases: Mapping[str, texts.CaseText]
    frameworks: Mapping[str, texts.FrameworkText]
    words: Mapping[str, texts.WordText]
    digest: str

    def reference(self, name: str) -> str:
        """Show an id with its framework and edition.

        >>> load().reference("AML.T0015"), load().reference("ML01:2023")
        ('MITRE ATLAS 5.6.0 AML.T0015', 'OWASP ML01:2023')

        Raises:
            InputError: No framework of the catalogue has the id.
        """
        for framework in self.frameworks.values():
            if name in framework.ids:
                return f"{framework.shown_as} {name}".strip()
        raise InputError(f"The «reference» {name!r} must stand in a framework of the catalogue.")

    def limit(self, domain: str, finding: str) -> texts.LimitText | None:
        """Give the limit that a domain has for a finding, by the pattern that says most; None where it has none.

        >>> load().limit("health", "robustness.nominal.missed").limit
        0.25
        """
        limits = {limit.finding: limit for limit in self.domains[domain].limit} if domain in self.domains else {}
        best = most_specific(limits, finding)
        return None if best is None else limits[best]

    def proposed(self, domain: str) -> tuple[texts.CaseText, ...]:
        """Give the known cases that risks are proposed from in a domain, those of any domain last."""
        near = [case for case in self.cases.values() if domain in case.domains]
        return (*near, *(case for case in self.cases.values() if not case.domains))


@functools.cache
def load() -> Catalog:
    """Load the catalogue that comes with Keepstone, once."""
    return read(dict(_files(importlib.resources.files("keepstone.catalog"))))


def read(files: Mapping[str, bytes]) -> Catalog:
    """Make a catalogue out of its files.

    Args:
        files: Bytes by name, "domains/health.toml" for a file in a folder.

    Raises:
        InputError: A file is missing, not TOML, or has a field that is wrong or unknown; or the tables don't fit together.
    """
    risks: list[texts.HazardText | texts.ThreatText] = [
        *_table(files, "hazards.toml", texts.Hazards).risk,
        *_table(files, "threats.toml", texts.Threats).risk,
    ]
    catalog = Catalog(
        risks=_named("hazards.toml and threats.toml", [(risk.id, risk) for risk in risks]),
        harms=_named("harms.toml", [(harm.name, _harm(harm)) for harm in _table(files, "harms.toml", texts.Harms).harm]),
        domains={
            name.removeprefix("domains/").removesuffix(".toml"): _table(files, name, texts.Domain) for name in sorted(files) if name.startswith("domains/")
        },
        cases=_named("precedents.toml", [(case.id, case) for case in _table(files, "precedents.toml", texts.Precedents).case]),
        frameworks=_table(files, "frameworks.toml", texts.Frameworks).framework,
        words=_named("glossary.toml", [(word.name, word) for word in _table(files, "glossary.toml", texts.Glossary).word]),
        digest=_digest(files),
    )
    if problems := list(_misfits(catalog)):
        raise InputError(problems)
    return catalog


def _files(folder: Traversable, above: str = "") -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.name.startswith("_"):
            yield from _files(entry, f"{above}{entry.name}/")
        elif entry.name.endswith(".toml"):
            yield above + entry.name, entry.read_bytes()


def _digest(files: Mapping[str, bytes]) -> str:
    """Digest names and contents, each preceded by its length, so that no two folders share one."""
    total = hashlib.sha256()
    for name in sorted(files):
        for piece in (name.encode(), files[name]):
            total.update(len(piece).to_bytes(8, "big") + piece)
    return f"sha256:{total.hexdigest()}"


def _table(files: Mapping[str, bytes], name: str, kind: type[S]) -> S:
    if name not in files:
        raise InputError(f"The catalogue must have the file {name}.")
    try:
        return msgspec.convert(tomllib.loads(files[name].decode()), kind)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise InputError(f"The file «{name}» of the catalogue must be as keepstone.catalog.texts has it: {error}.") from None


def _named(file: str, items: Iterable[tuple[str, T]]) -> dict[str, T]:
    """Put tables under their names; none may stand twice."""
    found: dict[str, T] = {}
    for name, item in items:
        if name in found:
            raise InputError(f"The name «{name}» of {file} must not stand twice.")
        found[name] = item
    return found


def _harm(text: texts.HarmText) -> Harm:
    try:
        return Harm(name=text.name, title=text.title, to=Affected(text.to), kind=HarmKind(text.kind), severity=text.severity, reversible=text.reversible)
    except ValueError as error:
        raise InputError(f"The harm «{text.name}» of harms.toml must have known words: {error}.") from None


def _misfits(catalog: Catalog) -> Iterator[str]:
    """Tell every name that leads nowhere."""
    known = {name for framework in catalog.frameworks.values() for name in framework.ids}
    for risk in catalog.risks.values():
        yield from _risk_misfits(risk, catalog, known)
    for case in catalog.cases.values():
        if case.id not in known:
            yield f"The id of case «{case.id}» must stand in frameworks.toml."
        yield from (f"The risk «{name}» of case «{case.id}» must be a risk of the catalogue." for name in case.risks if name not in catalog.risks)
    for word in catalog.words.values():
        yield from (f"The word «{name}» that «{word.name}» sends to must stand in glossary.toml." for name in word.see if name not in catalog.words)


def _risk_misfits(risk: texts.HazardText | texts.ThreatText, catalog: Catalog, known: set[str]) -> Iterator[str]:
    areas = {area.value: area for area in Area}
    area = areas.get(risk.id.partition(".")[0])
    side = "security" if isinstance(risk, texts.ThreatText) else "safety"
    if area is None or area.side.value != side:
        yield f"The id of risk «{risk.id}» must begin with an area of {side}."
    if risk.harm not in catalog.harms:
        yield f"The harm «{risk.harm}» of risk «{risk.id}» must stand in harms.toml."
    if risk.asset not in ASSETS or risk.loses not in {need.value for need in Property}:
        yield f"The asset and what is lost of risk «{risk.id}» must be known words; got {risk.asset!r}, {risk.loses!r}."
    for name in risk.enables:
        if name not in catalog.risks or isinstance(catalog.risks[name], type(risk)):
            yield f"The risk «{name}» that «{risk.id}» enables must be a risk of the other half."
    yield from (f"The reference «{name}» of risk «{risk.id}» must stand in frameworks.toml." for name in risk.references if name not in known)
