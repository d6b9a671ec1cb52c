"""A bill of materials (CycloneDX 1.6) through the kept library: the same bytes for the same materials, held against the schema first.

The library gives each bill a new serial number and the time of day, and knows no model card: number and time are set from the content, and
the blocks that it does not know are put in beside the component that they belong to.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, cast

from keepstone.core.errors import KeepstoneError, MissingExtra
from keepstone.govern.export.source import NAMES, TOOL, text
from keepstone.ledger.canonical import decode, encode

if TYPE_CHECKING:
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component

SYSTEM, MODEL, DATA, LIBRARY, FILE, PLATFORM = "application", "machine-learning-model", "data", "library", "file", "platform"


@dataclass(frozen=True, kw_only=True)
class Material:
    """A thing that the system is made of.

    Attributes:
        ref: Its name in the bill.
        kind: "application", "machine-learning-model", "data", "library" or "file".
        name: Its name.
        version: Its version, or "".
        sha256: Digest of its bytes, 64 digits, or "".
        about: In plain words.
        package: Its package in the index of Python packages, or "".
        licence: What its makers say of its licence, or "".
        facts: Further facts, by name.
        needs: Names of what it is made from.
        blocks: Blocks of the schema as they stand: the model card, the data set.
    """

    ref: str
    kind: str
    name: str
    version: str = ""
    sha256: str = ""
    about: str = ""
    package: str = ""
    licence: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    needs: Sequence[str] = ()
    blocks: Mapping[str, object] = field(default_factory=dict)


def bill(system: Material, materials: Sequence[Material], *, when: str = "", advisories: Sequence[Mapping[str, object]] = ()) -> bytes:
    """Write the bill of a system.

    Args:
        system: What the bill is of.
        materials: What that is made of.
        when: The time that it speaks of, RFC 3339, or "".
        advisories: Vulnerabilities as CycloneDX has them.

    Raises:
        MissingExtra: If the library is not installed.
        KeepstoneError: If the bill does not keep the schema.
    """
    try:
        from cyclonedx.output.json import JsonV1Dot6
    except ImportError as error:
        raise MissingExtra("cyclonedx-python-lib", "bom") from error
    made = JsonV1Dot6(_bom(system, materials, when)).output_as_string()
    document = cast("dict[str, object]", decode(made.encode()))
    document.pop("serialNumber", None)
    if not when:
        cast("dict[str, object]", document["metadata"]).pop("timestamp", None)
    document |= {"vulnerabilities": list(advisories)} if advisories else {}
    for one in cast("list[dict[str, object]]", document.get("components", [])):
        one.update(next(dict(material.blocks) for material in materials if material.ref == one["bom-ref"]))
    document["serialNumber"] = f"urn:uuid:{uuid.uuid5(NAMES, encode(document).decode())}"
    found = encode(document)
    _validated(found)
    return found


def _bom(system: Material, materials: Sequence[Material], when: str) -> Bom:
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.tool import Tool

    bom = Bom()
    parts = {one.ref: _component(one) for one in (system, *materials)}
    bom.metadata.component = parts[system.ref]
    if when:
        bom.metadata.timestamp = datetime.fromisoformat(when)
    bom.metadata.tools.tools.add(Tool(name=TOOL))
    for one in materials:
        bom.components.add(parts[one.ref])
    for one in (system, *materials):
        bom.register_dependency(parts[one.ref], [parts[name] for name in one.needs if name in parts])
    return bom


def _component(one: Material) -> Component:
    from cyclonedx.model import HashAlgorithm, HashType, Property
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.model.license import DisjunctiveLicense
    from packageurl import PackageURL

    return Component(
        name=text(one.name, 200) or "unnamed",
        type=ComponentType(one.kind),
        bom_ref=one.ref,
        version=text(one.version, 100) or None,
        description=text(one.about) or None,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=one.sha256)] if one.sha256 else None,
        purl=PackageURL("pypi", name=one.package, version=one.version) if one.package else None,
        licenses=[DisjunctiveLicense(name=text(one.licence, 200))] if text(one.licence) else None,
        properties=[Property(name=f"keepstone:{name}", value=text(value)) for name, value in one.facts.items() if value],
    )


def _validated(data: bytes) -> None:
    """Hold a bill against the schema that comes with the library, strictly."""
    from cyclonedx.exception import MissingOptionalDependencyException
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    try:
        wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(data.decode())
    except MissingOptionalDependencyException as error:
        raise MissingExtra("cyclonedx-python-lib[json-validation]", "bom") from error
    if wrong is not None:
        raise KeepstoneError(f"The bill of materials does not keep the schema of CycloneDX 1.6: {text(str(wrong.data), 300)}.")
