"""All that is computed, named by how it is made, so that sharing, resuming and workers are one mechanism."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Artefact(Protocol[T_co]):
    """Something that can be made again from its recipe: a poisoned model, a shadow, a searched slice, the losses of a batch."""

    @property
    def key(self) -> str:
        """The digest of the recipe, its parameters, its trials and the keys of what it needs."""

    @property
    def needs(self) -> Sequence[Artefact[object]]:
        """What must be made before."""

    @property
    def home(self) -> str:
        """Artefacts of one home share costly things in memory, so they are made by the same worker."""

    @property
    def lasting(self) -> bool:
        """Whether it is made of arrays and plain values, so that it can be kept on disk."""

    def make(self, shelf: Shelf) -> T_co:
        """Make it. Same key, same value, on any machine and in any process."""


class Alone:
    """An artefact of arrays that needs no other and is, unless it says otherwise, made in any worker."""

    @property
    @abstractmethod
    def key(self) -> str:
        """As of every artefact."""

    @property
    def needs(self) -> Sequence[Artefact[object]]:
        """Nothing."""
        return ()

    @property
    def home(self) -> str:
        """Its own, so that several are made side by side."""
        return self.key

    @property
    def lasting(self) -> bool:
        """It is made of arrays."""
        return True


class Shelf(Protocol):
    """What was made. It may be emptied at any time: whatever is asked for is found, or made."""

    def get(self, artefact: Artefact[T]) -> T:
        """Find the artefact, or make and keep it."""


class Executor(Protocol):
    """Makes artefacts: in this process, in several, later on a cluster."""

    def make(self, wanted: Sequence[Artefact[T]]) -> Iterator[T]:
        """Make each once, its needs first, and answer in the order asked."""

    def close(self) -> None:
        """End the workers."""


def recipe(thing: object) -> str:
    """Spell out how a thing is made: the name of its class and its fields, down to plain values.

    Args:
        thing: A plain value, an enum, a collection, a frozen dataclass, or something with a `recipe` of its own.

    Returns:
        A text that is equal for equal things, in every process.

    Raises:
        TypeError: If the thing has no stable spelling.

    Example:
        >>> from keepstone.core.origin import Hazard
        >>> recipe((1, 0.5, Hazard(cause="rain"), {"b": None, "a": frozenset({"y", "x"})}))
        "(1,0.5,Hazard(cause='rain'),{'a':{'x','y'},'b':None})"
    """
    if isinstance(thing, Enum):
        return f"{type(thing).__name__}.{thing.name}"
    if thing is None or isinstance(thing, bool | int | float | str | bytes):
        return repr(thing)
    own = None if isinstance(thing, type) else getattr(thing, "recipe", None)  # a model, a table: its fields don't tell it all
    if isinstance(own, str):
        return f"{_class(thing)}({own})"
    if is_dataclass(thing) and not isinstance(thing, type):
        inner = ",".join(f"{field.name}={recipe(getattr(thing, field.name))}" for field in fields(thing) if field.compare)
        return f"{_class(thing)}({inner})"
    return _collection(thing)


def _class(thing: object) -> str:
    """The name of a thing's class; a part from outside is told from one of the same name here by its module."""
    cls = type(thing)
    outside = hasattr(cls, "__keepstone_part__") and not cls.__module__.startswith("keepstone.")
    return f"{cls.__module__.replace('__mp_main__', '__main__')}.{cls.__name__}" if outside else cls.__name__


def _collection(thing: object) -> str:
    if isinstance(thing, Mapping):
        return "{" + ",".join(sorted(f"{recipe(key)}:{recipe(value)}" for key, value in thing.items())) + "}"
    if isinstance(thing, set | frozenset):
        return "{" + ",".join(sorted(recipe(item) for item in thing)) + "}"
    if isinstance(thing, Sequence):
        return "(" + ",".join(recipe(item) for item in thing) + ")"
    msg = f"A thing of type {type(thing).__name__} has no stable recipe; give it a «recipe» of its own."
    raise TypeError(msg)


def key_of(*things: object) -> str:
    """Digest the recipes of things: the name under which an artefact is kept.

    >>> len(key_of("played", 7))
    32
    """
    return hashlib.sha256("|".join(recipe(thing) for thing in things).encode()).hexdigest()[:32]
