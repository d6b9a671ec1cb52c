"""The only pen: what must last is written here, whole or not at all, each file beside its name and then moved onto it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from keepstone.core.errors import InputError, KeepstoneError
from keepstone.intake.fields import inert
from keepstone.ledger.canonical import digest_bytes, digest_file, encode

if TYPE_CHECKING:
    from keepstone.ledger.keys import Key

PLAN, SIGNATURE, LOG, RESULT, RUN, REPORT, MARKDOWN = "plan.json", "plan.sig.json", "losses.jsonl", "result.json", "run.json", "report.html", "report.md"
ROWS = "rows.json"
"""Holds rows of the data; only where a person asked for it."""
TRANSCRIPTS = "transcripts.json"
"""Conversations behind the findings of a chat system."""
EXPLORED = "explored.json"
"""What was explored after the verdicts stood."""
FINDINGS = "findings"
"""Folder of a page for each of them."""
SEAL = "evidence.sig.json"
SHELF = "shelf"


class Record:
    """A folder that a run writes into."""

    def __init__(self, folder: Path) -> None:
        """Open the folder, making it where it is not there.

        Raises:
            InputError: If it can't be made or written to.
        """
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder}: can't be made: {error.strerror}.") from error
        if not os.access(folder, os.W_OK):
            raise InputError(f"{folder}: can't be written to.")

    @property
    def shelf(self) -> Path:
        """Where what was made is kept; it may be deleted."""
        return self.folder / SHELF

    def begin(self, plan: dict[str, object], key: Key, *, resume: bool) -> str:
        """Write and sign the plan before the first trial; give its digest.

        Raises:
            InputError: If a run is resumed and its plan is another.
        """
        data = encode(plan)
        for name in (SEAL, ROWS, TRANSCRIPTS, EXPLORED):
            (self.folder / name).unlink(missing_ok=True)
        shutil.rmtree(self.folder / FINDINGS, ignore_errors=True)
        if resume:
            self._same(data)
        else:
            for name in (RESULT, LOG, RUN, REPORT, MARKDOWN):
                (self.folder / name).unlink(missing_ok=True)
            shutil.rmtree(self.shelf, ignore_errors=True)
        self.write(PLAN, data)
        self.write(SIGNATURE, encode({"key": key.public.record(), "signature": key.sign(data).hex()}))
        return digest_bytes(data)

    def seal(self, key: Key) -> Path:
        """Sign the digests of plan, losses and result once they are written, so that no byte of them can change unseen.

        The file holds {"digests": {"losses", "plan", "result"}, "key", "signature"}; what is signed is the canonical form of the digests.
        """
        digests = {name.split(".")[0]: digest_file(self.folder / name) for name in (PLAN, LOG, RESULT)}
        return self.write(SEAL, encode({"digests": digests, "key": key.public.record(), "signature": key.sign(encode(digests)).hex()}))

    def _same(self, data: bytes) -> None:
        path = self.folder / PLAN
        if not path.is_file():
            raise InputError(f"{path}: there is no run to resume.", hint="Leave out --resume.")
        if path.read_bytes() != data:
            raise InputError(f"{path}: the run to be resumed had another plan (data, target, system file, seed or code changed).", hint="Leave out --resume.")

    def write(self, name: str, data: bytes) -> Path:
        """Write a file whole."""
        return self.stream(name, [data])

    def stream(self, name: str, pieces: Iterable[bytes]) -> Path:
        """Write a file piece by piece, then give it its name.

        Raises:
            KeepstoneError: If the disk is full or the file can't be written.
        """
        path, part = self.folder / name, self.folder / f".{name}.part"
        try:
            with part.open("wb") as file:
                for piece in pieces:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise KeepstoneError(f"{path}: could not be written: {error.strerror}.") from error
        return path


def written(path: str, data: bytes) -> Path:
    """Write one file at a path that a person named, whole or not at all.

    Raises:
        InputError: If the path can't be a file's.
        KeepstoneError: If it can't be written.
    """
    if "\0" in path or not path.strip():
        raise InputError("A file's name must not be empty or hold a NUL character.")
    found = Path(path)
    if found.is_dir():
        raise InputError(f"{inert(path[:200])}: This is a folder; a file is needed.")
    return Record(found.parent).write(found.name, data)
