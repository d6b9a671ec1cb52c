"""The decision table is complete, free of contradiction, and says what the rules say; what flips and what is asked follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import chain

import numpy as np
import pytest

from keepstone.catalog.intent import decision
from keepstone.catalog.load import load
from keepstone.core.incident import UNKNOWN, Incident, Outcome
from keepstone.core.origin import Area
from keepstone.map.triage import CLASSES, DIRECTIONS, combinations, contradictions, decide, fits, flips, grid, next_question, triage

HOSTILE = ("harm", "unauthorised")


@cache
def everything() -> list[tuple[Incident, Outcome]]:
    return [(one, decide(one)) for one in combinations()]


def by_hand(incident: Incident) -> tuple[str, set[str]]:
    """The rules written a second time, as a person reads them in the issue; nothing of the table is used."""
    intent, relation = incident.fact("intent"), incident.fact("relation")
    if intent in (UNKNOWN, "deployer_harm") or (intent in HOSTILE and relation == UNKNOWN):
        return "undetermined", set()
    if intent in HOSTILE and relation == "uses_own_tool":
        return "security", set()
    cycle = {"cycle"} if incident.fact("fix_opened_other_half") == "yes" else set()
    if intent in ("none", "deployer_purpose"):
        found = cycle | ({"safety->security"} if incident.fact("exploitable") == "yes" else set())
        return ("both" if found else "safety"), found
    hurt = intent in HOSTILE and incident.fact("harm") == "realised" and incident.fact("harm_via_system") == "yes"
    used = incident.fact("flaw") in ("safety", "both")
    found = cycle | ({"security->safety"} if hurt else set()) | ({"safety->security"} if used else set())
    return ("both" if found else "security"), found


def test_every_combination_of_facts_is_decided_as_the_rules_written_by_hand_decide_it() -> None:
    assert len(everything()) == 7 * 7 * 5 * 4 * 3 * 3 * 3
    assert [one.facts for one, told in everything() if (told.class_, set(told.directions)) != by_hand(one)] == []


def test_the_grid_of_all_combinations_agrees_with_the_rules_one_by_one() -> None:
    codes = [CLASSES.index(told.class_) + sum(4 << DIRECTIONS.index(one) for one in told.directions) for _, told in everything()]
    assert np.array_equal(grid().ravel(), codes)


def test_no_combination_fits_two_rules_that_say_another_class() -> None:
    def classes(incident: Incident) -> Iterator[str]:
        yield from (rule.class_ for rule in decision().rule if fits(rule.when, incident))

    assert [one.facts for one, _ in everything() if len(set(classes(one))) != 1] == []


def test_a_direction_never_stands_as_real_and_as_possible_at_once() -> None:
    assert [one.facts for one, told in everything() if set(told.directions) & set(told.potential)] == []
    assert [one.facts for one, told in everything() if (told.class_ == "both") != bool(told.directions)] == []


def test_nothing_that_is_undetermined_for_want_of_a_fact_fails_to_name_it() -> None:
    for one, told in everything():
        assert (told.class_ == "undetermined") == bool(told.missing or "deliberate_operator" in told.flags)
        assert not told.missing or (one.fact(told.missing) == UNKNOWN and next_question(one) == told.missing)


def test_without_the_fact_that_divides_the_halves_there_is_no_class() -> None:
    for one, told in everything():
        if told.class_ != "undetermined":
            assert decide(Incident(facts={**one.facts, "intent": UNKNOWN})).class_ == "undetermined"
            if one.fact("intent") in HOSTILE:
                assert decide(Incident(facts={**one.facts, "relation": UNKNOWN})).class_ == "undetermined"


def test_a_flip_is_told_exactly_where_changing_the_fact_changes_the_class() -> None:
    for one, told in everything()[::97]:
        for fact in decision().deciding:
            other = {value: decide(Incident(facts={**one.facts, fact.name: value})).class_ for value in (*fact.values, UNKNOWN)}
            assert flips(one)[fact.name] == {value: class_ for value, class_ in other.items() if class_ != told.class_}


def test_where_no_question_is_left_no_answer_changes_class_or_directions() -> None:
    for one, told in everything()[::97]:
        if next_question(one) == "" and told.class_ != "undetermined":
            for fact in decision().deciding:
                if one.fact(fact.name) == UNKNOWN:
                    assert all(decide(Incident(facts={**one.facts, fact.name: value})).directions == told.directions for value in fact.values)


def test_a_question_that_was_passed_is_not_asked_again() -> None:
    assert next_question(Incident(), {"intent"}) == ""
    assert next_question(Incident(facts={"intent": "none"}), {"exploitable"}) == "fix_opened_other_half"


def test_an_exercise_shows_a_direction_as_possible_only() -> None:
    told = decide(Incident(facts={"intent": "test", "relation": "attacks", "harm": "realised", "harm_via_system": "yes"}))
    assert (told.class_, told.directions, told.potential) == ("security", (), ("security->safety",))


@pytest.mark.parametrize(
    ("facts", "flags"),
    [
        ({"intent": "deployer_harm"}, {"deliberate_operator"}),
        ({"intent": "deployer_purpose"}, {"deployer_intended"}),
        ({"intent": "harm", "relation": "uses_own_tool"}, {"misuse_as_tool", "external_to_system"}),
        ({"intent": "none", "cia": ("C", "A")}, {"latent_C", "latent_A"}),
        ({"intent": "none", "cia": ("C",), "exploitable": "yes"}, set()),
    ],
)
def test_flags_say_what_the_class_does_not(facts: dict[str, str | tuple[str, ...]], flags: set[str]) -> None:
    assert set(decide(Incident(facts=facts)).flags) == flags


def test_facts_that_contradict_each_other_are_named() -> None:
    assert contradictions(Incident(facts={"actor": "none", "intent": "harm"})) == [
        "The facts «actor = none» and «intent = harm» contradict each other: nobody brought it about, so nobody can have meant anything."
    ]
    assert contradictions(Incident(facts={"actor": "outsider", "intent": "harm"})) == []


def test_each_half_of_a_class_has_an_area_of_that_half_and_an_owner() -> None:
    for one, told in everything()[::31]:
        homes = triage(one).homes
        wanted = {"both": ["safety", "security"], "undetermined": []}.get(told.class_, [told.class_])
        assert [home.side for home in homes] == wanted
        assert all(Area(home.area).side.value == home.side and home.owner for home in homes)


def test_the_owner_is_whom_the_system_names() -> None:
    found = triage(Incident(facts={"intent": "none"}), owners={"robustness": "ward physician"})
    assert [home.owner for home in found.homes] == ["ward physician"]


def test_the_table_names_only_what_exists() -> None:
    names = {fact.name for fact in decision().fact}
    held = decision()
    conditions = [[one.when for one in kind] for kind in (held.rule, held.direction, held.flag, held.contradiction, held.area)]
    for when in chain.from_iterable(conditions):
        for fact, values in when.items():
            assert fact in names
            assert decision().facts[fact].free or set(values) <= {*decision().facts[fact].values, UNKNOWN}
    assert all(load().reference(name) for area in decision().area for name in area.references)
    assert set(decision().owner) == {area.value for area in Area}
