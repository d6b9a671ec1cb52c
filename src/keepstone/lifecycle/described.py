"""From a path to a System: the one place that reads a system file and what it names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from keepstone.core.errors import InputError
from keepstone.intake.lines import locate
from keepstone.lifecycle.inventory import mitigation
from keepstone.map.describe import describe
from keepstone.map.names import inside

if TYPE_CHECKING:
    from keepstone.core.system import System

LARGEST = 1 << 20


def described(path: Path) -> System:
    """Read a system file and the files of features that it names, which must be beside it or below.

    Raises:
        InputError: If a file can't be read, is too large, or lies elsewhere; or if what it says is wrong, or names a part that isn't known.
    """
    data = _bytes(path)
    system = describe(data, name=str(path), read=lambda name: _bytes(inside(path.parent, name)))
    _known(system, path, data)
    return system


def _known(system: System, path: Path, data: bytes) -> None:
    """Build every mitigation once, so that a wrong name or parameter is told with its line and before any work."""
    problems: list[str] = []
    for place, considered in enumerate(system.mitigations):
        try:
            mitigation(considered)
        except InputError as error:
            line = locate(data.decode("utf-8-sig").replace("\r\n", "\n"), ("mitigation", place))
            problems += [f"{path}:{line}: {one}" for one in error.problems]
    if problems:
        raise InputError(problems)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path}: must be at most {LARGEST} bytes.")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror}.") from error
