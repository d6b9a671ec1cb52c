"""The order: a text proposes what is not known, what is given wins, what contradicts itself is refused."""

from __future__ import annotations

import pytest

import keepstone as ks
from keepstone.core.errors import InputError
from keepstone.lifecycle.triaging import many, one, owners_in

HOSTILE = "Criminals used a cloned voice to steal money from a bank in a scam."


def test_what_is_given_is_never_overruled_by_the_text() -> None:
    found = ks.triage({"intent": "none"}, text=HOSTILE)
    assert (found.outcome.class_, dict(found.proposed)) == ("safety", {})


def test_a_proposal_that_contradicts_what_is_given_is_dropped() -> None:
    assert dict(ks.triage({"actor": "none"}, text=HOSTILE).proposed) == {}


def test_a_text_alone_gives_no_class_of_security() -> None:
    found = ks.triage(text=HOSTILE)
    assert (found.outcome.class_, found.question) == ("undetermined", "relation")


def test_facts_that_contradict_are_refused_with_file_and_case() -> None:
    with pytest.raises(InputError, match="contradict each other") as error:
        one(b'{"case": "7", "facts": {"actor": "none", "intent": "harm"}}', name="a.json")
    assert str(error.value).startswith("a.json, case «7»: ")


def test_a_batch_goes_on_after_a_wrong_line() -> None:
    found = list(many(b'{"facts": {"intent": "x"}}\n{"facts": {"intent": "test"}}\n', name="a.jsonl"))
    assert [isinstance(told, InputError) for told in found] == [True, False]


@pytest.mark.parametrize("facts", [{"intent": 3}, {"cia": "X"}, {"mood": "bad"}])
def test_wrong_facts_from_python_are_refused(facts: dict[str, object]) -> None:
    with pytest.raises(InputError):
        ks.triage(facts)


def test_owners_are_read_by_area() -> None:
    assert owners_in(b'[owner]\nfairness = "ethics board"\n', name="o.toml") == {"fairness": "ethics board"}
