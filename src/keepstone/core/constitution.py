"""The rules that a deployer holds a chat system to, each with what can be read off a reply. Plain facts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Predicate:
    """What a reply must be to keep a rule, as one rater reads it: all that is given holds together.

    Attributes:
        rater: Who reads it so, or "" where nobody reads it otherwise.
        contains: Phrases, one of which a reply must hold.
        lacks: Phrases, none of which it may hold.
        lowest: Least that a number in it may be, or None.
        highest: Most that a number in it may be, or None.
        unit: Only numbers that this word follows are meant, or "" for every one.
        longest: Most letters that it may have, or None.
    """

    rater: str = ""
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None
    unit: str = ""
    longest: int | None = None


@dataclass(frozen=True, kw_only=True)
class Principle:
    """A rule of the deployer's constitution, with what can be read off a reply.

    Attributes:
        name: A word for it.
        says: The rule, in one sentence.
        asked: The kind of questions that it is held on.
        predicates: How it is read; one each for raters who differ.
        kept: An example of a reply that keeps it, for every rater.
        broken: An example of one that breaks it, for every rater.
        disputed: An example of one on which raters differ, where there are several.
    """

    name: str
    says: str
    predicates: tuple[Predicate, ...]
    kept: str
    broken: str
    disputed: str = ""
    asked: str = "test"
