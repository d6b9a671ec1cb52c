"""What a system is made of: the files that its description names, the libraries of this environment, and what is known against those.

No file is loaded and no code run: bytes are hashed, and of a library its own metadata is read. The bill has no time of its own: same files and
environment, same bytes.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING

from keepstone.core.errors import InputError, MissingExtra
from keepstone.govern.export.bill import DATA, FILE, LIBRARY, MODEL, PLATFORM, SYSTEM, Material, bill
from keepstone.intake.advisories import affects, packaged
from keepstone.ledger.canonical import digest_file
from keepstone.map.names import inside

if TYPE_CHECKING:
    from pathlib import Path

    from keepstone.core.system import System
    from keepstone.intake.advisories import Advisory

NOT_LOOKED_UP = "not measured: no export of advisories was given"


@dataclass(frozen=True)
class Match:
    """A library that an advisory speaks of.

    Attributes:
        library: Its name in the bill.
        name: Its name.
        version: The version that is installed.
        advisory: What is known.
        sure: Whether the version is affected for sure; else that could not be told.
    """

    library: str
    name: str
    version: str
    advisory: Advisory
    sure: bool


@dataclass(frozen=True)
class Bill:
    """A bill of materials.

    Attributes:
        data: Its bytes, CycloneDX 1.6.
        materials: How many things it lists.
        matches: What is known against its libraries.
    """

    data: bytes
    materials: int
    matches: tuple[Match, ...]


def bill_of(system: System, path: Path, *, environment: bool = False, advisories: Sequence[Advisory] | None = None) -> Bill:
    """Make the bill of a system.

    Args:
        system: Its description.
        path: The system file; what it names lies beside it or below.
        environment: Whether the libraries of this Python are listed.
        advisories: What is known against libraries, or None where nobody handed any.

    Raises:
        InputError: If a file is not there.
        MissingExtra: If the libraries for it are not installed.
    """
    files = tuple(_files(system, path))
    libraries = tuple(_environment()) if environment else ()
    matches = tuple(_matches(libraries, advisories or ())) if libraries else ()
    known = NOT_LOOKED_UP if advisories is None else f"{len(advisories)} advisories held against {len(libraries)} libraries: {len(matches)} matches"
    facts = {"owner": system.owner, "stage": system.stage.value, "autonomy": system.autonomy.value, "affected": ", ".join(system.affected), "advisories": known}
    whole = Material(
        ref="system",
        kind=SYSTEM,
        name=system.name,
        about=system.purpose,
        facts=facts,
        needs=[one.ref for one in files if one.ref in {"model", "system-file"}] + [one.ref for one in libraries],
    )
    data = bill(whole, (*files, *libraries), advisories=[_vulnerability(group) for group in _grouped(matches)])
    return Bill(data, len(files) + len(libraries) + 1, matches)


# ---- files ----


def _files(system: System, path: Path) -> Iterator[Material]:
    """The system file, the model, its code and its data."""
    yield Material(ref="system-file", kind=FILE, name=path.name, sha256=_sha256(path))
    target, folder = system.target, path.parent
    rows = () if system.data is None else tuple(name for name in dict.fromkeys((system.data.train, system.data.test)) if name)
    code = () if target is None else tuple(name.partition(":")[0] for name in dict.fromkeys((target.fit, target.call)) if name)
    data = [_data(system, name, folder) for name in rows]
    yield from data
    yield from (Material(ref=f"code:{name}", kind=FILE, name=name, sha256=_digest(folder, name), about="code of the model") for name in code)
    if target is not None:
        held = target.model or target.predictions
        needs = [one.ref for one in data] + [f"code:{name}" for name in code]
        yield Material(
            ref="model",
            kind=MODEL,
            name=held or target.fit or target.call or target.part or target.chat or system.name,
            sha256=_digest(folder, held) if held else "",
            about="scores that somebody else's model gave" if target.predictions else "",
            needs=needs,
            blocks=_lineage(target.fit, rows) | {"modelCard": _card(system, [one.ref for one in data])},
        )


def _data(system: System, name: str, folder: Path) -> Material:
    """A file of cases: its digest, and whom its rows stand for."""
    about = system.data.population if system.data else ""
    return Material(
        ref=f"data:{name}", kind=DATA, name=name, sha256=_digest(folder, name), about=about, blocks={"data": [{"type": "dataset", "name": name[:200]}]}
    )


def _digest(folder: Path, name: str) -> str:
    return _sha256(inside(folder, name), name)


def _sha256(path: Path, name: str = "") -> str:
    if not path.is_file():
        raise InputError(f"{name or path}: there is no such file.")
    return digest_file(path).removeprefix("sha256:")


def _lineage(fit: str, rows: Sequence[str]) -> dict[str, object]:
    """Where the model comes from, as far as the description says."""
    return {"pedigree": {"notes": f"trained by {fit} on the training rows of {', '.join(rows)}"}} if fit and rows else {}


def _card(system: System, rows: Sequence[str]) -> dict[str, object]:
    """What the description says of the model; what was measured is in `keepstone export --to cyclonedx`."""
    weak = [f"{one.name}: {one.description or one.asset}"[:1000] for one in system.vulnerabilities]
    harms = [{"name": one.title[:300]} for one in system.harms]
    told = {"useCases": [system.purpose], "technicalLimitations": weak, "ethicalConsiderations": harms}
    parameters: dict[str, object] = {"datasets": [{"ref": ref} for ref in rows]} if rows else {}
    found: dict[str, object] = {"considerations": {name: value for name, value in told.items() if value}}
    return found | ({"modelParameters": parameters} if parameters else {})


# ---- libraries ----


def _environment() -> Iterator[Material]:
    """Python and every library that is installed, each once, with what it needs of the others."""
    try:
        from packaging.utils import canonicalize_name
    except ImportError as error:
        raise MissingExtra("packaging", "bom") from error
    yield Material(ref="python", kind=PLATFORM, name=platform.python_implementation(), version=platform.python_version())
    there: dict[str, metadata.Distribution] = {}
    for one in metadata.distributions():
        name = one.metadata["Name"]
        if name and one.version:
            there.setdefault(canonicalize_name(name), one)
    for name, one in sorted(there.items()):
        yield Material(
            ref=f"pypi:{name}",
            kind=LIBRARY,
            name=name,
            version=one.version,
            about=one.metadata["Summary"] or "",
            package=name,
            licence=_licence(one.metadata),
            needs=[f"pypi:{needed}" for needed in _needed(one.requires or ()) if needed in there],
        )


def _licence(found: Mapping[str, str] | metadata.PackageMetadata) -> str:
    """What the makers say: the expression, else the first line of the old field."""
    said = found["License-Expression"] or found["License"] or ""
    return said.strip().splitlines()[0] if said.strip() else ""


def _needed(requires: Sequence[str]) -> list[str]:
    """Names of what a library needs here, without its extras."""
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    found = []
    for text in requires:
        try:
            one = Requirement(text)
        except InvalidRequirement:
            continue
        if one.marker is None or one.marker.evaluate({"extra": ""}):
            found.append(canonicalize_name(one.name))
    return list(dict.fromkeys(found))


# ---- what is known against them ----


def _matches(libraries: Sequence[Material], advisories: Sequence[Advisory]) -> Iterator[Match]:
    by_name = {one.package: one for one in libraries if one.package}
    for advisory in sorted(advisories, key=lambda one: one.id):
        for name in sorted({packaged(one) for one in advisory.affected or ()} & set(by_name)):
            found = affects(advisory, name, by_name[name].version)
            if found is not False:
                yield Match(by_name[name].ref, name, by_name[name].version, advisory, sure=found is True)


def _grouped(matches: Sequence[Match]) -> list[list[Match]]:
    """The matches of each advisory together."""
    found: dict[str, list[Match]] = {}
    for one in matches:
        found.setdefault(one.advisory.id, []).append(one)
    return list(found.values())


def _vulnerability(matches: Sequence[Match]) -> dict[str, object]:
    """An advisory as CycloneDX has it."""
    advisory = matches[0].advisory
    concerned = [{"ref": one.library, "versions": [{"version": one.version, "status": "affected" if one.sure else "unknown"}]} for one in matches]
    aliases = [{"id": name[:200], "source": {"name": "OSV"}} for name in sorted(set(advisory.aliases or ()))]
    found: dict[str, object] = {"id": advisory.id[:200], "source": {"name": "OSV"}, "affects": concerned}
    found |= {"description": advisory.summary[:1000]} if advisory.summary else {}
    return found | ({"references": aliases} if aliases else {})
