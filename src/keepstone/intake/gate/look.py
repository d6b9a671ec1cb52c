"""One look at a file: what was found so far, how much work is left, and the way into what lies inside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from keepstone.intake.fields import inert
from keepstone.intake.gate.outcome import Outcome, Reason
from keepstone.intake.gate.source import Refused, Source

DEEPEST = 3
"""Containers in containers: a zip in a gzip in a tar is the most."""
MOST_REASONS = 20
LONGEST = 160


@dataclass(eq=False)
class Budget:
    """Work that is left for one file, whatever lies inside. It is counted in what is done, never by a clock.

    Attributes:
        steps: Opcodes, fields, lines.
        unpacked: Bytes that come out of compression.
        entries: Members of archives.
    """

    steps: int = 3_000_000
    unpacked: int = 256 << 20
    entries: int = 50_000

    def step(self, count: int = 1) -> None:
        """Spend steps.

        Raises:
            Refused: None are left.
        """
        self.steps -= count
        if self.steps < 0:
            raise Refused("file.large", "more steps than the gate takes")

    def enter(self, count: int = 1) -> None:
        """Spend entries.

        Raises:
            Refused: None are left.
        """
        self.entries -= count
        if self.entries < 0:
            raise Refused("archive.bomb", "more members than the gate reads", Outcome.HOSTILE)

    def unpack(self, count: int) -> None:
        """Spend unpacked bytes.

        Raises:
            Refused: None are left.
        """
        self.unpacked -= count
        if self.unpacked < 0:
            raise Refused("archive.bomb", "unpacks to more than the gate reads")


@dataclass(eq=False)
class Look:
    """A look at a file or at a member of it.

    Attributes:
        name: What it is called, for its ending: the last part of a path.
        inside: Judges bytes that lie inside; given by the dispatcher.
        budget: Shared by all looks at one file.
        reasons: Shared by all looks at one file.
        where: The way to the member, "" for the file itself.
        depth: Containers above it.
        within: What the container around it is: "torch", "keras", "zip", ... or "".
        folder: Where the file lies, for what refers to its neighbours; None inside of containers.
    """

    name: str
    inside: Callable[[Source, Look], str]
    budget: Budget = field(default_factory=Budget)
    reasons: list[Reason] = field(default_factory=list)
    where: str = ""
    depth: int = 0
    within: str = ""
    folder: Path | None = None

    @property
    def ending(self) -> str:
        """The name's ending, in small letters: ".pkl"."""
        return Path(self.name).suffix.lower()

    def hostile(self, rule: str, what: str) -> None:
        """Note what makes the file hostile."""
        self._note(Reason(rule, Outcome.HOSTILE, _short(what), self.where))

    def unsure(self, rule: str, what: str) -> None:
        """Note what can't be told."""
        self._note(Reason(rule, Outcome.UNKNOWN, _short(what), self.where))

    def refused(self, error: Refused) -> None:
        """Note why reading stopped."""
        self._note(Reason(error.rule, error.outcome, _short(error.what), self.where))

    def into(self, name: str, source: Source, *, within: str = "", packed: bool = True) -> str:
        """Judge what lies inside.

        Args:
            name: What it is called there.
            source: Its bytes.
            within: What the container is.
            packed: Whether this is one container deeper.

        Returns:
            The kind of what lies inside.
        """
        if self.depth + packed > DEEPEST:
            self.unsure("archive.depth", f"deeper than {DEEPEST} containers")
            return ""
        where = f"{self.where}!{inert(name[:LONGEST])}" if self.where else inert(name[:LONGEST])
        last = name.replace("\\", "/").rsplit("/", 1)[-1]
        return self.inside(source, replace(self, name=last, where=where, depth=self.depth + packed, within=within, folder=None))

    def _note(self, reason: Reason) -> None:
        if reason not in self.reasons and (len(self.reasons) < MOST_REASONS or (reason.outcome is Outcome.HOSTILE and len(self.reasons) < 2 * MOST_REASONS)):
            self.reasons.append(reason)


def _short(what: str) -> str:
    text = inert(" ".join(what[: 2 * LONGEST].split()))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
