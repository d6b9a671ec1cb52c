"""What a face hands on to whoever talks to an endpoint: the environment, and the day."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from keepstone.lifecycle.talking import Outside


def today() -> str:
    """The day in UTC, as YYYY-MM-DD."""
    return datetime.now(UTC).date().isoformat()


def outside(*, sending: bool) -> Outside:
    """The environment where something will be sent, and the day.

    Args:
        sending: Whether anything will be sent; a plan sends nothing and needs no key.
    """
    return Outside(dict(os.environ) if sending else None, today)
