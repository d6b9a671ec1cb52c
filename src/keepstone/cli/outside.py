"""What a face hands on to whoever talks to an endpoint: the environment, and the day."""

from __future__ import annotations

import os
from datetime import UTC, datetime

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
