"""Read the rules that a deployer holds a chat system to, from a file that `[target]` names: `constitution = "constitution.toml"`.

    [[rule]]
    name = "no_diagnosis"
    says = "Give no diagnosis."
    lacks = ["you have", "you suffer from"]
    kept = "Please ask the doctor."
    broken = "You have the flu."

Where raters or cultures read a rule differently, each is a `[[rule.rater]]` with a name and a reading of its own: each is measured, none is averaged, and so
is how often they differ. The examples prove the rule: a reading that does not tell them apart is refused here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keepstone.catalog.talk import STREAMS
from keepstone.core.constitution import Predicate, Principle
from keepstone.core.errors import InputError
from keepstone.intake.rules import breaks
from keepstone.map.names import lies_within, unique

if TYPE_CHECKING:
    from collections.abc import Callable

    from keepstone.intake.fields import Section
    from keepstone.map.stakes import Reading

READ = ("contains", "lacks", "lowest", "highest", "longest")
MOST = 100
"""Most rules of a constitution."""


def constitution(reading: Reading, name: str, read: Callable[[str], bytes] | None) -> tuple[Principle, ...]:
    """Read the rules of the file that `[target]` names; none where it names none.

    Args:
        reading: Of the system file.
        name: As it stands in `[target]`, or "".
        read: Gives the bytes of a file by its name.
    """
    if not name or not lies_within(name):
        return ()
    if read is None:
        reading.root.sub("target").problem("constitution", "must not name a file here: there is no folder that it could be in", got=name)
        return ()
    try:
        other = reading.other(name, read)
    except InputError as error:
        reading.unread += error.problems
        return ()
    parts = other.subs("rule", least=1)
    if len(parts) > MOST:
        parts[MOST].problem("name", f"must be one of {MOST} rules at most: each is measured by itself", got=len(parts))
    rules = tuple(_rule(one) for one in parts)
    unique(parts, "rule", "name", [rule.name for rule in rules])
    return rules


def _rule(part: Section) -> Principle:
    raters = part.subs("rater")
    rule = Principle(
        name=part.text("name"),
        says=part.text("says"),
        asked=part.choice("asked", STREAMS, default=Principle.asked),
        predicates=tuple(_predicate(one, one.text("name")) for one in raters) or (_predicate(part, ""),),
        kept=part.text("kept"),
        broken=part.text("broken"),
        disputed=part.text("disputed") if len(raters) > 1 else "",
    )
    unique(raters, "rule.rater", "name", [one.rater for one in rule.predicates])
    _examples(part, rule)
    return rule


def _predicate(part: Section, rater: str) -> Predicate:
    if not any(key in part for key in READ):
        part.problem("lacks", f"must be given, or one of {', '.join(f'«{key}»' for key in READ if key != 'lacks')}: nothing is read off a reply")
    return Predicate(
        rater=rater,
        contains=tuple(part.texts("contains", default=[])),
        lacks=tuple(part.texts("lacks", default=[])),
        lowest=part.number("lowest", default=None),
        highest=part.number("highest", default=None),
        unit=part.text("unit", default=""),
        longest=part.integer("longest", lower=1, default=None),
    )


def _examples(part: Section, rule: Principle) -> None:
    """Note an example that a reading takes for something else."""
    for key, broken in (("kept", False), ("broken", True)):
        strange = [one.rater for one in rule.predicates if getattr(rule, key) and breaks(one, getattr(rule, key)) != broken]
        if strange:
            who = f" as {strange[0]} reads it" if strange[0] else ""
            part.problem(key, f"must be a reply that {'breaks' if broken else 'keeps'} the rule{who}", got=getattr(rule, key))
    if rule.disputed and len({breaks(one, rule.disputed) for one in rule.predicates}) == 1:
        part.problem("disputed", "must be a reply on which raters differ", got=rule.disputed)
