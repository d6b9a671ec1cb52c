"""What was made, kept: in memory for this process, and on disk where it is made of arrays. It may be emptied at any time."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np

if TYPE_CHECKING:
    from keepstone.core.artefact import Artefact

T = TypeVar("T")
IN_MEMORY = 128  # things that are not on disk


class KeptShelf:
    """A shelf in memory, over a folder for what lasts.

    A lasting artefact is a mapping from names to arrays (no objects in them), written whole or not at all.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Start empty; `folder` is made when first written to. None keeps everything in memory only."""
        self.folder = folder
        self.memory: dict[str, object] = {}
        self.made = 0

    def get(self, artefact: Artefact[T]) -> T:
        """Find the artefact, or make and keep it."""
        key = artefact.key
        if key in self.memory:
            return cast("T", self.memory[key])
        found = self._read(key) if artefact.lasting else None
        value = artefact.make(self) if found is None else cast("T", found)
        if found is None:
            self.made += 1
            if artefact.lasting:
                self._write(key, cast("Mapping[str, np.ndarray]", value))
        if self.folder is None or not artefact.lasting:
            self._keep(key, value)
        return value

    def has(self, artefact: Artefact[T]) -> bool:
        """Whether it need not be made again."""
        return artefact.key in self.memory or (artefact.lasting and self._path(artefact.key).is_file())

    def _keep(self, key: str, value: object) -> None:
        if len(self.memory) >= IN_MEMORY:
            self.memory.pop(next(iter(self.memory)))
        self.memory[key] = value

    def _path(self, key: str) -> Path:
        return (self.folder or Path()) / key[:2] / f"{key}.npz"

    def _read(self, key: str) -> dict[str, np.ndarray] | None:
        if self.folder is None:
            return None
        path = self._path(key)
        if not path.is_file():
            return None
        try:
            with np.load(path, allow_pickle=False) as kept:
                return {name: kept[name] for name in kept.files}
        except (OSError, ValueError, EOFError, KeyError):
            return None  # half of a file, or a foreign one: it is made again

    def _write(self, key: str, value: Mapping[str, np.ndarray]) -> None:
        if self.folder is None:
            return
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{key}.{os.getpid()}.part")
        with part.open("wb") as file:
            np.savez(file, allow_pickle=False, **value)
        part.replace(path)
