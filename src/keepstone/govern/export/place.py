"""Where in the user's repository an alert is shown."""

from __future__ import annotations

from pathlib import PurePosixPath

PLACE = "system.toml"
LONGEST = 500


def is_place(path: str) -> bool:
    """Whether a path can stand in a repository: relative, going nowhere above, on one line.

    >>> is_place("models/triage/system.toml"), is_place("../system.toml"), is_place("https://example.org/a")
    (True, False, False)
    """
    parts = PurePosixPath(path).parts
    return 0 < len(path) <= LONGEST and path.isprintable() and not path.startswith("/") and ".." not in parts and not set(path) & set(":\\?#")
