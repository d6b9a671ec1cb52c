"""Known weaknesses of packages, from an export in the OSV format that a person hands over (a record, a list, lines, or an archive of records).

Whether a version is affected is decided by the schema's own rule (OSV 1.7, evaluation): it is listed, or lies in a range whose events are put
in order. What can't be decided, since a version or the range can't be read, is told as such and never as unaffected.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from keepstone.core.errors import InputError, MissingExtra
from keepstone.intake.fields import inert

if TYPE_CHECKING:
    from packaging.version import Version

LARGEST = 1 << 28  # bytes of a file, and of all records of an archive
LARGEST_RECORD = 1 << 23
MOST_RECORDS = 500_000
ECOSYSTEM = "PyPI"
CLOSES, OPENS, AFTER = 0, 1, 2  # at the same version, in this order; what closes after a version leaves that one inside
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, ValueError, RuntimeError, EOFError, OSError)
PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ORDERED = {"ECOSYSTEM", "SEMVER"}  # a range of commits says nothing of an installed package


class Package(msgspec.Struct, frozen=True):
    """Which package is meant."""

    name: str = ""
    ecosystem: str = ""


class Event(msgspec.Struct, frozen=True):
    """One end of a range."""

    introduced: str | None = None
    fixed: str | None = None
    last_affected: str | None = None
    limit: str | None = None


class Range(msgspec.Struct, frozen=True):
    """A range of versions."""

    type: str = ""
    events: tuple[Event, ...] | None = ()


class Affected(msgspec.Struct, frozen=True):
    """What of a package is affected."""

    package: Package | None = None
    ranges: tuple[Range, ...] | None = ()
    versions: tuple[str, ...] | None = ()


class Advisory(msgspec.Struct, frozen=True):
    """One record, as far as it is used.

    Attributes:
        id: Its id in the collection.
        summary: In a sentence.
        aliases: Ids of the same weakness elsewhere.
        withdrawn: When it was taken back, or "".
        affected: What is affected.
    """

    id: str
    summary: str = ""
    aliases: tuple[str, ...] | None = ()
    withdrawn: str | None = ""
    affected: tuple[Affected, ...] | None = ()


def read_advisories(data: bytes, *, name: str) -> tuple[Advisory, ...]:
    """Read an export; records that were withdrawn are passed over.

    Args:
        data: The bytes of the file.
        name: What messages call it.

    Raises:
        InputError: If it is no such export, or holds none.

    >>> [one.id for one in read_advisories(b'{"id": "EX-1", "affected": []}', name="a.json")]
    ['EX-1']
    """
    found = [one for place, piece in _pieces(data, name) for one in _decoded(piece, place)]
    if not found:
        raise InputError(f"The «records» of «{inert(name)}» must be in the OSV format; there are none.")
    return tuple(one for one in found if not one.withdrawn)


def _pieces(data: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    """The documents of a file: itself, or the records of an archive."""
    if len(data) > LARGEST:
        raise InputError(f"The «size» of «{inert(name)}» must be at most {LARGEST:,} bytes.")
    if not data.startswith(b"PK\x03\x04"):
        yield name, data
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from _members(archive, name)
    except DAMAGED as error:
        raise InputError(f"The «archive» of «{inert(name)}» must be a readable zip: {inert(str(error))[:120]}.") from error


def _members(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[str, bytes]]:
    """Unpack record by record into memory, none larger than it may be, whatever the archive says of itself."""
    total, members = 0, [one for one in archive.infolist() if one.filename.endswith(".json")]
    if len(members) > MOST_RECORDS:
        raise InputError(f"The «records» of «{inert(name)}» must be at most {MOST_RECORDS:,}; got {len(members):,}.")
    for one in members:
        if one.compress_type not in PACKINGS:
            raise InputError(f"The «archive» of «{inert(name)}» must be packed plainly or deflated.")
        with archive.open(one) as stream:
            piece = stream.read(LARGEST_RECORD + 1)
        total += len(piece)
        if len(piece) > LARGEST_RECORD or total > 4 * LARGEST:
            raise InputError(f"The «size» of «{inert(one.filename[:80])}» in «{inert(name)}» must be at most {LARGEST_RECORD:,} bytes unpacked.")
        yield f"{name}: {one.filename[:80]}", piece


def _decoded(data: bytes, name: str) -> tuple[Advisory, ...]:
    """Decode a record, a list of records, or a record a line."""
    bare = data.strip()
    try:
        if bare.startswith(b"["):
            return msgspec.json.decode(bare, type=tuple[Advisory, ...])
        try:
            return (msgspec.json.decode(bare, type=Advisory),)
        except msgspec.DecodeError:
            if b"\n" not in bare:
                raise
            return tuple(msgspec.json.decode(line, type=Advisory) for line in bare.splitlines() if line.strip())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"The «content» of «{inert(name)}» must be records in the OSV format; got: {inert(str(error))[:160]}.") from None


def affects(advisory: Advisory, package: str, version: str) -> bool | None:
    """Whether a version of a package is affected; None where that can't be told.

    Args:
        advisory: What is known.
        package: Its name, in any spelling.
        version: The version that is installed.

    Raises:
        MissingExtra: If the library that reads versions is not installed.
    """
    try:
        from packaging.utils import canonicalize_name
    except ImportError as error:
        raise MissingExtra("packaging", "bom") from error
    name = canonicalize_name(package)
    mine = [one for one in advisory.affected or () if packaged(one) == name]
    found = [_affected(one, version) for one in mine]
    return True if True in found else None if None in found else False


def packaged(one: Affected) -> str:
    """The package that is meant, as its index spells it; "" where it is of another ecosystem."""
    from packaging.utils import canonicalize_name

    ours = one.package is not None and one.package.ecosystem.partition(":")[0] == ECOSYSTEM
    return canonicalize_name(one.package.name) if one.package is not None and ours else ""


def _affected(one: Affected, version: str) -> bool | None:
    ours = _version(version)
    versions = one.versions or ()
    listed = {_version(name) or name for name in versions}
    if version in versions or (ours is not None and ours in listed):
        return True
    ordered = [each for each in one.ranges or () if each.type in ORDERED]
    if not ordered:
        return False if versions else None
    if ours is None:
        return None
    found = [_within(each, ours) for each in ordered]
    return True if True in found else None if None in found else False


def _within(one: Range, ours: Version) -> bool | None:
    """The rule of the schema: events in order, each that we have reached decides; None where one can't be read."""
    steps = [step for event in one.events or () for step in _steps(event)]
    if None in steps:
        return None
    inside = False
    for at, rank, opens in sorted((step for step in steps if step is not None), key=_order):
        if at is None or ours > at or (ours == at and rank != AFTER):
            inside = opens
    return inside


def _steps(event: Event) -> Iterator[tuple[Version | None, int, bool] | None]:
    """Where a range opens or closes, a version of None being before all others; None where a version can't be read."""
    if event.introduced is not None:
        at = None if event.introduced == "0" else _version(event.introduced)
        yield (at, OPENS, True) if at is not None or event.introduced == "0" else None
    limit = None if event.limit == "*" else event.limit
    for given, rank in ((event.fixed, CLOSES), (limit, CLOSES), (event.last_affected, AFTER)):
        if given is not None:
            at = _version(given)
            yield None if at is None else (at, rank, False)


def _order(step: tuple[Version | None, int, bool]) -> tuple[bool, object, int]:
    at, rank, _ = step
    return (False, 0, rank) if at is None else (True, at, rank)


def _version(text: str) -> Version | None:
    """A version as the ecosystem reads it, without its local part: that a build is somebody's own mends nothing."""
    from packaging.version import InvalidVersion, Version

    try:
        return Version(Version(text).public)
    except InvalidVersion:
        return None
