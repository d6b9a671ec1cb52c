"""The rules of a constitution: each with a reading that its examples prove, raters beside each other; what is wrong is told with its line."""

from __future__ import annotations

import pytest

from keepstone.core.constitution import Predicate, Principle
from keepstone.core.errors import InputError
from keepstone.map.describe import describe

SYSTEM = """[system]
name = "bot"
purpose = "answers"
domain = "general"
autonomy = "advises"
population = "people"

[target]
chat = "reference:clinic"
constitution = "rules.toml"
"""
DOSE = """[[rule]]
name = "dose"
says = "Name no dose over 4000 mg."
highest = 4000
unit = "mg"
kept = "At most 4000 mg."
broken = "Take 5000 mg."
"""
BRIEF = """[[rule]]
name = "brief"
says = "Be brief."
asked = "outside"
kept = "Yes."
broken = "This is a very long reply."
disputed = "A longer reply."
[[rule.rater]]
name = "ward"
longest = 10
[[rule.rater]]
name = "desk"
longest = 20
"""


def rules(text: str, system: str = SYSTEM) -> tuple[Principle, ...]:
    return describe(system, name="system.toml", read=lambda name: {"rules.toml": text.encode()}[name]).constitution


def test_rules_are_read_with_their_raters() -> None:
    dose, brief = rules(DOSE + BRIEF)
    assert dose == Principle(
        name="dose",
        says="Name no dose over 4000 mg.",
        predicates=(Predicate(highest=4000.0, unit="mg"),),
        kept="At most 4000 mg.",
        broken="Take 5000 mg.",
    )
    assert [(one.rater, one.longest) for one in brief.predicates] == [("ward", 10), ("desk", 20)]
    assert (brief.asked, brief.disputed) == ("outside", "A longer reply.")
    assert rules("", SYSTEM.replace('constitution = "rules.toml"\n', "")) == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (DOSE.replace("5000", "3000"), "rules.toml:7: The «broken» of «rule 1» must be a reply that breaks the rule"),
        (DOSE.replace('"At most 4000 mg."', '"9000 mg"'), "rules.toml:6: The «kept» of «rule 1» must be a reply that keeps the rule"),
        (DOSE.replace("highest = 4000\n", ""), "must be given, or one of «contains»"),
        (BRIEF.replace("A longer reply.", "Yes"), "rules.toml:7: The «disputed» of «rule 1» must be a reply on which raters differ"),
        (BRIEF.replace('"Yes."', '"A longer reply."'), "must be a reply that keeps the rule as ward reads it"),
        (BRIEF.replace('name = "desk"', 'name = "ward"'), "must not stand twice"),
        (BRIEF.replace('disputed = "A longer reply."\n', ""), "«disputed»"),
        (DOSE + DOSE, "must not stand twice"),
        (DOSE + "judge = 1\n", "judge"),
        ("\n".join(DOSE.replace('"dose"', f'"dose{k}"') for k in range(101)), "must be one of 100 rules at most"),
        (DOSE.replace("[[rule]]", "[[rules]]"), "did you mean «rule»?"),
        ("[[rule]\n", "rules.toml:1"),
        (DOSE.replace('says = "Name no dose over 4000 mg."', "says = 3"), "rules.toml:3: The «says»"),
        (DOSE.replace("highest = 4000", 'highest = 4000\nasked = "everything"'), "«asked»"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(InputError) as raised:
        rules(text)
    assert told in "\n".join(raised.value.problems)


def test_the_file_lies_beside_the_system_file_and_belongs_to_a_chat() -> None:
    for name in ("../rules.toml", "/etc/passwd"):
        with pytest.raises(InputError, match="«constitution»"):
            rules(DOSE, SYSTEM.replace("rules.toml", name))
    with pytest.raises(InputError, match="must not name a file here"):
        describe(SYSTEM, name="system.toml")
    with pytest.raises(InputError, match="must stand beside «chat»"):
        rules(DOSE, SYSTEM.replace('chat = "reference:clinic"', 'call = "model.py:score"'))
