"""What is at stake is read word for word; unknown words are refused."""

from __future__ import annotations

import pytest

from keepstone.core.errors import InputError
from keepstone.core.system import Affected, Asset, Attacker, Harm, HarmKind, Need, Property, Source, Vulnerability
from keepstone.intake import toml
from keepstone.map import stakes

TEXT = """\
[[asset]]
name = "the model"
kind = "model"
integrity = "high"
[[adversary]]
name = "eve"
kind = "insider"
knowledge = ["model"]
access = ["scores", "inputs"]
queries = 0
goal = "harm"
risks = ["adversarial.*"]
guessed = ["queries"]
[[vulnerability]]
name = "open door"
asset = "the model"
description = "anybody may ask"
risks = ["access.*"]
[[hazard]]
name = "haste"
cause = "a night shift"
risks = ["control.reliance"]
[[harm]]
name = "missed_outcome"
title = "nobody looks"
to = "people"
kind = "physical"
severity = 5
"""


def read(text: str) -> stakes.Reading:
    reading = stakes.Reading(toml.parse(text.encode(), name="s.toml"))
    assets = stakes.assets(reading.root)
    stakes.attackers(reading)
    stakes.vulnerabilities(reading.root, assets)
    stakes.hazards(reading.root)
    stakes.harms(reading.root)
    reading.root.finish()
    return reading


def test_everything_is_kept_word_for_word() -> None:
    reading = stakes.Reading(toml.parse(TEXT.encode(), name="s.toml"))
    root, found = reading.root, stakes.assets(reading.root)
    assert found == (Asset(name="the model", kind="model", needs={Property.INTEGRITY: Need.HIGH}),)
    assert stakes.attackers(reading) == (
        Attacker(
            name="eve",
            kind="insider",
            knowledge=frozenset({"model"}),
            access=frozenset({"scores", "inputs"}),
            queries=0,
            goal="harm",
            risks=("adversarial.*",),
        ),
    )
    assert reading.guesses == {"adversary.eve.queries"}
    assert stakes.vulnerabilities(root, found) == (Vulnerability(name="open door", asset="the model", description="anybody may ask", risks=("access.*",)),)
    assert stakes.hazards(root) == (Source(name="haste", cause="a night shift", risks=("control.reliance",)),)
    assert stakes.harms(root) == (Harm(name="missed_outcome", title="nobody looks", to=Affected.PEOPLE, kind=HarmKind.PHYSICAL, severity=5),)
    root.finish()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('kind = "model"', 'kind = "server"', '3: The «kind» of «asset 1» must be one of "model", "training data", "operational data", "infrastructure", '),
        ('integrity = "high"', 'integrity = "huge"', '4: The «integrity» of «asset 1» must be one of "low", "moderate", "high"; got "huge".'),
        ('integrity = "high"', 'secrecy = "high"', "4: The «secrecy» of «asset 1» is not known"),
        ('kind = "insider"', 'kind = "wizard"', '7: The «kind» of «adversary 1» must be one of "hacker", "criminal group", "state", "insider", "curious user"'),
        ('["scores", "inputs"]', '["scores", "all"]', '9: The «access 2» of «adversary 1» must be one of "labels", "scores", "gradients", "inputs", '),
        ("queries = 0", "queries = -1", "10: The «queries» of «adversary 1» must be an integer in [0, 1e+07]; got -1."),
        ("queries = 0", "queries = 1.5", "10: The «queries» of «adversary 1» must be an integer in [0, 1e+07]; got 1.5."),
        ('asset = "the model"', 'asset = "the data"', '16: The «asset» of «vulnerability 1» must be one of "the model"; got "the data".'),
        ('cause = "a night shift"\n', "", "19: The «cause» of «hazard 1» must be given."),
        ('["control.reliance"]', '["sleep.reliance"]', "22: The «risks 1» of «hazard 1» must begin with `*` or an area: alignment, robustness, "),
        ('to = "people"', 'to = "animals"', '26: The «to» of «harm 1» must be one of "people", "environment", "institutions"; got "animals".'),
        ("severity = 5", "severity = 6", "28: The «severity» of «harm 1» must be an integer in [1, 5]; got 6."),
        ("severity = 5", 'severity = "high"', '28: The «severity» of «harm 1» must be an integer in [1, 5]; got "high".'),
    ],
)
def test_a_wrong_word_gets_one_clear_line(old: str, new: str, problem: str) -> None:
    assert TEXT.count(old) == 1, old
    with pytest.raises(InputError) as caught:
        read(TEXT.replace(old, new))
    assert any(line.startswith(f"s.toml:{problem}") for line in caught.value.problems), caught.value.problems


@pytest.mark.parametrize("table", ["asset", "adversary", "vulnerability", "hazard", "harm"])
def test_two_of_one_name_are_refused(table: str) -> None:
    block = next(block for block in TEXT.split("[[") if block.startswith(table))
    with pytest.raises(InputError, match=f"The «name» of «{table} 2» must not stand twice; «{table} 1» has it too"):
        read(f"{TEXT}[[{block}")
