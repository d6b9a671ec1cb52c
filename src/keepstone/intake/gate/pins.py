"""Pins: bytes that a person looked at and lets pass, by their SHA-256, with a reason and a name."""

from __future__ import annotations

from pathlib import Path

from keepstone.core.errors import InputError
from keepstone.intake import toml


def read(path: Path) -> dict[str, str]:
    """Read a file of pins.

    Args:
        path: TOML with tables `[[pin]]` of `sha256`, `reason` and `by`.

    Returns:
        By SHA-256, who let it pass and why.

    Raises:
        InputError: It is not there, or something in it is wrong.
    """
    root = toml.read(path)
    found = [(one.text("sha256"), one.text("reason"), one.text("by")) for one in root.subs("pin")]
    root.finish()
    wrong = [sha for sha, _, _ in found if len(sha) != 64 or set(sha) - set("0123456789abcdef")]
    if wrong:
        raise InputError(f"{path}: The «sha256» of a «pin» must be 64 hexadecimal digits in small letters; got {wrong[0][:80]!r}.")
    return {sha: f"{reason} ({by})" for sha, reason, by in found}
