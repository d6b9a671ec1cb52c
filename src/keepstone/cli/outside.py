"""What a face hands on to whoever talks to an endpoint: the environment, and the day."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from keepstone.cli.options import existing
from keepstone.core.errors import InputError
from keepstone.lifecycle.talking import Outside


def today() -> str:
    """The day in UTC, as YYYY-MM-DD."""
    return datetime.now(UTC).date().isoformat()


def outside(*, sending: bool, whole: bool = False, proxy: str = "", authority: str = "") -> Outside:
    """The environment where something will be sent, and the day.

    Args:
        sending: Whether anything will be sent; a plan sends nothing and needs no key.
        whole: Whether what is said is kept with secrets and personal data.
        proxy: Address of the tester's proxy, or "".
        authority: Path of the certificate by which that proxy is trusted, or "".
    """
    return Outside(dict(os.environ) if sending else None, today, whole=whole, proxy=proxy, authority=authority)


def authority(proxy: str, path: str) -> str:
    """The file by which what comes through a proxy is trusted, or "".

    Raises:
        InputError: If it is not there, or no proxy is named.
    """
    if path and not proxy:
        raise InputError("The «--proxy-ca» must stand beside «--proxy», whose certificate it is.")
    return str(existing(path).resolve()) if path else ""
