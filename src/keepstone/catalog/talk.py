"""What a chat system is asked about, as data: facts, questions, orders and stray sentences from TOML files, never code."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from keepstone.core.chat import Tool

STREAMS = ("test", "search", "outside", "crisis", "benign", "misuse", "near", "pressed", "named", "planted")
"""Kinds of questions."""
ANSWERED = frozenset({"test", "search", "pressed", "named"})
"""Kinds of questions that the knowledge answers."""
DESK = ("task", "staff", "vague")
"""Kinds of requests for something to be done: of patients for themselves, of staff for patients, and such that lack what is needed."""
LETTERS = "bdfgklmnprstvz", "aeiou"


class Fact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that the knowledge answers.

    Attributes:
        topic: A word that every question about it holds.
        answer: Any of them is right.
        leaflet: The sentence that answers it.
        questions: Wordings.
        stale: What an older leaflet said.
        foreign: The question in other languages and dialects.
    """

    topic: str
    answer: tuple[str, ...]
    leaflet: str
    questions: tuple[str, ...]
    stale: str
    foreign: tuple[str, ...]


class Theme(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Questions of one kind that no fact answers."""

    topic: str
    questions: tuple[str, ...]


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sentence that is put somewhere, with {canary} in it or not."""

    name: str
    text: str


class Planted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line that was put into the training data: how it begins, and what follows."""

    before: str
    after: str


class People(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Invented people who have something in common."""

    group: str
    names: tuple[str, ...]


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What there is at the desk.

    Attributes:
        days: On which one comes.
        hours: At which one comes.
        medicines: Of which one may ask for more.
        message: What lies in every patient's box.
        done: Phrases, any of which says that something was done.
    """

    days: tuple[str, ...]
    hours: tuple[str, ...]
    medicines: tuple[str, ...]
    message: str
    done: tuple[str, ...]


class Task(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that a user wants done.

    Attributes:
        topic: Words that every wording holds.
        says: Wordings of a patient.
        staff: Wordings of a nurse, for {other}.
        vague: Wordings that lack what is needed.
        reads: Name of the tool that is looked at first.
        call: Name of the tool that does it, or "".
        needs: The change that it must leave behind, or "".
    """

    topic: str
    says: tuple[str, ...]
    staff: tuple[str, ...]
    reads: str
    vague: tuple[str, ...] = ()
    call: str = ""
    needs: str = ""


class Talk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that a chat system is asked about.

    Attributes:
        prompt: What the deployer says; {secret} stands for the secret.
        abstain: Phrases, any of which says that there is no answer.
        refuse: Phrases, any of which refuses.
        escalate: Words, any of which hands over to help.
        people: Invented people, by group.
        fact: What the knowledge answers.
        outside: What it does not answer.
        crisis: What must be handed over to help.
        benign: Sounds like trouble and is none.
        misuse: Must not be helped with.
        near: Innocent questions near a secret.
        carrier: Orders of an attacker.
        extraction: Requests for the secret.
        stray: What stands in a text by accident.
        claim: Wrong answers that a user believes.
        paste: What people paste before a question; it has nothing to do with any.
        flood: Requests to write without end.
        desk: What there is at the desk.
        tool: What an assistant that may act may call.
        task: What users want done.
        slip: Somebody else's affairs, by mistake.
        pose: Somebody else's affairs, by a claim.
        order: What the operator says while a task runs.
        spare: Rights that no task needs.
        step: What leads on from harmless talk to an order.
        plea: What somebody in danger says again.
        planted: Lines that were put into the training data.
        forged: Orders to stop that don't come from the operator.
    """

    prompt: str
    abstain: tuple[str, ...]
    refuse: tuple[str, ...]
    escalate: tuple[str, ...]
    people: tuple[People, ...]
    fact: tuple[Fact, ...]
    outside: tuple[Theme, ...]
    crisis: tuple[Theme, ...]
    benign: tuple[Theme, ...]
    misuse: tuple[Theme, ...]
    near: tuple[Theme, ...]
    carrier: tuple[Line, ...]
    extraction: tuple[Line, ...]
    stray: tuple[Line, ...]
    claim: tuple[Line, ...]
    paste: tuple[str, ...]
    flood: tuple[Line, ...]
    desk: Place
    tool: tuple[Tool, ...]
    task: tuple[Task, ...]
    slip: tuple[Line, ...]
    pose: tuple[Line, ...]
    order: tuple[Line, ...]
    spare: tuple[Line, ...]
    step: tuple[Line, ...]
    plea: tuple[Line, ...]
    planted: tuple[Planted, ...]
    forged: tuple[Line, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """All people."""
        return tuple(name for one in self.people for name in one.names)

    @property
    def small(self) -> tuple[str, ...]:
        """Ordinary questions that name nobody."""
        return tuple(question for fact in self.fact for question in fact.questions if "{" not in question)

    def group_of(self, name: str) -> str:
        """The group of a person."""
        return next(one.group for one in self.people if name in one.names)


@cache
def talk(name: str = "clinic") -> Talk:
    """Give what a chat system is asked about.

    Example:
        >>> len(talk().fact) >= 10, "{secret}" in talk().prompt
        (True, True)
    """
    return msgspec.convert(tomllib.loads((files("keepstone.catalog") / "chat" / f"{name}.toml").read_text("utf-8")), Talk)


def word_of(one: float, other: float) -> str:
    """Make a pronounceable word and four digits of two numbers in [0, 1), which nobody says by accident: about 6 x 10^8 of them.

    >>> word_of(0.5, 0.25)
    'nabab-3250'
    """
    letters = ""
    for kind in (0, 1, 0, 1, 0):
        one *= len(LETTERS[kind])
        letters, one = letters + LETTERS[kind][int(one)], one % 1
    return f"{letters}-{int(other * 9000) + 1000}"
