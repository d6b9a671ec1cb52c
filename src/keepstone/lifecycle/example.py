"""Where the healthcare example is: in the installed package, or beside the sources."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from keepstone.core.errors import InputError

NAME = "healthcare"
SYSTEM = "system.toml"


def folder() -> Path:
    """Find the folder of the example.

    Raises:
        InputError: It was left out of this installation.

    >>> (folder() / "system.toml").is_file()
    True
    """
    package = Path(str(files("keepstone")))
    for place in (package / "examples" / NAME, package.parents[1] / "examples" / NAME):
        if (place / SYSTEM).is_file():
            return place
    raise InputError(f"The example «{NAME}» is not part of this installation.", hint="It stands in the repository, under examples/.")
