"""Scan files and folders: each file is opened once, hashed, judged and told; links and what is no plain file are looked at, not followed blindly."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from keepstone.core.errors import InputError
from keepstone.intake.fields import inert
from keepstone.intake.gate.judge import judge
from keepstone.intake.gate.look import Look
from keepstone.intake.gate.outcome import Outcome, Reason, Report
from keepstone.intake.gate.source import Source

MOST_FILES = 100_000
SKIPPED = frozenset({".git"})


def scan(path: Path, *, pins: Mapping[str, str] | None = None, shown: str = "", root: Path | None = None) -> Report:
    """Judge one file. It is read, never loaded.

    Args:
        path: The file.
        pins: By SHA-256, a person's reason why exactly these bytes may pass.
        shown: What the report calls it; the path where empty.
        root: The folder that a link must not lead out of; None where the user named the file itself.

    Returns:
        What it is.
    """
    shown = inert(shown or str(path))
    kind = _kind(path, root)
    if kind:
        return Report(shown, "", 0, "", (Reason("file.kind", Outcome.HOSTILE if "leads" in kind else Outcome.UNKNOWN, kind),))
    try:
        with open(path, "rb", opener=_opener, buffering=0) as file:
            return _opened(file.fileno(), path, shown, pins or {})
    except OSError as error:
        return Report(shown, "", 0, "", (Reason("file.kind", Outcome.UNKNOWN, f"can't be read: {error.strerror}"),))


def _opener(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)


def _kind(path: Path, root: Path | None) -> str:
    """Why a path is not to be read, or ""."""
    try:
        real = path.resolve(strict=True)
        if root is not None and path.is_symlink() and not real.is_relative_to(root.resolve()):
            return "a link that leads out of the folder"
        return "" if stat.S_ISREG(real.stat().st_mode) else "no plain file"
    except (OSError, RuntimeError, ValueError):
        return "a link that leads nowhere, or no file"


def _opened(file: int, path: Path, shown: str, pins: Mapping[str, str]) -> Report:
    before = os.fstat(file)
    look = Look(path.name, inside=judge, folder=path.parent)
    kind = judge(Source(file, 0, before.st_size), look)
    digest = _digest(file)
    after = os.fstat(file)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        look.unsure("file.changed", "it changed while it was read")
    reasons = sorted(look.reasons, key=lambda reason: reason.outcome is not Outcome.HOSTILE)
    pinned = pins.get(digest, "") if reasons and not any(one.rule == "file.changed" for one in reasons) else ""
    return Report(shown, kind, before.st_size, digest, tuple(reasons), pinned)


def _digest(file: int) -> str:
    digest, at = hashlib.sha256(), 0
    while piece := os.pread(file, 1 << 20, at):
        digest.update(piece)
        at += len(piece)
    return digest.hexdigest()


def files(paths: list[Path]) -> Iterator[tuple[Path, Path | None]]:
    """Every file of files and folders, each with the folder that was asked for; in a fixed order.

    Args:
        paths: Files and folders.

    Raises:
        InputError: There is no such path, or a folder holds too many files.
    """
    for path in paths:
        if not path.exists() and not path.is_symlink():
            raise InputError(f"{inert(str(path)[:200])}: There is no such file or folder.")
        if not path.is_dir():
            yield path, None
            continue
        for count, found in enumerate(_below(path)):
            if count >= MOST_FILES:
                raise InputError(f"{inert(str(path)[:200])}: The folder must hold at most {MOST_FILES:,} files.")
            yield found, path


def _below(folder: Path) -> Iterator[Path]:
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        with os.scandir(here) as listed:
            entries = sorted(listed, key=lambda entry: entry.name)
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED:
                    waiting.append(Path(entry.path))
            else:
                yield Path(entry.path)
