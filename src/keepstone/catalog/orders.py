"""Phrases by which an order to a machine is known, as data."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def phrases() -> tuple[str, ...]:
    """All of them, in small letters.

    Example:
        >>> "ignore all previous" in phrases()
        True
    """
    return tuple(tomllib.loads(files("keepstone.catalog").joinpath("orders.toml").read_text("utf-8"))["phrase"])
