"""A function that a system file names, "file.py:function", loaded from beside it."""

from __future__ import annotations

from pathlib import Path

from keepstone.core.errors import InputError
from keepstone.intake.model import FromFile
from keepstone.map.names import inside


def function_of(text: str, folder: Path) -> FromFile:
    """Load a function.

    Args:
        text: File and function, "model.py:fit".
        folder: Where the system file is.

    Raises:
        InputError: If there is no such file or function.
    """
    path, _, name = text.rpartition(":")
    file = inside(folder, path or text)
    if not path or not file.is_file():
        raise InputError(f"{file}: there is no such file.", hint="Name a function as «file.py:function», beside the system file.")
    found = FromFile(file.resolve(), name)
    found.load_once()
    return found
