"""From a path to a System: the one place that reads a system file and what it names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from keepstone.core.errors import InputError
from keepstone.map.describe import describe
from keepstone.map.names import inside

if TYPE_CHECKING:
    from keepstone.core.system import System

LARGEST = 1 << 20


def described(path: Path) -> System:
    """Read a system file and the files of features that it names, which must be beside it or below.

    Raises:
        InputError: If a file can't be read, is too large, or lies elsewhere; or if what it says is wrong.
    """
    return describe(_bytes(path), name=str(path), read=lambda name: _bytes(inside(path.parent, name)))


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path}: must be at most {LARGEST} bytes.")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror}.") from error
