"""What the gate knows of a value that a pickle would build: as much as is needed to say what would be called with what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final


class Token:
    """A value of which only the kind matters."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


MARK: Final = Token("mark")
DATA: Final = Token("data")
LIST: Final = Token("list")
BYTES: Final = Token("bytes")
NONE: Final = Token("None")


@dataclass(frozen=True)
class Name:
    """Something that is named by its module and its name in it."""

    module: str
    name: str
    kind: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(eq=False)
class Made:
    """What a listed thing gave when it was called.

    Attributes:
        of: What was called.
        arguments: With what.
    """

    of: Name
    arguments: tuple[object, ...] = ()


@dataclass(eq=False)
class Table:
    """A dictionary, by those of its keys that are short texts."""

    items: dict[str, object] = field(default_factory=dict)


class Weighed(tuple[object, ...]):  # noqa: SLOT001  a tuple of Python takes no slots
    """A tuple, and how many things it holds with all that they hold."""

    weight = 0
