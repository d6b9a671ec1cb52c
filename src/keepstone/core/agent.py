"""What acts: worlds with tools, tasks in them, and the steps of an agent. A trial is one task of a user and one goal of somebody else in one world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from keepstone.core.channel import Channel
from keepstone.core.part import Target

if TYPE_CHECKING:
    from keepstone.core.trial import Trials

CONTENT = Channel("content")  # what somebody else wrote where tools read: one text a trial, "" where nobody wrote anything


@dataclass(frozen=True)
class Step:
    """A tool that is called.

    Attributes:
        name: Of the tool.
        arguments: Plain values, by name.
    """

    name: str
    arguments: Mapping[str, object] = field(default_factory=dict)

    @property
    def spelled(self) -> str:
        """In a line."""
        return f"{self.name}({', '.join(f'{key}={value}' for key, value in sorted(self.arguments.items()))})"


@dataclass(frozen=True)
class Ended:
    """How an episode ended.

    Attributes:
        done: The user's task is done.
        hijacked: The goal of somebody else is reached.
        error: Why it can't be told, or "".
    """

    done: bool
    hijacked: bool
    error: str = ""


class Episode(Protocol):
    """One task of a user in one world, in which somebody else has a goal."""

    @property
    def task(self) -> str:
        """What the user says."""

    @property
    def goal(self) -> str:
        """What somebody else wants, in words."""

    @property
    def planted(self) -> str:
        """What stands where somebody else can write, or ""."""

    @property
    def way(self) -> Sequence[Step]:
        """Steps that do the task."""

    @property
    def answer(self) -> str:
        """What is said when it is done."""

    def detour(self) -> tuple[Sequence[Step], str]:
        """Steps that reach the goal from the state that the world is in, and what is said then."""

    def step(self, step: Step) -> str:
        """Call a tool; give what it says, its error as text."""

    def ended(self, said: str, steps: Sequence[Step]) -> Ended:
        """Judge the state of the world, with what was said and done."""


class World(Protocol):
    """Worlds of one or several suites. A pair is a task of a user and a goal of somebody else in the same suite."""

    @property
    def recipe(self) -> str:
        """What makes it this one: package, version, suite."""

    @property
    def tools(self) -> Sequence[str]:
        """Per pair, what tools there are, in words and schemas, for a model."""

    @property
    def units(self) -> Sequence[int]:
        """Per pair, the number of its task: pairs of one task are one unit of independence."""

    def order(self, pair: int, attack: str) -> str:
        """What an attacker writes to have the goal reached.

        Raises:
            InputError: If there is no such attack.
        """

    def begin(self, pair: int, planted: str) -> Episode:
        """A world as it is before the first step, with a text where somebody else can write; its own texts stay where it is ""."""


@runtime_checkable
class Acting(Target, Protocol):
    """A target that acts by tools."""

    @property
    def most(self) -> int:
        """Most calls that one trial may cost."""

    @property
    def tasks(self) -> int:
        """How many units of independence there are: pairs of one task are one."""

    def orders(self, trials: Trials, attack: str) -> list[str]:
        """What an attacker writes, one text a trial."""
