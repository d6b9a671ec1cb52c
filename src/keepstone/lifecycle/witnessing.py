"""What somebody on another machine does with a ledger's checkpoints: sign that they go on from the last one, and find a run in an export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from keepstone.core.errors import EvidenceError, InputError
from keepstone.ledger import note
from keepstone.ledger.canonical import digest_file
from keepstone.ledger.log import CHECKPOINT, Anchor, check_export, statements_of
from keepstone.lifecycle.record import PLAN, RESULT, Record
from keepstone.lifecycle.registry import Standing, standing

if TYPE_CHECKING:
    from keepstone.ledger.keys import Key, PublicKey


def witnessed(text: str, who: tuple[str, Key], public: PublicKey, known: tuple[Path | None, Path | None], *, at: int) -> str:
    """Sign a checkpoint as a witness.

    Args:
        text: The note.
        who: The witness's name and key.
        public: The ledger's key.
        known: The file with the last checkpoint that this witness signed, and an export that shows what came since; either may be None.
        at: When, in seconds since 1970.

    Returns:
        The note with the witness's signature on it.

    Raises:
        EvidenceError: The checkpoint does not go on from the last one: the log was rewritten.
        InputError: Nothing shows whether it does.
    """
    signed = note.read(text)
    head = note.check(signed, signed.checkpoint.origin, public)
    seen, export = known
    if seen is not None and seen.is_file():
        last = _text(seen)
        if note.read(last).checkpoint != head:
            _goes_on(last, head, public, export)
    name, key = who
    made = note.cosign(signed, name, key, at=at).note
    if seen is not None:
        Record(seen.parent).write(seen.name, made.encode())
    return made


def _goes_on(last: str, head: note.Checkpoint, public: PublicKey, export: Path | None) -> None:
    before = note.read(last).checkpoint
    if before.origin != head.origin:
        raise InputError(f"The last checkpoint seen is of another ledger, «{before.origin}»; keep one file for each.")
    if export is None:
        raise InputError("A witness must be shown that the checkpoint goes on from the last one.", hint="Give --export, the folder of an export of the ledger.")
    if note.read(_text(export / CHECKPOINT)).checkpoint != head:
        raise EvidenceError("The export is of another checkpoint than the one to be signed.")
    check_export(export, head.origin, public, [Anchor(last, "this witness")])


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(note.LARGEST + 1).decode("utf-8", "replace")
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror}.") from error


def run_in(export: Path, public: PublicKey, run: Path) -> Standing:
    """Find a run in an export that was checked.

    Raises:
        InputError: If the folder holds no run.
    """
    for name in (PLAN, RESULT):
        if not (run / name).is_file():
            raise InputError(f"{run}: holds no {name}.")
    return standing(statements_of(export, public), digest_file(run / PLAN), digest_file(run / RESULT))
