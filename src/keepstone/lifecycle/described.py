"""From a path to a System: the one place that reads a system file and what it names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from keepstone.core.errors import InputError
from keepstone.intake.lines import locate
from keepstone.intake.texts import read_texts
from keepstone.lifecycle.inventory import mitigation
from keepstone.map.describe import describe
from keepstone.map.names import inside

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keepstone.core.system import Considered, System

LARGEST = 1 << 20
FILE = "file:"
"""What a parameter of a mitigation begins with that stands in a file, a text a line."""


def described(path: Path) -> System:
    """Read a system file and the files of features that it names, which must be beside it or below.

    Raises:
        InputError: If a file can't be read, is too large, or lies elsewhere; or if what it says is wrong, or names a part that isn't known.
    """
    data = _bytes(path)
    system = describe(data, name=str(path), read=lambda name: _bytes(inside(path.parent, name)))
    return replace(system, mitigations=_known(system, path, data))


def _known(system: System, path: Path, data: bytes) -> tuple[Considered, ...]:
    """Read the files that mitigations name and build each once, so that a wrong name or parameter is told with its line and before any work."""
    problems: list[str] = []
    found = []
    for place, considered in enumerate(system.mitigations):
        try:
            filled = replace(considered, parts=tuple((name, _filled(given, path.parent)) for name, given in considered.parts))
            mitigation(filled)
        except InputError as error:
            line = locate(data.decode("utf-8-sig").replace("\r\n", "\n"), ("mitigation", place))
            problems += [f"{path}:{line}: {one}" for one in error.problems]
        else:
            found.append(filled)
    if problems:
        raise InputError(problems)
    return tuple(found)


def _filled(given: Mapping[str, object], folder: Path) -> dict[str, object]:
    """The parameters, with the texts of a file in the place of its name: what the file says is what counts, not where it stands."""
    return {
        key: read_texts(inside(folder, value.removeprefix(FILE))) if isinstance(value, str) and value.startswith(FILE) else value
        for key, value in given.items()
    }


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path}: must be at most {LARGEST} bytes.")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror}.") from error
